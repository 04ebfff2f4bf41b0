"""How much is remembered: everything that grows with what peers send has an end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What goes over a limit is not taken in, and the step says so."""

    attributes_per_share: int = 4_096
    shares_per_object: int = 10_000
    structs_per_object: int = 1_000
    objects: int = 1_000_000
    objects_per_generator: int = 100_000
    generators: int = 100_000


LIMITS = Limits()
