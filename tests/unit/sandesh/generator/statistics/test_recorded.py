"""What the C++ original was recorded sending, from the values that it was given."""

from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest

from satark.sandesh.generator.statistics import Derivation
from satark.sandesh.types import Struct, UveMessage, attributes
from satark.sandesh.wire.reader import decode_message
from tests.integration.sandesh.recorded import elements, exchanges
from tests.unit.sandesh.captures import captures, frame_named
from tests.unit.sandesh.generated import generated

ARGUMENTS = {"SandeshUVEData": {"ewmd_y": "EWM:0.8", "ewmn_y": "Null", "ewmi_y": "EWM:0"}}
SOURCES = {"name", "deleted", "z", "fz", "gz", "y", "tsm", "jx", "x"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The classes of the recorded UVEs."""
    with generated(tmp_path_factory.mktemp("generated"), "recorded_uves", "introspect/uves.sandesh") as package:
        yield package.uves


def frame(class_: Any, number: int) -> Any:
    """A recorded message."""
    name = next(each for each in captures() if each.startswith(f"cpp/c2s/{number:03}_") and each.endswith(".bin"))
    body = frame_named(name).content
    return decode_message(class_, body[body.index(b"</SandeshHeader>") + len(b"</SandeshHeader>") :])


def given(message: Any) -> Any:
    """What the program had set of it."""
    data = copy(message.data)
    for name in attributes(data):
        if name not in SOURCES:
            setattr(data, name, None)
    return type(message)(data=data)


def values(value: Any) -> Any:
    """Plain values to compare; doubles, and their texts, have six digits there."""
    if isinstance(value, Struct | UveMessage):
        return {name: values(each) for name, each in attributes(value).items() if name not in {"table", "proxy"}}
    if isinstance(value, dict):
        return {key: values(each) for key, each in value.items()}
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    return float(f"{value:.6g}") if isinstance(value, float) else value


def test_updates(package: Any) -> None:
    """Every algorithm, of numbers, members, maps and differences, with arguments from the start: message by message."""
    derivation = Derivation(ARGUMENTS)

    for number in range(25, 32):
        expected = frame(package.SandeshUVETest, number)
        assert values(expected) == values(derivation.taken(given(expected), number)), number

    whole = shown(package.SandeshUVETest, "11_uve_cache")
    assert values(whole) == values(derivation.shown(given(whole)))


def periodic(package: Any, **fields: Any) -> Any:
    """An update of the periodic UVE."""
    return package.SandeshPeriodicTest(data=package.SandeshPeriodicData(name="per1", **fields))


def test_periods(package: Any) -> None:
    """Two periods: what is sent with updates, at both ends, and what people see in between."""
    derivation = Derivation()
    updates = [frame(package.SandeshPeriodicTest, number) for number in range(32, 36)]
    for x, expected in zip((90, 91, 92, 93), updates, strict=True):
        update = given(expected)
        update.data.x = x
        assert values(expected) == values(derivation.taken(update, x))
    derivation.taken(periodic(package, x=5), 1000)

    first = derivation.finished(periodic(package), 1, 1030)
    derivation.taken(periodic(package, x=6), 1040)
    derivation.taken(periodic(package, x=7), 1041)
    seen = derivation.shown(periodic(package, x=7, jx=78, tsm={"j2": 20}))
    second = derivation.finished(periodic(package), 2, 1060)

    assert told(frame(package.SandeshPeriodicTest, 36)) == told(first)
    assert told(frame(package.SandeshPeriodicTest, 44)) == told(second)
    assert told(shown(package.SandeshPeriodicTest, "12_uve_cache_x")) == told(seen)


def told(message: Any) -> Any:
    """The values of a periodic message, which the original sends with `deleted`, set or not."""
    found = values(message)
    found["data"].pop("deleted", None)
    return found


def shown(class_: Any, name: str) -> Any:
    """The first UVE that the original's introspect showed on a page."""
    return decode_message(class_, elements(exchanges("cpp")[name].body, class_.__sandesh__.name)[0])
