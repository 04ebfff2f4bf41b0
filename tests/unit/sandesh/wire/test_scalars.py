import math
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.types import BASE_NAMES, INTEGER_RANGES, Base, EnumOf
from satark.sandesh.wire.errors import BodyError, EncodeError
from satark.sandesh.wire.scalars import scalar_reader, scalar_writer
from tests.unit.sandesh.probe import Colour
from tests.unit.sandesh.values import SCALARS

ENUM = EnumOf("Colour", lambda: Colour)


@pytest.mark.parametrize("name", [each for each in BASE_NAMES if each not in {"string", "xml"}])
@given(data=st.data())
def test_any_scalar_comes_back_from_its_text(name: str, data: st.DataObject) -> None:
    """Text is the value's own, short and exact."""
    value = data.draw(st.floats() if name == "double" else SCALARS[name])

    back = scalar_reader(Base(name))(scalar_writer(Base(name))(value))

    assert back == value or (math.isnan(back) and math.isnan(value))
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("bool", True, "true"),
        ("byte", -128, "-128"),
        ("u64", 2**64 - 1, "18446744073709551615"),
        ("double", 0.1, "0.1"),
        ("double", 1e300, "1e+300"),
        ("double", math.inf, "inf"),
        ("double", 7, "7.0"),
        ("ipv4", IPv4Address("10.1.2.3"), "167838211"),
        ("ipaddr", IPv6Address("fe80::1"), "fe80::1"),
        ("uuid_t", UUID("11223344-5566-7788-99aa-bbccddeeff00"), "11223344-5566-7788-99aa-bbccddeeff00"),
        ("xml", "<a/>", "<![CDATA[<a/>]]>"),
        ("i32", Colour.GREEN, "5"),
    ],
)
def test_the_text_is_that_of_the_originals(name: str, value: object, text: str) -> None:
    """Values are written as the specification's examples have them."""
    assert scalar_writer(Base(name))(value) == text


@pytest.mark.parametrize(("name", "limits"), INTEGER_RANGES.items())
def test_an_integer_beyond_its_type_is_an_error_both_ways(name: str, limits: tuple[int, int]) -> None:
    """Neither sent nor taken."""
    for value in (limits[0] - 1, limits[1] + 1, 10**30):
        with pytest.raises(EncodeError, match=f"is no {name}, which is"):
            scalar_writer(Base(name))(value)
        with pytest.raises(BodyError, match=f"no {name}: '{value}'"):
            scalar_reader(Base(name))(str(value))


@pytest.mark.parametrize("name", BASE_NAMES)
@pytest.mark.parametrize("value", [None, "x", b"x", 1.5, True, [], 2**70, complex(1, 1), object()])
def test_a_value_of_another_type_is_a_typed_error(name: str, value: object) -> None:
    """Whatever is given, it is written or refused."""
    with suppress(EncodeError):
        assert isinstance(scalar_writer(Base(name))(value), str)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bool", "1"),
        ("bool", "TRUE"),
        ("bool", ""),
        ("i32", "1_0"),
        ("i32", " 1"),
        ("i32", "+1"),
        ("i32", "0x1"),
        ("i32", "٣"),
        ("i32", ""),
        ("double", "1_0.0"),
        ("double", "\N{FULLWIDTH DIGIT ONE}"),
        ("double", " 1.0"),
        ("double", "one"),
        ("double", ""),
        ("ipv4", "10.1.2.3"),
        ("ipv4", "4294967296"),
        ("ipaddr", "10.1.2"),
        ("ipaddr", ""),
        ("uuid_t", "11223344"),
        ("uuid_t", "{11223344-5566-7788-99aa-bbccddeeff00}"),
    ],
)
def test_a_text_that_is_no_value_is_refused(name: str, text: str) -> None:
    """Only the forms of the specification are values."""
    with pytest.raises(BodyError, match=f"no {name}"):
        scalar_reader(Base(name))(text)


def test_an_integer_may_be_too_large_for_a_double() -> None:
    """Then it is refused, as any other value that does not fit."""
    with pytest.raises(EncodeError, match="too large for a double"):
        scalar_writer(Base("double"))(10**400)


@pytest.mark.parametrize("text", ["1.23457e+06", "1e+300", "-inf", "nan", "0"])
def test_doubles_of_the_c_original_are_doubles(text: str) -> None:
    """Six digits and all."""
    assert isinstance(scalar_reader(Base("double"))(text), float)


@pytest.mark.parametrize(("write", "value"), [(scalar_writer(ENUM), 5), (scalar_writer(ENUM), "GREEN")])
def test_an_enum_is_sent_as_its_member_only(write: Callable[[Any], str], value: object) -> None:
    """A number is no member."""
    with pytest.raises(EncodeError, match="enum is needed"):
        write(value)


@pytest.mark.parametrize("number", [0, 5, 7, -1])
def test_an_enum_of_a_newer_peer_is_kept(number: int) -> None:
    """A number without a name goes out as it came in."""
    assert scalar_writer(ENUM)(scalar_reader(ENUM)(str(number))) == str(number)
