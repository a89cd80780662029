"""What runs on a router. Imports the wire contract and, beyond the standard library, paho-mqtt and psutil only.

Rooms, high to low: `__main__` (the technician's CLI) > `runtime` > collectors, commands, portals, link, spool, which do not
know each other. No asyncio: its import alone costs a router ten megabytes.
"""

__version__ = "0.1.0"
