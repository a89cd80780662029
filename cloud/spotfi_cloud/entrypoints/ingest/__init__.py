"""The role `ingest`: messages from routers into the database, commands out to routers."""
