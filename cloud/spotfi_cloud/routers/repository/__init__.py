"""Routers in the database: inventory, enrolment, presence, commands."""
