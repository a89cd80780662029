"""Quota balances, and the enforcements that end sessions, until proved."""
