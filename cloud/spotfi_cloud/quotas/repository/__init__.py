"""Balances and enforcements in the database."""
