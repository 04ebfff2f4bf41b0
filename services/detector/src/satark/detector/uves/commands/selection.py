"""Which objects a person means: a type or table, a pattern of names below it, or one object. Pure."""

import re
from dataclasses import dataclass

from satark.uve.tables import api_type, raw_table, split_key


@dataclass(frozen=True, slots=True)
class Selection:
    """A table (empty: all) and a pattern of names, in which `*` is any text."""

    table: str
    names: str

    @property
    def is_one(self) -> bool:
        """Whether one object is named."""
        return bool(self.table) and "*" not in self.names

    @property
    def key(self) -> str:
        """The key of the one object."""
        return f"{self.table}:{self.names}"

    def has(self, key: str) -> bool:
        """Return whether an object is meant."""
        table, name = split_key(key)
        if self.table not in {"", table}:
            return False
        pattern = ".*".join(re.escape(part) for part in self.names.split("*"))
        return re.fullmatch(pattern, name, re.DOTALL) is not None


def selected(text: str | None) -> Selection:
    """Return what is meant by nothing (all), `virtual-network`, `virtual-network:*demo*`, `*:name` or a whole key."""
    if not text:
        return Selection("", "*")
    kind, colon, names = text.partition(":")
    return Selection("" if kind == "*" else raw_table(kind), names if colon else "*")


def shown_key(key: str) -> str:
    """Return a key with the name of its type, as people know it."""
    table, name = split_key(key)
    return f"{api_type(table)}:{name}"
