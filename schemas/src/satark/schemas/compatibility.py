"""Whether data written under a released JSON Schema still means the same under today's.

The rule is BACKWARD_TRANSITIVE: a new reader reads all old data. Optional properties may be added and limits widened;
nothing may be removed, retyped, renamed, narrowed or newly required, and a default may not change, because a value
equal to its default is left out when it is written.

Understood is what msgspec generates; any other keyword that differs counts as incompatible.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_ANNOTATIONS = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"}
_UNDERSTOOD = {
    *("$ref", "anyOf", "type", "enum", "const", "properties", "required", "items", "additionalProperties"),
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "pattern", "format", "propertyNames", "default"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
}
_SIZES = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"))
_NOTHING: Json = {"not": {}}
_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (type(None), "null"),
    ((list, tuple), "array"),
    (dict, "object"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One incompatible change: where (a JSON path into the event) and what."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A place in both documents; `seen` are the references on the way, so that recursion ends."""

    path: str
    old: Json
    new: Json
    old_root: Json
    new_root: Json
    seen: frozenset[tuple[str, str]] = frozenset()

    def at(self, step: str, old: Any, new: Any) -> "_Pair":
        return _Pair(self.path + step, _schema(old), _schema(new), self.old_root, self.new_root, self.seen)


def incompatibilities(released: Json, today: Json) -> tuple[Change, ...]:
    """Return what data of the released schema could not stand today, in document order."""
    return tuple(_compare(_Pair("$", released, today, released, today)))


def _schema(value: Any) -> Json:
    """Return a schema as an object: true allows everything, false nothing."""
    if isinstance(value, bool):
        return {} if value else _NOTHING
    schema: Json = value
    return schema


def _compare(pair: _Pair) -> Iterator[Change]:
    if _NOTHING in (pair.old, pair.new):
        if pair.old != _NOTHING:
            yield Change(pair.path, "nothing is allowed any more")
        return
    key = (str(pair.old.get("$ref")), str(pair.new.get("$ref")))
    if "$ref" in pair.old and key in pair.seen:
        return
    if pair.old.get("default", _NOTHING) != pair.new.get("default", _NOTHING) and "default" in pair.old:
        yield Change(pair.path, f"the default changed from {_shown(pair.old['default'])}")
    old, new = _resolved(pair.old, pair.old_root), _resolved(pair.new, pair.new_root)
    inner = _Pair(pair.path, old, new, pair.old_root, pair.new_root, pair.seen | {key})
    if "anyOf" in old or "anyOf" in new:
        yield from _alternatives(inner)
        return
    yield from _unknown(inner)
    yield from _type(inner)
    yield from _values(inner)
    yield from _limits(inner)
    yield from _members(inner)


def _resolved(schema: Json, root: Json) -> Json:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return _resolved(found, root)


def _alternatives(pair: _Pair) -> Iterator[Change]:
    """Each alternative of the released schema must be allowed by some alternative of today's."""
    allowed = pair.new.get("anyOf", [pair.new])
    for old in pair.old.get("anyOf", [pair.old]):
        trials = [list(_compare(pair.at("", old, new))) for new in allowed]
        if all(trials):
            named = [
                trial for new, trial in zip(allowed, trials, strict=True) if old.get("$ref", "") == new.get("$ref")
            ]
            if len(trials) == 1 or named:
                yield from (named or trials)[0]
            else:
                yield Change(pair.path, f"{_shown(old)} is none of the alternatives any more")


def _unknown(pair: _Pair) -> Iterator[Change]:
    for keyword in sorted((pair.old.keys() | pair.new.keys()) - _UNDERSTOOD - _ANNOTATIONS):
        if pair.old.get(keyword) != pair.new.get(keyword):
            yield Change(pair.path, f"the keyword {keyword} changed")


def _type(pair: _Pair) -> Iterator[Change]:
    wanted = pair.new.get("type")
    if wanted is None:
        return
    for had in _types_of(pair.old):
        if had != wanted and (had, wanted) != ("integer", "number"):
            yield Change(pair.path, f"the type changed from {had} to {wanted}")


def _types_of(schema: Json) -> list[str]:
    """Return a schema's type; where only values are listed, theirs."""
    values = _listed(schema)
    if "type" in schema or values is None:
        return [schema.get("type", "anything")]
    return list(dict.fromkeys(next(name for kind, name in _TYPES if isinstance(value, kind)) for value in values))


def _listed(schema: Json) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _values(pair: _Pair) -> Iterator[Change]:
    had, has = _listed(pair.old), _listed(pair.new)
    if has is None:
        return
    if had is None:
        yield Change(pair.path, f"any value was allowed, now only {_shown(has)}")
        return
    gone = [value for value in had if value not in has]
    if gone:
        yield Change(pair.path, f"the values {_shown(gone)} are allowed no more")


def _limits(pair: _Pair) -> Iterator[Change]:
    for least, most in _SIZES:
        if pair.new.get(least, 0) > pair.old.get(least, 0):
            yield Change(pair.path, f"{least} rose to {pair.new[least]}")
        if pair.new.get(most, float("inf")) < pair.old.get(most, float("inf")):
            yield Change(pair.path, f"{most} fell to {pair.new[most]}")
    if _lower(pair.new) > _lower(pair.old):
        yield Change(pair.path, f"the lower bound rose to {_lower(pair.new)[0]}")
    if _upper(pair.new) < _upper(pair.old):
        yield Change(pair.path, f"the upper bound fell to {_upper(pair.new)[0]}")
    for keyword in ("pattern", "format"):
        if keyword in pair.new and pair.new[keyword] != pair.old.get(keyword):
            yield Change(pair.path, f"{keyword} became {pair.new[keyword]}")


def _lower(schema: Json) -> tuple[float, bool]:
    """Return the lower bound and whether it is itself excluded; the higher of two counts."""
    infinity = float("-inf")
    return max((schema.get("minimum", infinity), False), (schema.get("exclusiveMinimum", infinity), True))


def _upper(schema: Json) -> tuple[float, bool]:
    """Return the upper bound and whether it is itself included; the lower of two counts."""
    infinity = float("inf")
    return min((schema.get("maximum", infinity), True), (schema.get("exclusiveMaximum", infinity), False))


def _members(pair: _Pair) -> Iterator[Change]:
    had, has = pair.old.get("properties", {}), pair.new.get("properties", {})
    for name, old in had.items():
        if name in has:
            yield from _compare(pair.at(f".{name}", old, has[name]))
        else:
            yield Change(f"{pair.path}.{name}", "the property was removed")
    needed = pair.old.get("required", [])
    for name in pair.new.get("required", []):
        if name not in needed:
            yield Change(f"{pair.path}.{name}", "the property became required")
    for keyword, step in (("items", "[*]"), ("additionalProperties", ".*"), ("propertyNames", "~")):
        if keyword in pair.new:
            yield from _compare(pair.at(step, pair.old.get(keyword, {}), pair.new[keyword]))


def _shown(value: Any) -> str:
    return json.dumps(value)
