"""Subscribers: the end users' accounts."""
