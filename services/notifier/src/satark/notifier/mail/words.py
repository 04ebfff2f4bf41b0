"""What an incident event says in words, whatever it is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`gists` are for the subject, from the fullest wording to the shortest; the rest is for the text."""

    gists: tuple[str, ...]
    sentences: tuple[str, ...]
    checks: tuple[str, ...] = ()
