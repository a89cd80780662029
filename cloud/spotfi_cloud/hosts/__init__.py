"""Hosts, the tenants, and the scope that keeps them apart."""
