"""Which generators a request is for. Pure.

A generator is named by source, node type, module and instance, joined by colons; in a request each part may be `*`
(clause 6.10 of the specification). The source may hold colons itself, the other parts may not.
"""

PARTS = 4
ANY = "*"


def parts_of(generator: str) -> tuple[str, ...] | None:
    """Return the four parts, None when there are fewer, or one is empty."""
    parts = tuple(generator.rsplit(":", PARTS - 1))
    return parts if len(parts) == PARTS and all(parts) else None


def is_pattern(generator: str) -> bool:
    """Return whether any part is `*`."""
    parts = parts_of(generator)
    return parts is not None and ANY in parts


def matches(pattern: str, generator: str) -> bool:
    """Return whether a generator is meant."""
    wanted, parts = parts_of(pattern), parts_of(generator)
    if wanted is None or parts is None:
        return pattern == generator
    return all(want in (ANY, part) for want, part in zip(wanted, parts, strict=True))
