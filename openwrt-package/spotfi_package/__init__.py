"""Builds the agent's OpenWrt packages and their signed feeds without OpenWrt's SDK.

Pure functions over bytes: tree → ipk | apk → feed indexes; only `__main__` and `keys` touch the disk. Formats: OpenWrt's
`scripts/ipkg-build` and opkg (ipk, Packages, usign), apk-tools 3 (ADB).
"""
