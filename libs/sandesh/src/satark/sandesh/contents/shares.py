"""Shares: what one generator says about one object in one UVE or alarm (clause 6.4; analytics 1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from satark.sandesh.contents.bodies import data_of, stripped, tree_of
from satark.sandesh.contents.errors import ContentError
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.tree import Node
from satark.sandesh.wire.xml import Received

MAX_KEY_CHARACTERS = 2048
"""Longest UVE key; the original has no limit, and whatever stores or lists keys needs one."""

_STATES = frozenset((SandeshType.UVE, SandeshType.ALARM))
_NOTHING: Mapping[str, Node] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Share:
    """Object, struct and attributes of one message.

    `name` is the text of all key fields in the order sent, joined by colons. `proxy` is None unless the generator
    speaks for another. `attributes` are all other fields by name, without identifiers; of two with one name the later
    counts. A share that is `deleted` has none: the generator takes back all that it said of the object.
    `other_tables` are those that key fields name beside the first one's, sorted: there should be none.
    """

    table: str
    name: str
    message: str
    stat: str
    proxy: str | None
    deleted: bool
    attributes: Mapping[str, Node]
    other_tables: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The UVE's key, `table:name`; to be split at the first colon."""
        return f"{self.table}:{self.name}"

    @property
    def struct(self) -> str:
        """The struct's name, with the proxy's after a dash."""
        return self.stat if self.proxy is None else f"{self.stat}-{self.proxy}"


def share_of(received: Received, *, identifiers: bool = False) -> Share | None:
    """The share in a UVE or an alarm, None in any other message; with `identifiers` its fields are left as they came.

    Raises `ContentError` when there is no data, no key field, a key that is no text, is empty or too long, a table
    whose name has a colon, or a proxy that is no text.
    """
    if received.header.type not in _STATES:
        return None
    tree = tree_of(received)
    data = data_of(tree)
    try:
        return _share(tree.name, data.name, data.fields, identifiers=identifiers)
    except ContentError as error:
        raise error.within(f"{tree.name}.data.{data.name}") from None


def _share(message: str, struct: str, fields: list[Node], *, identifiers: bool) -> Share:
    tables, parts, attributes = dict[str, None](), [], []
    deleted, proxy = False, None
    for field in fields:
        key = field.annotations.get("key") if field.annotations else None
        if key:
            tables[key] = None
            parts.append(_text(field))
        else:
            attributes.append(field)
            if field.name == "deleted":
                deleted = deleted or field.value == "true"
            elif field.name == "proxy":
                proxy = _text(field)
    if not parts:
        raise ContentError("no field with a key")
    name, (table, *others) = ":".join(parts), tables
    _check(table, name)
    told = [] if deleted else attributes if identifiers else stripped(attributes)
    kept = {field.name: field for field in told} or _NOTHING
    return Share(table, name, message, struct, proxy, deleted, kept, tuple(sorted(others)))


def _text(field: Node) -> str:
    if isinstance(field.value, str):
        return field.value
    raise ContentError(f"no text but a {field.type[:40]}", field.name)


def _check(table: str, name: str) -> None:
    if ":" in table:
        raise ContentError(f"a table's name with a colon: {table[:40]!r}")
    if not name:
        raise ContentError("an empty key")
    if len(table) + 1 + len(name) > MAX_KEY_CHARACTERS:
        raise ContentError(f"a key of more than {MAX_KEY_CHARACTERS} characters: {name[:40]!r}")
