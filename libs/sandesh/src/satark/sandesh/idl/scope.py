"""What names mean at one place of a file: what was defined before it, and what its includes define.

Source: clauses 1.2 (no forward reference), 1.3 and 1.5 of the specification.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from satark.sandesh.idl import ast, model
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.errors import Report
from satark.sandesh.idl.words import MEANT, RESERVED, did_you_mean

MAX_SHAPE = 1 << 16  # characters; the largest real message has under 4000
MAX_DEPTH = 64  # types within each other; real messages have 6


@dataclass(frozen=True, slots=True)
class Included:
    """An included file: None when it could not be read at all, and names in it that had mistakes of their own."""

    unit: model.Unit | None
    lost: Collection[str] = ()


@dataclass(slots=True)
class Scope:
    """Definitions by name while a file is gone through from top to bottom.

    `later` are all names that the file defines, with their places; `lost` those whose definition had a mistake: using
    them is no mistake of its own, nor is using a reserved word, which the scanner refused.
    """

    file: str
    module: str
    includes: Mapping[str, Included]
    report: Report
    later: dict[str, ast.Span] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    known: dict[str, model.Definition] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)
    current: str = ""

    def find(self, name: str) -> tuple[model.Definition | None, bool]:
        """Return what a name or `file.name` means, and whether it is lost."""
        if name in self.known:
            return self.known[name], False
        if name in self.lost or name in RESERVED:
            return None, True
        module, _, rest = name.rpartition(".")
        included = self.includes.get(module)
        if included is None or not rest:
            return None, False
        if included.unit is None:
            return None, True
        return included.unit.find(rest), rest in included.lost

    def names(self) -> Iterator[str]:
        """Yield every name that can be written here."""
        yield from self.known
        for module, included in self.includes.items():
            if included.unit is not None:
                yield from (f"{module}.{each.name}" for each in included.unit.definitions)

    def type(self, written: ast.Type) -> model.Type | None:
        """Return what a written type means; None when that was reported, or is the matter of a lost name."""
        match written:
            case ast.BaseType(base):
                return model.ScalarType(base)
            case ast.NamedType(name, span):
                return self._named(name, span)
            case ast.ListOf(element) | ast.SetOf(element):
                make = model.ListType if isinstance(written, ast.ListOf) else model.SetType
                inner = self.type(element)
                own = len("list<>" if make is model.ListType else "set<>")
                extent = None if inner is None else self.extent(own, [inner], written.span)
                return None if inner is None or extent is None else make(inner, extent)
            case ast.MapOf(key, value):
                ends = self.type(key), self.type(value)
                if ends[0] is None or ends[1] is None:
                    return None
                self._map_key(ends[0], key.span)
                extent = self.extent(len("map<,>"), [ends[0], ends[1]], written.span)
                return model.MapType(ends[0], ends[1], extent) if extent else None

    def extent(self, size: int, parts: Collection[model.Type], span: ast.Span) -> model.Extent | None:
        """Return how large something of these types is; None after reporting that it is too large."""
        extents = [model.extent(part) for part in parts]
        found = model.Extent(size + sum(e.size for e in extents), 1 + max((e.depth for e in extents), default=0))
        if found.size <= MAX_SHAPE and found.depth <= MAX_DEPTH:
            return found
        message = f"written out this has more than {MAX_SHAPE} characters or {MAX_DEPTH} types within each other"
        self.report.error(Code.TYPE_TOO_LARGE, span, message, "use fewer structs within structs")
        return None

    def _named(self, name: str, span: ast.Span) -> model.Type | None:
        found, lost = self.find(name)
        match found:
            case model.Typedef():
                return found.type
            case model.Struct():
                return model.StructType(found)
            case model.Enumeration():
                return model.EnumType(found)
            case None if not lost:
                self._unknown(name, span)
            case model.Constant() | model.Message():
                what = "a constant" if isinstance(found, model.Constant) else f"a message ({found.kind})"
                self.report.error(Code.NOT_A_TYPE, span, f'"{name}" is {what}, not a type')
        return None

    def _unknown(self, name: str, span: ast.Span) -> None:
        if name == self.current:
            hint = "a definition can only use what was defined before it"
            self.report.error(Code.SELF_REFERENCE, span, f'"{name}" is used within itself', hint)
        elif name in self.services:
            self.report.error(Code.NOT_A_TYPE, span, f'"{name}" is a service, not a type')
        elif name in self.later:
            hint = f"move the definition of line {self.later[name].line} up"
            self.report.error(Code.USED_BEFORE_DEFINITION, span, f'"{name}" is used before it is defined', hint)
        else:
            self.report.error(Code.UNKNOWN_TYPE, span, f'there is no type "{name}"', self._nearest(name))

    def _nearest(self, name: str) -> str:
        if self.report.full:
            return ""
        if name in MEANT:
            return f"use {MEANT[name]}"
        for module, included in self.includes.items():
            if included.unit is not None and included.unit.find(name) is not None:
                return f'write "{module}.{name}": it is in an included file'
        module, dot, _ = name.rpartition(".")
        if dot and module not in self.includes:
            return f'this file does not include "{module}"'
        return did_you_mean(name, (*self.names(), *ast.Base))

    def _map_key(self, key: model.Type, span: ast.Span) -> None:
        if isinstance(key, model.ListType | model.SetType | model.MapType):
            self.report.warning(Code.MAP_KEY, span, "only base types, enums and structs are usable as keys of a map")
