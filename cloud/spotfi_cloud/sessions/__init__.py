"""RADIUS sessions and the usage ledger they grow by."""
