"""Who may log in, with which attributes."""
