"""The cache of UVEs: the merged state of every one, and what a collector still needs (clauses 4.5, 5.2)."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from satark.sandesh.generator.copies import copied_attributes
from satark.sandesh.generator.identities import Key, UveError, identity_of, key_of
from satark.sandesh.session.sequences import must_synchronise
from satark.sandesh.types import Struct, StructOf, UveMessage, attributes

DEFAULT_MAX_ENTRIES = 200_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One UVE as it is now; `deleted` ones are kept until a collector was told (clause 8, 3)."""

    key: Key
    data_type: str
    message: UveMessage
    sequence_number: int
    level: int
    updated_s: float
    deleted: bool = False

    @property
    def uve_key(self) -> str:
        """The name that operators know: `table:key`."""
        return f"{self.key.table}:{self.key.name}"

    @property
    def type_names(self) -> tuple[str, ...]:
        """Under which names a collector may know its type: the data's, for a proxy with that behind it, or the message's."""
        proxy = self.key.proxy
        return (self.data_type if proxy is None else f"{self.data_type}-{proxy}", self.key.message)


@dataclass(frozen=True, slots=True)
class UveType:
    """A type of UVE: the message's name, its data struct's and its class, and the last sequence number."""

    message: str
    data_type: str
    sequence_number: int
    data_class: type[Struct]

    @classmethod
    def of(cls, message: type[UveMessage], sequence_number: int = 0) -> "UveType | None":
        """The type of a class; None for one without data."""
        data = next((each.type for each in message.__sandesh__.fields if isinstance(each.type, StructOf)), None)
        return None if data is None else cls(message.__sandesh__.name, data.name, sequence_number, data.resolve())


class UveCache:
    """Bounded in entries. Values are copied in, so that a caller may go on changing what was sent."""

    def __init__(self, *, max_entries: int = DEFAULT_MAX_ENTRIES) -> None:
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._types: dict[str, UveType] = {}
        self._graves: OrderedDict[Key, int] = OrderedDict()
        self._max_entries = max_entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def get(self, key: Key) -> Entry | None:
        """The entry of that key, a deleted one too."""
        return self._entries.get(key)

    def update(self, message: UveMessage, *, sequence_number: int, level: int, now_s: float) -> Entry:
        """Merge the set fields; after a delete, begin anew. Raises `UveError`."""
        key = key_of(message)
        known = self._entries.get(key)
        if known is None:
            self._make_room()
        data: Any = message.data  # type: ignore[attr-defined]
        deleted = bool(getattr(data, "deleted", None))
        begins = known is None or (known.deleted and not deleted)
        before = None if begins else known.message.data  # type: ignore[union-attr]
        whole: Any = type(message)
        entry = Entry(
            key=key,
            data_type=data.__sandesh__.name,
            message=whole(data=_merged(before, data), table=message.table or (known.message.table if known else None)),
            sequence_number=sequence_number,
            level=level,
            updated_s=now_s,
            deleted=deleted,
        )
        self._entries[key] = entry
        self._types[key.message] = UveType(key.message, entry.data_type, sequence_number, type(data))
        if deleted:
            self._graves[key] = sequence_number
        else:
            self._graves.pop(key, None)
        return entry

    def resync(self, seen: Mapping[str, int]) -> list[Entry]:
        """What must be sent to a collector that has seen these numbers, in the order of the numbers of each type."""
        due = [
            entry for entry in self._entries.values() if must_synchronise(seen, entry.type_names, entry.sequence_number)
        ]
        return sorted(due, key=lambda entry: (entry.key.message, entry.sequence_number))

    def settle(self, graves: Mapping[Key, int]) -> None:
        """A collector was told of these deletions: forget them, unless something was sent since."""
        for key, number in graves.items():
            if self._graves.get(key) == number:
                del self._graves[key]
                del self._entries[key]

    @property
    def graves(self) -> Mapping[Key, int]:
        """The deleted entries that are still kept, with their sequence numbers."""
        return dict(self._graves)

    def types(self) -> list[UveType]:
        """Every type that was ever sent, by the name of its data."""
        return sorted(self._types.values(), key=lambda each: each.data_type)

    def of_type(self, data_type: str, uve_key: str | None = None) -> list[Entry]:
        """The entries of a type by any name of it, those of all proxies by that of its data; only of `table:key` if given."""
        return [
            entry
            for entry in self._entries.values()
            if data_type in {entry.data_type, *entry.type_names} and uve_key in {None, entry.uve_key}
        ]

    def _make_room(self) -> None:
        """The oldest deleted entry goes first; state that is alive never does."""
        if len(self._entries) < self._max_entries:
            return
        if not self._graves:
            raise UveError(f"the cache is full: {self._max_entries} UVEs")
        key, _ = self._graves.popitem(last=False)
        del self._entries[key]


def deletion_of(message: UveMessage) -> UveMessage:
    """The message that deletes a UVE. Raises `UveError` where its data has no field for that."""
    data: Any = message.data  # type: ignore[attr-defined]
    if not hasattr(data, "deleted"):
        raise UveError(f"{data.__sandesh__.name} cannot be deleted")
    whole: Any = type(message)
    deletion: UveMessage = whole(data=type(data)(**identity_of(data), deleted=True), table=message.table)
    return deletion


def _merged(before: Any, update: Any) -> Any:
    """A new struct: what was, overwritten by what is set now. Lists and maps replace what was as a whole."""
    kept = {} if before is None else attributes(before)
    return type(update)(**{**kept, **copied_attributes(update)})
