"""What a run may allow or refuse beyond the language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The switches of the original compiler that change what is legal (clause 1.9).

    `strict`: a field without an id, or with one that another is taken for, is an error.
    `allow_negative_ids`: ids below 1 are taken as they are.
    `allow_64_bit`: no warning for constants beyond 32 bits.
    """

    strict: bool = False
    allow_negative_ids: bool = False
    allow_64_bit: bool = False
