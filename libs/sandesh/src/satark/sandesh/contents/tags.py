"""The `tags` annotation: which columns a statistic is found by (clause 6.6).

tags="vn,.peer,name:.queue"      vn            the field `vn` beside the tagged one
.peer         the member `peer` of each element, or `.__key`, `.__value` of a map's
name:.queue   both, looked up together, `name` first
"""

from dataclasses import dataclass
from functools import lru_cache

MAX_TERMS = 16
"""Columns of one field that are kept; the longest list in the originals' definitions has six."""
MAX_CHARACTERS = 4096
"""Longest annotation that is read."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """A field by name: a member of the element, or one beside the tagged field."""

    name: str
    of_element: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A column, and the one by which it is looked up first, if any."""

    column: Reference
    prefix: Reference | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What an annotation says, and what it says that means nothing."""

    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = ()


def terms_of(tags: str) -> Terms:
    """The terms of an annotation. Never raises: a term that means nothing is a problem, the others count."""
    if len(tags) > MAX_CHARACTERS:
        return Terms(problems=(f"tags of more than {MAX_CHARACTERS} characters",))
    return _terms_of(tags)


@lru_cache(maxsize=1024)
def _terms_of(tags: str) -> Terms:
    terms: dict[Term, None] = {}
    problems: list[str] = []
    texts = tags.split(",") if tags else []
    for text in texts[:MAX_TERMS]:
        term = _term(text)
        if term is None:
            problems.append(f"a tag that is none: {text[:_SHOWN]!r}")
        else:
            terms[term] = None
    if len(texts) > MAX_TERMS:
        problems.append(f"more than {MAX_TERMS} tags")
    return Terms(tuple(terms), tuple(problems))


def _term(text: str) -> Term | None:
    first, colon, second = text.partition(":")
    one = _reference(first)
    if one is None:
        return None
    if not colon:
        return Term(one)
    other = _reference(second)
    return Term(other, one) if other is not None and other.of_element else None


def _reference(text: str) -> Reference | None:
    name = text.removeprefix(".")
    if not name or "." in name or ":" in name:
        return None
    return Reference(name, of_element=text.startswith("."))
