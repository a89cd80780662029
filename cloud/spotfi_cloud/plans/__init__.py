"""Service plans: what a subscriber gets, and for what price."""
