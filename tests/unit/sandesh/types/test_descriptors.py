from dataclasses import FrozenInstanceError, dataclass
from typing import Any, ClassVar

import pytest

from satark.sandesh.types import (
    BASE_NAMES,
    I32,
    STRING,
    U32,
    Base,
    Enumeration,
    EnumOf,
    Field,
    Layout,
    ListOf,
    MapOf,
    SandeshCtrlClientToServer,
    SetOf,
    Struct,
    StructOf,
    Type,
    attributes,
    wire_name,
)


class Colour(Enumeration):
    RED = 0
    GREEN = 5


@dataclass(slots=True, kw_only=True)
class Inner(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="Inner",
        fields=(
            Field(id=1, name="str1", type=STRING, constant="text"),
            Field(id=2, name="from", type=STRING, attribute="from_", annotations={"key": "ObjectVNTable"}),
            Field(id=3, name="number", type=I32),
        ),
    )

    from_: str | None = None
    number: int | None = None


@pytest.mark.parametrize("name", BASE_NAMES)
def test_a_scalar_is_called_on_the_wire_what_it_is(name: str) -> None:
    """Every base type keeps its name on the wire."""
    assert wire_name(Base(name)) == name


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (EnumOf("Colour", lambda: Colour), "i32"),
        (StructOf("Inner", lambda: Inner), "struct"),
        (ListOf(I32), "list"),
        (SetOf(STRING), "set"),
        (MapOf(STRING, ListOf(U32)), "map"),
    ],
)
def test_what_is_no_scalar_has_its_own_name(type_: StructOf | EnumOf | ListOf | SetOf | MapOf, expected: str) -> None:
    """Enums travel as i32, the others under their keyword."""
    assert wire_name(type_) == expected


def test_an_unknown_scalar_is_refused() -> None:
    """A base type that the language lacks cannot be described."""
    with pytest.raises(ValueError, match="no base type 'float'"):
        Base("float")


@pytest.mark.parametrize(
    ("key", "expected"),
    [(STRING, True), (EnumOf("Colour", lambda: Colour), True), (StructOf("Inner", lambda: Inner), False)],
)
def test_a_map_is_looked_up_by_a_scalar(key: Type, expected: bool) -> None:
    """A map with a struct for a key is no dict."""
    assert MapOf(key, STRING).is_dict is expected


def test_a_field_is_its_own_attribute_unless_told_otherwise() -> None:
    """The attribute of a field is its name, or what the definition says."""
    fields = Inner.__sandesh__.fields

    assert [each.attribute for each in fields] == ["str1", "from_", "number"]


def test_keys_are_the_annotated_fields() -> None:
    """A layout knows which of its fields name an object."""
    assert [each.name for each in Inner.__sandesh__.keys] == ["from"]


def test_only_set_fields_are_attributes() -> None:
    """Unset fields and constant texts are no attributes."""
    assert attributes(Inner(from_="x")) == {"from_": "x"}


def test_an_unknown_number_of_an_enum_stays_that_number() -> None:
    """A member that a newer peer knows is kept as a number."""
    newer = Colour(7)

    assert (newer, newer.name, Colour(-1).name) == (7, "VALUE_7", "VALUE_MINUS_1")


@pytest.mark.parametrize("value", [2**31, "red"])
def test_what_no_i32_holds_is_no_member(value: Any) -> None:
    """An enum is an i32 and nothing else."""
    with pytest.raises(ValueError, match="is not a valid Colour"):
        Colour(value)


def test_the_misspelt_field_is_spelt_as_on_the_wire() -> None:
    """The negotiation keeps the original's spelling."""
    names = [each.name for each in SandeshCtrlClientToServer.__sandesh__.fields]

    assert "sucessful_connections" in names


def test_layouts_do_not_change() -> None:
    """A layout is shared by every instance and cannot be altered."""
    with pytest.raises(FrozenInstanceError):
        Inner.__sandesh__.name = "Other"  # type: ignore[misc]
