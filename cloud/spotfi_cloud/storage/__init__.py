"""The database: engine, unit of work, notifications. Knows no capability."""
