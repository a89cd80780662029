"""SpotFi's cloud. Capabilities are the folders; their order is held by import-linter (see docs/ARCHITECTURE.md)."""
