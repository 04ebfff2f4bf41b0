"""What a reader wants to see of objects (analytics.md 1.11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from satark.schemas.uves import Value
from satark.uve.attribute import Attribute
from satark.uve.known import known_as

ALARMS = ("UVEAlarms", "alarms")
"""Struct and attribute in which alarms are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A source's host, its `node_type:module:instance`, attributes by struct, and alarms by acknowledgement.

    A struct without attributes is wanted whole. None wants all. `names` are patterns for lists of objects.
    """

    source: str | None = None
    module: str | None = None
    content: Mapping[str, frozenset[str]] | None = None
    acknowledged: bool | None = None
    names: tuple[str, ...] | None = None

    def wants_source(self, generator: str) -> bool:
        """Return whether what this generator says counts."""
        parts = generator.rsplit(":", 3)
        return self.source in {None, parts[0]} and self.module in {None, ":".join(parts[1:])}

    def wants_struct(self, struct: str) -> bool:
        """Return whether anything of this struct is wanted."""
        return self.content is None or struct in self.content

    def wants_attribute(self, struct: str, name: str) -> bool:
        """Return whether this attribute is wanted, the time (`__T`) like any other."""
        wanted = None if self.content is None else self.content.get(struct)
        return not wanted or name in wanted


EVERYTHING = Filters()


def content_of(words: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return attributes by struct from words like `Struct` and `Struct:attribute`; a struct alone is wanted whole."""
    wanted: dict[str, set[str]] = {}
    whole: set[str] = set()
    for word in words:
        struct, _, name = word.partition(":")
        wanted.setdefault(struct, set()).update([name] if name else ())
        if not name:
            whole.add(struct)
    return {struct: frozenset() if struct in whole else frozenset(names) for struct, names in wanted.items()}


def filters_of(parameters: Mapping[str, str]) -> Filters:
    """Return the filters in the parameters of a request: sfilt, mfilt, cfilt, kfilt and ackfilt.

    Raises `ValueError` when ackfilt is neither `true` nor `false`.
    """
    content = parameters.get("cfilt")
    names = parameters.get("kfilt")
    return Filters(
        source=parameters.get("sfilt"),
        module=parameters.get("mfilt"),
        content=None if content is None else content_of(content.split(",")),
        acknowledged=_acknowledged(parameters.get("ackfilt")),
        names=None if names is None else tuple(names.split(",")),
    )


def acknowledged_only(attribute: Attribute, *, acknowledged: bool) -> Attribute:
    """Return the attribute with only those alarms that are acknowledged, or only those that are not."""
    kept = Attribute()
    for source, said in attribute.sources.items():
        items = tuple(each for each in said.value.items if _is_acknowledged(each) == acknowledged)
        kept.put(source, known_as(replace(said.value, items=items)))
    return kept


def _is_acknowledged(alarm: str | Value) -> bool:
    return isinstance(alarm, Value) and "ack" in alarm.fields and alarm.fields["ack"].text == "true"


def _acknowledged(word: str | None) -> bool | None:
    known: dict[str | None, Literal[True, False] | None] = {None: None, "true": True, "false": False}
    if word not in known:
        raise ValueError(f"ackfilt is true or false, not {word!r}")
    return known[word]
