"""The RADIUS protocol without I/O: packets, signatures, passwords, attributes.

`decode` a datagram, `verify_request` with the NAS's secret, read the `Packet`, answer with one of `reply`.
"""
