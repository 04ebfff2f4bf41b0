"""Which names a generated module has for what the program defines."""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.sandesh.compiler.python import names
from satark.sandesh.compiler.units import closure
from satark.sandesh.idl import model
from satark.sandesh.idl.model import Definition, Unit


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in the module of one unit.

    `definitions` has those of the unit and of everything that it includes, `modules` the names of other packages in
    it, `homes` the scopes of the units that are included.
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
        taken = {*self.modules.values()}
        taken |= {
            self.name(each) for each in self.unit.definitions if isinstance(each, model.Struct | model.Enumeration)
        }
        if isinstance(shape, model.Message) and shape.data is not None:
            taken.add("table")
        named: dict[str, str] = {}
        for each in shape.fields:
            if each.text is None:
                named[each.name] = names.attribute(each.name, {*taken, *named.values()})
        return named


def package_of(unit: Unit, prefix: str) -> str:
    """The package of a unit: its `namespace py`, or its name, below the prefix."""
    own = unit.namespaces.get("py") or unit.module
    return ".".join(names.package(f"{prefix}.{own}" if prefix else own))


def own_names(unit: Unit) -> dict[Definition, str]:
    """The Python names of what a unit defines; typedefs have none, because annotations show what they stand for."""
    named: dict[Definition, str] = {}
    for each in unit.definitions:
        if not isinstance(each, model.Typedef):
            named[each] = names.definition(each.name, named.values())
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
    modules: dict[str, str] = {}
    homes: dict[Definition, Scope] = {}
    for other in closure(unit)[:-1]:
        home = scopes[other]
        alias = names.definition(other.module, {*own.values(), *modules.values()})
        modules[home.package] = alias
        definitions |= {each: f"{alias}.{name}" for each, name in own_names(other).items()}
        homes |= dict.fromkeys(own_names(other), home)
    return Scope(unit, package_of(unit, prefix), definitions, modules, homes)


def members(enumeration: model.Enumeration) -> dict[str, str]:
    """The Python names of an enum's members by their names in the definition."""
    named: dict[str, str] = {}
    for each in enumeration.members:
        named[each.name] = names.member(each.name, named.values())
    return named
