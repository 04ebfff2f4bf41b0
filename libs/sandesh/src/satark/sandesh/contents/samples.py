"""Statistics: every field with a `tags` annotation is rows of numbers with the columns to find them by (clause 6.6).

struct                one sample                      numbers and texts by member
list or set           one an element                  of structs by member, of scalars as `value`
map                   one an entry                    the same, and the key as the text `__key`
scalar                one sample                      by the field's own name
tagged in an element  samples of the longer path, with the outer index columns as well
"""

from collections.abc import Iterator, Sequence

from satark.sandesh.contents.bodies import Fields, by_name, data_of, is_deleted, tree_of
from satark.sandesh.contents.columns import MAX_LABEL_CHARACTERS, Index, Scope, columns_of, index_of
from satark.sandesh.contents.sample import Sample, Samples
from satark.sandesh.contents.scalars import label
from satark.sandesh.contents.shares import MAX_KEY_CHARACTERS
from satark.sandesh.contents.tags import terms_of
from satark.sandesh.types import Hint, SandeshType
from satark.sandesh.wire.tree import ListValue, MapValue, Node, StructValue
from satark.sandesh.wire.xml import Received

MAX_SAMPLES = 4096
"""Samples of one message; a collector's own table of message types, the longest known, has some hundred rows."""
MAX_NESTING = 8
"""Tagged fields within each other; the longest table of the originals is of three."""
MAX_PROBLEMS = 16

_KEY = int(Hint.KEY)  # an operation with the member itself would make another member, at ten times the price
_NEVER = frozenset((SandeshType.ALARM, SandeshType.FLOW, SandeshType.SESSION))
_NONE = Samples()


def samples_of(received: Received) -> Samples:
    """The samples of a UVE's struct, or of an object log or another message with the KEY hint.

    None if the UVE is sent again after a reconnect (SYNC), and none if the object is deleted. Raises `ContentError`
    for a UVE without data; everything wrong with the tags and the values themselves is a problem in the result.
    """
    header = received.header
    if header.type == SandeshType.UVE:
        if header.is_sync:
            return _NONE
        data = data_of(tree_of(received))
        stat, fields = data.name, data.fields
    elif header.type == SandeshType.OBJECT or (header.hints & _KEY and header.type not in _NEVER):
        tree = tree_of(received)
        stat, fields = tree.name, tree.fields
    else:
        return _NONE
    tagged = [field for field in fields if field.annotations and "tags" in field.annotations]
    if not tagged or is_deleted(fields):
        return _NONE
    known = by_name(fields)
    gathering = _Gathering(stat, known, header.source)
    for field in tagged:
        gathering.take(field, field.name, (Scope("", known),), Index())
    return Samples(tuple(gathering.samples), gathering.omitted, tuple(gathering.problems))


class _Gathering:
    """The samples so far of one message."""

    def __init__(self, stat: str, fields: Fields, source: str) -> None:
        self.samples: list[Sample] = []
        self.omitted = 0
        self.problems: dict[str, None] = {}
        self._stat = stat
        self._source = source
        self._proxy = self._label(fields, "proxy", MAX_LABEL_CHARACTERS)
        name = self._label(fields, "name", MAX_KEY_CHARACTERS)
        self._name = name if name is not None else self._key(fields)

    def take(self, field: Node, path: str, scopes: tuple[Scope, ...], outer: Index) -> None:
        """Add the samples of a tagged field, and of those within it."""
        if len(path) + len(self._stat) > MAX_LABEL_CHARACTERS or len(scopes) > MAX_NESTING:
            self._report(f"a path too long or too deep: {path[:40]}")
            return
        annotated = terms_of(field.annotations["tags"])
        for problem in annotated.problems:
            self._report(f"{path} has {problem}")
        scalar = isinstance(field.value, str)
        for element in self._elements(field, path):
            columns = columns_of(element, path, self._report)
            index = index_of(annotated.terms, element, path, scopes, outer, self._report)
            self.samples.append(
                Sample(
                    stat=self._stat,
                    attribute=path,
                    name=self._name,
                    source=self._source,
                    proxy=self._proxy,
                    numbers=columns.numbers,
                    texts=columns.texts,
                    lists=columns.lists,
                    maps=columns.maps,
                    tags=index.tags,
                    many_tags=index.many,
                    pairs=index.pairs,
                    scalar=scalar,
                )
            )
            nested = [each for each in element if "tags" in each.annotations and not isinstance(each.value, str)]
            if nested:
                around = (Scope(f"{path}.", by_name(element)), *scopes)
                for member in nested:
                    self.take(member, f"{path}.{member.name}", around, index)

    def _elements(self, field: Node, path: str) -> Iterator[Sequence[Node]]:
        """The members of each element as fields, as many as there is room for."""
        value = field.value
        if isinstance(value, ListValue):
            for at, item in enumerate(value.items):
                if len(self.samples) >= MAX_SAMPLES:
                    self.omitted += len(value.items) - at
                    return
                yield item.fields if isinstance(item, StructValue) else [Node("value", value.element, "", item)]
        elif isinstance(value, MapValue):
            for at, (key, item) in enumerate(value.items):
                if len(self.samples) >= MAX_SAMPLES:
                    self.omitted += len(value.items) - at
                    return
                members = item.fields if isinstance(item, StructValue) else [Node("value", value.element, "", item)]
                if isinstance(key, str):
                    yield [*members, Node("__key", "string", "", label(key, value.key))]
                else:
                    self._report(f"{path} has a key that is no scalar")
                    yield members
        elif len(self.samples) >= MAX_SAMPLES:
            self.omitted += 1
        elif isinstance(value, StructValue):
            yield value.fields
        else:
            yield [Node(field.name, field.type, "", value)]

    def _label(self, fields: Fields, name: str, longest: int) -> str | None:
        """A text that every sample repeats, if it is one and short enough."""
        field = fields.get(name)
        if field is None:
            return None
        if isinstance(field.value, str) and len(field.value) <= longest:
            return field.value
        self._report(f"{name} is no text, or too long")
        return None

    def _key(self, fields: Fields) -> str:
        """The name of what has no field `name`: its key, or the generator's host."""
        parts = [field.value for field in fields.values() if field.annotations.get("key")]
        key = ":".join([part for part in parts if isinstance(part, str)])
        return key if key and len(key) <= MAX_KEY_CHARACTERS else self._source

    def _report(self, problem: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems[problem] = None
