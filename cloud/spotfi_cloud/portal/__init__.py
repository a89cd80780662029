"""Pages guests see of a hotspot, and the protocols that bring them there."""
