"""The tables of billing, and what it reads of the capabilities below."""
