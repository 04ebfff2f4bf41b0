from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from uuid import UUID

import pytest

from satark.sandesh.compiler.python.expressions import annotation, descriptor, literal
from satark.sandesh.compiler.python.package import files
from satark.sandesh.compiler.python.scope import scopes_of
from satark.sandesh.compiler.units import bundle_of
from satark.sandesh.idl.ast import Base
from satark.sandesh.idl.model import EntriesValue, ScalarType, TextType
from tests.unit.sandesh.compiler.programs import imported, program

TEXT = """
include "other.sandesh"
struct P { 1: i32 x; 2: list<string> from; 3: set<i32> s }
const set<i32> NOBODY = []
const set<P> POINTS = [{"x": 1}, {"x": 2}]
const set<list<i32>> LISTS = [[1], [2]]
const list<map<string, i32>> MAPS = [{"a": 1}]
const P POINT = {"from": ["a"], "s": []}
const other.Q FOREIGN = {"yields": 3}
const other.Colour COLOUR = other.Colour.RED
const ipaddr ADDRESS = "::1"
const ct_uuid_t ID = "b3c3ec60-0000-4000-8000-000000000001"
const double BIG = 1e300
const string QUOTES = "it's \\"both\\" \\"of\\" \\t them"
struct D { 1: P p = {"x": 4}; 2: ipaddr a = "10.0.0.1"; 3: set<i32> e = []; 4: map<string, other.Q> m = {} }
"""
OTHER = "enum Colour { RED = 3 }\nstruct Q { 1: i32 yields; 2: Colour Colour }\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package of a program of constants and defaults."""
    bundle = program(TEXT, other=OTHER)
    generated = {path: text for unit in bundle.units for path, text in files(bundle_of(unit), {}).items()}
    return imported(generated, tmp_path_factory.mktemp("generated"), "t")


def test_containers_of_constants_cannot_change(package: ModuleType) -> None:
    """Sets are frozen where their elements can be looked up, everything else is a tuple."""
    assert (package.NOBODY, package.LISTS) == (frozenset(), frozenset({(1,), (2,)}))
    assert package.POINTS == (package.P(x=1), package.P(x=2))
    assert [dict(each) for each in package.MAPS] == [{"a": 1}]


def test_structs_are_objects_with_their_attributes(package: ModuleType) -> None:
    """Fields of a struct are given by attribute, those of other files too."""
    assert package.POINT == package.P(from_=["a"], s=set())
    assert package.FOREIGN == type(package.FOREIGN)(yields=3)
    assert package.COLOUR.name == "RED"


def test_texts_become_what_they_mean(package: ModuleType) -> None:
    """Addresses and identifiers are values of their classes."""
    assert (package.ADDRESS, package.ID) == (ip_address("::1"), UUID("b3c3ec60-0000-4000-8000-000000000001"))
    assert (package.BIG, package.QUOTES) == (1e300, 'it\'s "both" "of" \t them')


def test_defaults_are_made_anew(package: ModuleType) -> None:
    """Each object has its own struct, set and map."""
    one, other = package.D(), package.D()
    one.p.x = 5
    one.e.add(1)

    assert (other.p, other.a, other.e, other.m) == (package.P(x=4), ip_address("10.0.0.1"), set(), {})


def test_a_text_field_is_a_string() -> None:
    """The type of constant texts has its counterparts too."""
    scope = next(iter(scopes_of(program("").main, "").values()))

    assert (annotation(TextType(), scope), descriptor(TextType(), scope)) == ("str", "sandesh.STRING")


def test_a_value_of_another_type_is_our_mistake() -> None:
    """The checker lets no such value through."""
    scope = next(iter(scopes_of(program("").main, "").values()))

    with pytest.raises(TypeError, match="is no value of"):
        literal(EntriesValue(()), ScalarType(Base.I32), scope)


def test_a_file_may_be_called_like_a_keyword(tmp_path: Path) -> None:
    """An included file whose name is a keyword is imported under another."""
    bundle = program('include "class.sandesh"\nstruct T { 1: class.S s }\n', **{"class": "struct S { 1: i32 x }\n"})

    generated = {path: text for unit in bundle.units for path, text in files(bundle_of(unit), {}).items()}

    assert imported(generated, tmp_path, "t").T.__sandesh__.fields[0].type.resolve().__module__ == "class_.definitions"
