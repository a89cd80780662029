"""Alerts: what is wrong with routers and quotas, raised and cleared with patience, acknowledged, told by e-mail and webhook."""
