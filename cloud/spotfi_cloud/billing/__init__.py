"""Billing: tariffs, and monthly invoices per host made from the usage ledger."""
