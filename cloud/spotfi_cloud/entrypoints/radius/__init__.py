"""The role `radius`: authentication and accounting over UDP and over TLS (RadSec).

datagram → `intake` (decode, NAS, signature, duplicates) → a bounded `queue` → `authentication` or `accounting` (one
transaction per batch) → reply. Whatever is not worth an answer is counted by reason and dropped silently.
"""
