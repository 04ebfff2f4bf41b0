import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.compiler.python import names

IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z_0-9.]*", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("count", "count"),
        ("from", "from_"),
        ("str", "str_"),
        ("__x", "x_"),
        ("__init__", "init_"),
        ("__", "__"),
        ("_x", "_x"),
        ("id", "id"),
    ],
)
def test_attributes_keep_their_names_where_they_can(name: str, expected: str) -> None:
    """Keywords, names that annotations use, and private names get an underscore at the end."""
    assert names.attribute(name) == expected


def test_an_attribute_is_free() -> None:
    """What is taken gets underscores until it is free."""
    assert names.attribute("x", {"x", "x_"}) == "x__"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("RED", "RED"), ("None", "None_"), ("real", "real_"), ("_x_", "x_"), ("_1", "_1"), ("_", "_")],
)
def test_members_are_members(name: str, expected: str) -> None:
    """No member hides what numbers and enums have, or is taken for something private."""
    assert names.member(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vns", ("vns",)),
        ("io", ("io_",)),
        ("a.io", ("a", "io")),
        ("my-file", ("my_file",)),
        ("1st", ("_1st",)),
        ("a.class", ("a", "class_")),
    ],
)
def test_packages_can_be_imported(name: str, expected: tuple[str, ...]) -> None:
    """Only the first part can hide a module of the standard library."""
    assert names.package(name) == expected


@given(IDENTIFIERS)
def test_every_name_becomes_one_of_python(name: str) -> None:
    """Any identifier of the language has a usable counterpart."""
    for found in (names.attribute(name), names.definition(name), names.member(name), names.module(name)):
        assert found.isidentifier()
        assert not keyword.iskeyword(found)
        assert not found.startswith("__") or found.strip("_") == ""
