"""Telemetry in the database: batches, rollups, partitions, live view."""
