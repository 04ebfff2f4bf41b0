"""The order of a class's messages in one session, by their numbers (specs/sandesh.md, clause 4: 32 bits, they wrap)."""

_ROUND = 2**32


def is_older(number: int, than: int) -> bool:
    """Return whether a message with this number was sent before the other: it is less than half a round behind."""
    return 0 < (than - number) % _ROUND < _ROUND // 2
