"""What is to be computed for a data struct: its annotations, read once and checked against its fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from satark.sandesh.generator.statistics.algorithms import OF_ANYTHING, OF_NUMBERS, RESULT_STRUCTS
from satark.sandesh.generator.statistics.arithmetic import is_number
from satark.sandesh.generator.statistics.formulas import Formula, parse
from satark.sandesh.types import Base, Field, Layout, MapOf, StructOf, Type, wire_name

PERIODIC = "_P_"
"""The end of the name of a struct for a periodic result: `value` of the last period, `staging` of the running one."""
_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived field. `periods` between two results, 0 for one at every update.

    `of_keys`: the source is a map, and so is the result. `differences`: the source counts up, and what is added is the
    sample. `members` are the attributes that lead from a value of the source to the sample.
    """

    field: Field
    formula: Formula
    source: str
    members: tuple[str, ...]
    periods: int
    of_keys: bool
    differences: bool

    @property
    def result_type(self) -> Type:
        """The type of one result as the field has it."""
        return self.field.type.value if self.of_keys and isinstance(self.field.type, MapOf) else self.field.type

    @property
    def is_wrapped(self) -> bool:
        """Whether results are in a struct with the two halves of a periodic one."""
        return (
            bool(self.periods) and isinstance(self.result_type, StructOf) and self.result_type.name.endswith(PERIODIC)
        )

    @property
    def inner_type(self) -> Type:
        """The type of what is computed."""
        if not self.is_wrapped or not isinstance(self.result_type, StructOf):
            return self.result_type
        halves = self.result_type.resolve().__sandesh__.fields
        return _named("value", halves).type


@dataclass(frozen=True, slots=True)
class Plan:
    """All of a struct: `period_s` between periodic results, 0 for none; `timeout` in such periods, 0 for none.

    `faults` are annotations that cannot be followed, by the field's name; such a field stays as the program sets it.
    """

    name: str
    derived: tuple[Derived, ...]
    hidden: tuple[str, ...]
    period_s: int
    timeout: int
    faults: tuple[tuple[str, str], ...]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the algorithms as the language gives them, by field in order of their names."""
        return dict(sorted((each.field.name, each.formula.argument) for each in self.derived))


def plan_of(class_: Any) -> Plan:
    """The plan for the class of a data struct. What is wrong with it is in the plan, never raised."""
    return _read(class_)


@lru_cache(maxsize=4096)
def _read(class_: Any) -> Plan:
    layout: Layout = class_.__sandesh__
    period_s, timeout = (_number(layout.annotations.get(name, "")) for name in ("period", "timeout"))
    derived: list[Derived] = []
    faults: list[tuple[str, str]] = []
    for each in layout.fields:
        if "stats" in each.annotations or "mstats" in each.annotations:
            try:
                derived.append(_derived(each, layout.fields, has_period=period_s > 0))
            except ValueError as error:
                faults.append((each.name, str(error)))
    if timeout and not any(each.name == "deleted" for each in layout.fields):
        faults.append(("timeout", "there is no field 'deleted'"))
        timeout = 0
    hidden = tuple(each.attribute for each in layout.fields if "hidden" in each.annotations)
    return Plan(layout.name, tuple(derived), hidden, period_s, timeout, tuple(faults))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def _derived(field: Field, siblings: Iterable[Field], *, has_period: bool) -> Derived:
    of_keys = "mstats" in field.annotations
    formula = parse(field.annotations["mstats" if of_keys else "stats"])
    source = _named(formula.source[0], siblings)
    periods = int(has_period) if formula.period is None else formula.period
    if periods and not has_period:
        raise ValueError("the struct has no period")
    if formula.pre and not periods:
        raise ValueError(f"{formula.pre} needs a period")
    leaf: Type = source.type
    if of_keys:
        if not isinstance(source.type, MapOf) or not isinstance(field.type, MapOf) or source.type.key != field.type.key:
            raise ValueError("source and result must be maps with the same type of key")
        if not source.type.is_dict:
            raise ValueError("the keys of the source must be scalars")
        leaf = source.type.value
    members = []
    for name in formula.source[1:]:
        member = _named(name, leaf.resolve().__sandesh__.fields if isinstance(leaf, StructOf) else ())
        members.append(member.attribute)
        leaf = member.type
    differences = source.annotations.get("metric") == "agg"
    derived = Derived(field, formula, source.attribute, tuple(members), periods, of_keys, differences)
    _check_source(formula, leaf, differences=differences)
    _check_result(formula.algorithm, leaf, derived.inner_type)
    return derived


def _named(name: str, fields: Iterable[Field]) -> Field:
    for each in fields:
        if each.name == name:
            return each
    raise ValueError(f"there is no field {name!r}")


def _check_source(formula: Formula, leaf: Type, *, differences: bool) -> None:
    named = [formula.pre or formula.algorithm]
    if formula.pre in RESULT_STRUCTS:
        raise ValueError(f"{formula.pre} gives no sample for {formula.algorithm}")
    if formula.pre:
        named.append(formula.algorithm)
    for each in named:
        if each in OF_NUMBERS and not is_number(leaf):
            raise ValueError(f"{each} needs a number, not a {wire_name(leaf)}")
        if (each not in OF_ANYTHING or differences) and not (is_number(leaf) or isinstance(leaf, StructOf)):
            raise ValueError(f"{each} needs a number or a struct, not a {wire_name(leaf)}")


def _check_result(algorithm: str, leaf: Type, result: Type) -> None:
    if algorithm in RESULT_STRUCTS:
        fits = isinstance(result, StructOf)
    elif isinstance(leaf, Base) and is_number(leaf):
        fits = is_number(result)
    else:
        fits = result == leaf
    if not fits:
        raise ValueError(f"the result of {algorithm} does not fit a {wire_name(result)}")
