"""Constants and default values: what is written, made into a value of the declared type (clause 1.7)."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address

from satark.sandesh.idl import ast, model
from satark.sandesh.idl.ast import Base
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.model import type_name
from satark.sandesh.idl.options import Options
from satark.sandesh.idl.scope import Scope
from satark.sandesh.idl.words import did_you_mean

MAX_VALUES = 100_000  # computed in one file: constants that hold constants that hold constants grow fast

INTEGER_RANGES = {
    Base.BOOL: (0, 1),
    Base.BYTE: (-(2**7), 2**7 - 1),
    Base.I16: (-(2**15), 2**15 - 1),
    Base.I32: (-(2**31), 2**31 - 1),
    Base.I64: (-(2**63), 2**63 - 1),
    Base.U16: (0, 2**16 - 1),
    Base.U32: (0, 2**32 - 1),
    Base.U64: (0, 2**64 - 1),
}
_TEXTS = {Base.STRING, Base.BINARY, Base.SLIST}
_FORMATS: dict[Base, tuple[Callable[[str], object], str]] = {
    Base.IPADDR: (ip_address, "an IPv4 or IPv6 address"),
    Base.UUID: (uuid.UUID, "a UUID"),
}


class _UnfitError(Exception):
    """A value that cannot be; why was reported."""


class Values:
    """Computes the values of one file."""

    def __init__(self, scope: Scope, options: Options) -> None:
        """Take where names are looked up and problems go."""
        self._scope = scope
        self._options = options
        self._computed = 0
        self._owner = ""
        self._span = ast.NOWHERE

    def of(self, written: ast.Value, kind: model.Type, owner: str) -> model.Value | None:
        """Return the value written for the constant or field `owner`; None after reporting why there is none."""
        self._owner = owner
        try:
            return self._fit(written, kind)
        except _UnfitError:
            return None

    def _fit(self, written: ast.Value, kind: model.Type) -> model.Value:
        """Fit what is written into a type."""
        self._span = written.span
        match written:
            case ast.NameValue(name):
                value = self._named(name)
            case ast.ListValue(items) if isinstance(kind, model.ListType | model.SetType):
                return self._items([self._fit(item, kind.element) for item in items], kind, written.span)
            case ast.MapValue(entries) if isinstance(kind, model.MapType):
                return self._entries(
                    [(self._fit(k, kind.key), self._fit(v, kind.value)) for k, v in entries], written.span
                )
            case ast.MapValue(entries) if isinstance(kind, model.StructType):
                return self._struct(entries, kind.struct)
            case ast.ListValue() | ast.MapValue():
                raise self._mismatch(kind)
            case _:
                value = written.value
        return self._convert(value, kind)

    def _convert(self, value: model.Value, kind: model.Type) -> model.Value:
        """Fit a value that is already one, a literal's or another constant's, into a type."""
        self._count()
        match kind, value:
            case model.ScalarType(base), _:
                return self._scalar(value, base)
            case model.EnumType(enumeration), _:
                return self._member(value, enumeration)
            case ((model.ListType() | model.SetType()), model.ItemsValue(items=items)):
                return self._items([self._convert(item, kind.element) for item in items], kind, self._span)
            case model.MapType(), model.EntriesValue(entries=entries):
                pairs = [(self._convert(k, kind.key), self._convert(v, kind.value)) for k, v in entries]
                return self._entries(pairs, self._span)
        if isinstance(kind, model.StructType) and isinstance(value, model.StructValue) and kind.struct is value.struct:
            return value
        raise self._mismatch(kind)

    def _count(self) -> None:
        self._computed += 1
        if self._computed == MAX_VALUES:
            raise self._refuse(Code.VALUE_TOO_LARGE, f"more than {MAX_VALUES} values in this file")
        if self._computed > MAX_VALUES:
            raise _UnfitError

    def _scalar(self, value: model.Value, base: Base) -> model.Value:
        if base in {Base.XML, Base.IPV4}:
            raise self._refuse(Code.VALUE_FORBIDDEN, f'"{self._owner}": there are no constants of type {base}')
        if isinstance(value, model.EnumValue):
            value = value.member.value
        match base, value:
            case Base.DOUBLE, int() | float():
                return float(value)
            case _, int() if base in INTEGER_RANGES:
                return self._integer(int(value), base)
            case _, str() if base in _TEXTS:
                return value
            case _, str() if base in _FORMATS:
                return self._formatted(value, base)
        raise self._mismatch(model.ScalarType(base))

    def _integer(self, value: int, base: Base) -> model.Value:
        low, high = INTEGER_RANGES[base]
        if not low <= value <= high:
            raise self._refuse(Code.VALUE_RANGE, f'"{self._owner}": {value} is no {base} ({low} to {high})')
        if not self._options.allow_64_bit and not INTEGER_RANGES[Base.I32][0] <= value <= INTEGER_RANGES[Base.U32][1]:
            self._scope.report.warning(Code.VALUE_64_BIT, self._span, f"{value} has more than 32 bits")
        return bool(value) if base is Base.BOOL else value

    def _formatted(self, value: str, base: Base) -> model.Value:
        check, wanted = _FORMATS[base]
        try:
            check(value)
        except ValueError:
            raise self._refuse(Code.VALUE_FORMAT, f'"{self._owner}": the text is not {wanted}') from None
        return value

    def _member(self, value: model.Value, enumeration: model.Enumeration) -> model.Value:
        match value:
            case model.EnumValue(enumeration=same) if same is enumeration:
                return value
            case int():
                member = enumeration.valued(value)
                if member is not None:
                    return model.EnumValue(enumeration, member)
                raise self._refuse(
                    Code.VALUE_NOT_MEMBER, f'"{self._owner}": no member of {enumeration.name} is {value}'
                )
        raise self._mismatch(model.EnumType(enumeration))

    def _items(
        self,
        items: Sequence[model.Value],
        kind: model.ListType | model.SetType,
        span: ast.Span,
    ) -> model.Value:
        if isinstance(kind, model.SetType):
            unique = list({_key(item): item for item in items}.values())
            if len(unique) < len(items):
                self._scope.report.warning(Code.VALUE_REPEATED, span, "an element is twice in the set")
            items = unique
        return model.ItemsValue(tuple(items))

    def _entries(self, pairs: Sequence[tuple[model.Value, model.Value]], span: ast.Span) -> model.Value:
        unique = {_key(key): (key, value) for key, value in pairs}
        if len(unique) < len(pairs):
            self._scope.report.warning(Code.VALUE_REPEATED, span, "a key is twice in the map; the last counts")
        return model.EntriesValue(tuple(unique.values()))

    def _struct(self, entries: Iterable[tuple[ast.Value, ast.Value]], struct: model.Struct) -> model.Value:
        found: dict[str, model.Value] = {}
        for key, written in entries:
            self._span = key.span
            if not isinstance(key, ast.StringValue):
                message = f'"{self._owner}": the keys are the names of fields of {struct.name}, in quotes'
                raise self._refuse(Code.VALUE_TYPE, message)
            field = struct.field(key.value)
            if field is None:
                hint = did_you_mean(key.value, [each.name for each in struct.fields])
                raise self._refuse(Code.VALUE_UNKNOWN_FIELD, f'{struct.name} has no field "{key.value}"', hint)
            if field.name in found:
                self._scope.report.warning(
                    Code.VALUE_REPEATED, key.span, f'"{field.name}" is there twice; the last counts'
                )
            found[field.name] = self._fit(written, field.type)
        return model.StructValue(struct, tuple(found.items()))

    def _named(self, name: str) -> model.Value:
        """Return the constant or the enum's member of this name."""
        found, lost = self._scope.find(name)
        if isinstance(found, model.Constant):
            return found.value
        owner, _, last = name.rpartition(".")
        enumeration, owner_lost = self._scope.find(owner) if owner else (None, False)
        if isinstance(enumeration, model.Enumeration):
            member = enumeration.named(last)
            if member is None:
                hint = did_you_mean(last, [each.name for each in enumeration.members])
                raise self._refuse(Code.VALUE_UNKNOWN_NAME, f'enum {owner} has no member "{last}"', hint)
            return model.EnumValue(enumeration, member)
        if lost or owner_lost:
            raise _UnfitError
        raise self._unknown(name)

    def _unknown(self, name: str) -> _UnfitError:
        for each in self._scope.known.values():
            if isinstance(each, model.Enumeration) and each.named(name) is not None:
                return self._refuse(Code.VALUE_UNQUALIFIED, f'"{name}" needs its enum', f"write {each.name}.{name}")
        first = name.partition(".")[0]
        if name == self._scope.current:
            hint = "a constant can only use what was defined before it"
        elif first in self._scope.later:
            hint = f"move the definition of line {self._scope.later[first].line} up"
        else:
            hint = did_you_mean(name, self._scope.names())
        return self._refuse(Code.VALUE_UNKNOWN_NAME, f'there is no constant or member "{name}"', hint)

    def _mismatch(self, kind: model.Type) -> _UnfitError:
        return self._refuse(Code.VALUE_TYPE, f'"{self._owner}" is declared as {type_name(kind)}', _wanted(kind))

    def _refuse(self, code: Code, message: str, hint: str = "") -> _UnfitError:
        self._scope.report.error(code, self._span, message, hint)
        return _UnfitError()


def _key(value: model.Value) -> object:
    """Return what two equal values have in common."""
    match value:
        case model.EnumValue(member=member):
            return member.value
        case model.ItemsValue(items=items):
            return tuple(_key(item) for item in items)
        case model.EntriesValue(entries=entries):
            return frozenset((_key(key), _key(item)) for key, item in entries)
        case model.StructValue(fields=fields):
            return frozenset((name, _key(item)) for name, item in fields)
        case _:
            return value


def _wanted(kind: model.Type) -> str:
    """Return what to write for a value of a type."""
    match kind:
        case model.ScalarType(Base.BOOL):
            words = "true or false"
        case model.ScalarType(base) if base in INTEGER_RANGES:
            words = "a whole number"
        case model.ScalarType(Base.DOUBLE):
            words = "a number"
        case model.ListType() | model.SetType():
            words = "[value, value]"
        case model.MapType():
            words = "{key: value, key: value}"
        case model.StructType():
            words = '{"field": value, "field": value}'
        case model.EnumType(enumeration):
            words = f"one of its members: {enumeration.name}.NAME"
        case _:
            words = "text in quotes"
    return f"write {words}"
