"""The one error of the contract: the other side sent something that is not in it."""


class ProtocolError(ValueError):
    """A peer's bytes do not follow the contract. To be counted and dropped."""
