"""`spotfi demo`: a host with three simulated routers and some twenty guests, so that every list has live content.

The routers are real agents whose machine is simulated; the guests are a real RADIUS client's. Everything goes in through the
doors that real ones use, and stays in the data directory like any other data.
"""
