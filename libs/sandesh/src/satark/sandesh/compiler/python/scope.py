"""Which names a generated module has for what the program defines."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from satark.sandesh.compiler.python import names
from satark.sandesh.compiler.python.lookups import looked_up
from satark.sandesh.compiler.units import closure
from satark.sandesh.idl import model
from satark.sandesh.idl.model import Definition, Unit


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in the module of one unit.

    `definitions` has those of the unit and of everything that it includes, `modules` the names of other packages in
    it, and `homes` the scopes of the units that are included.
    """

    unit: Unit
    package: str
    definitions: Mapping[Definition, str]
    modules: Mapping[str, str]
    homes: Mapping[Definition, "Scope"]

    def name(self, definition: Definition) -> str:
        """The expression for a class or constant of this unit or another."""
        return self.definitions[definition]

    def attributes(self, shape: model.Struct | model.Message) -> dict[str, str]:
        """The attributes of a class by field name; constant texts have none."""
        if shape in self.homes:
            return self.homes[shape].attributes(shape)
        base = {"table"} if isinstance(shape, model.Message) and shape.data is not None else set()
        spelt = (each.name for each in shape.fields if each.text is None)
        return _distinct(spelt, names.attribute, looked_up(shape, self.name), base)


def package_of(unit: Unit, prefix: str) -> str:
    """The package of a unit: its `namespace py`, or its name, below the prefix."""
    own = unit.namespace("py") or unit.module
    return ".".join(names.package(f"{prefix}.{own}" if prefix else own))


def own_names(unit: Unit) -> dict[Definition, str]:
    """The Python names of what a unit defines; typedefs have none, because annotations show what they stand for."""
    named = [each for each in unit.definitions if not isinstance(each, model.Typedef)]
    spelt = _distinct((each.name for each in named), names.definition)
    return {each: spelt[each.name] for each in named}


def _distinct(spelt: Iterable[str], python: Callable[..., str], *taken: AbstractSet[str]) -> dict[str, str]:
    """The Python names of names of one kind, no two the same."""
    named: dict[str, str] = {}
    used: set[str] = set()
    for name in spelt:
        named[name] = python(name, used, *taken)
        used.add(named[name])
    return named


def scopes_of(main: Unit, prefix: str) -> dict[Unit, Scope]:
    """The scopes of a unit and of everything that it includes. They depend on nothing else that is compiled."""
    scopes: dict[Unit, Scope] = {}
    for unit in closure(main):
        scopes[unit] = _scope_of(unit, scopes, prefix)
    return scopes


def _scope_of(unit: Unit, scopes: Mapping[Unit, Scope], prefix: str) -> Scope:
    own = own_names(unit)
    definitions = dict(own)
    used = {*own.values()}
    modules: dict[str, str] = {}
    homes: dict[Definition, Scope] = {}
    for other in closure(unit)[:-1]:
        home = scopes[other]
        alias = names.definition(other.module, used)
        used.add(alias)
        modules[home.package] = alias
        theirs = own_names(other)
        definitions |= {each: f"{alias}.{name}" for each, name in theirs.items()}
        homes |= dict.fromkeys(theirs, home)
    return Scope(unit, package_of(unit, prefix), definitions, modules, homes)


def members(enumeration: model.Enumeration) -> dict[str, str]:
    """The Python names of an enum's members by their names in the definition."""
    return _distinct((each.name for each in enumeration.members), names.member)
