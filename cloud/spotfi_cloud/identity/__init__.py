"""Staff accounts, roles and access tokens."""
