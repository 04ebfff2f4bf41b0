import statistics as python_statistics
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.statistics import Derivation, Formula, algorithm, parse
from satark.sandesh.types import (
    DOUBLE,
    I64,
    STRING,
    U64,
    Field,
    Kind,
    Layout,
    MessageLayout,
    Struct,
    StructOf,
    UveMessage,
)


@dataclass(slots=True, kw_only=True)
class EwmResult(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="EWMResult",
        fields=(
            Field(id=3, name="samples", type=U64),
            Field(id=4, name="error", type=STRING, optional=True),
            Field(id=6, name="mean", type=DOUBLE, optional=True),
            Field(id=7, name="stddev", type=DOUBLE, optional=True),
            Field(id=8, name="sigma", type=DOUBLE, optional=True),
        ),
    )

    samples: int | None = None
    error: str | None = None
    mean: float | None = None
    stddev: float | None = None
    sigma: float | None = None


@dataclass(slots=True, kw_only=True)
class Load(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="Load",
        fields=(
            Field(id=1, name="name", type=STRING, annotations={"key": "ObjectLoad"}),
            Field(id=2, name="deleted", type=STRING, optional=True),
            Field(id=3, name="x", type=I64, optional=True),
            Field(id=4, name="changed", type=I64, optional=True, annotations={"stats": "x:DSChange"}),
            Field(
                id=5,
                name="ewm",
                type=StructOf("EWMResult", lambda: EwmResult),
                optional=True,
                annotations={"stats": "x:DSEWM:0.8"},
            ),
        ),
    )

    name: str | None = None
    deleted: bool | None = None
    x: int | None = None
    changed: int | None = None
    ewm: EwmResult | None = None


@dataclass(slots=True, kw_only=True)
class LoadTrace(UveMessage):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="LoadTrace", kind=Kind.UVE, fields=(Field(id=1, name="data", type=StructOf("Load", lambda: Load)),)
    )

    data: Load | None = None


def test_applied() -> None:
    """Derived fields are set where they are due, each UVE has its own state, and the caller's struct is untouched."""
    derivation = Derivation()
    given_ = LoadTrace(data=Load(name="a", x=1))

    first: Any = derivation.applied(given_)
    again: Any = derivation.applied(LoadTrace(data=Load(name="a", x=1)))
    other: Any = derivation.applied(LoadTrace(data=Load(name="b", x=1)))
    without: Any = derivation.applied(LoadTrace(data=Load(name="a")))

    assert [1, None, 1, None] == [each.data.changed for each in (first, again, other, without)]
    assert [1, 2, 1] == [each.data.ewm.samples for each in (first, again, other)]
    assert given_.data is not None
    assert given_.data.changed is None


@dataclass(slots=True, kw_only=True)
class Odd(Struct):
    __sandesh__: ClassVar[Layout] = Layout(
        name="Odd",
        fields=(
            Field(id=1, name="name", type=STRING, annotations={"key": "ObjectOdd"}),
            Field(id=3, name="x", type=I64, optional=True),
            Field(id=4, name="changed", type=I64, optional=True, annotations={"stats": "x:NoSuchThing"}),
        ),
    )

    name: str | None = None
    x: int | None = None
    changed: int | None = None


@dataclass(slots=True, kw_only=True)
class OddTrace(UveMessage):
    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="OddTrace", kind=Kind.UVE, fields=(Field(id=1, name="data", type=StructOf("Odd", lambda: Odd)),)
    )

    data: Odd | None = None


def test_mistake_in_the_idl(caplog: pytest.LogCaptureFixture) -> None:
    """An annotation that is no formula costs no UVE: the field stays as the program set it, and it is told once."""
    derivation = Derivation()
    told: Any = [derivation.applied(OddTrace(data=Odd(name="a", x=x, changed=7))) for x in (1, 2)]

    assert [each.data.changed for each in told] == [7, 7]
    assert sum("NoSuchThing" in record.getMessage() for record in caplog.records) <= 1


def test_ewm_as_recorded() -> None:
    """Mean, deviation and sigma are those that the original was seen to send."""
    one, two = algorithm("DSEWM", "0.8"), algorithm("DSEWM", "0.8")
    one.take(1)
    two.take(371)
    first = two.result
    two.take(13)

    assert {"samples": 1, "mean": 0.8, "stddev": 0.4, "sigma": 0.5} == pytest.approx(one.result)
    assert {"samples": 1, "mean": 296.8, "stddev": 148.4, "sigma": 0.5} == pytest.approx(first)
    assert {"samples": 2, "mean": 69.76, "stddev": 131.496, "sigma": -0.431647} == pytest.approx(two.result, rel=1e-5)


@pytest.mark.parametrize(
    ("argument", "error"), [("0", "Disabled"), ("1.5", "Invalid alpha 1.5"), ("x", "Invalid alpha x")]
)
def test_wrong_alpha(argument: str, error: str) -> None:
    """A parameter that is no weight is told as an error instead of a result."""
    ewm = algorithm("DSEWM", argument)
    ewm.take(1)

    assert {"samples": 0, "error": error} == ewm.result


def test_anomaly_is_sent_when_unusual() -> None:
    """An anomaly is told at exactly enough samples, and afterwards only around unusual ones."""
    anomaly = algorithm("DSAnomaly", "EWM:0.5")
    due = []
    for sample in (10, 10, 10, 10, 10, 10, 500):
        anomaly.take(sample)
        due.append(anomaly.due)

    assert [False, True] == due[:2]
    assert due[-1]
    assert {"samples": 7, "algo": "EWM", "config": "0.5", "metric": 500}.items() <= anomaly.result.items()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x:DSNone", Formula(("x",), "DSNone")),
        ("a.b:DSEWM:0.8", Formula(("a", "b"), "DSEWM", "0.8")),
        ("1.DSSum-x:DSAnomaly:EWM:0.8", Formula(("x",), "DSAnomaly", "EWM:0.8", 1, "DSSum")),
    ],
)
def test_parse(text: str, expected: Formula) -> None:
    """A formula has a source, an algorithm, and perhaps an argument and a period."""
    assert expected == parse(text)


@pytest.mark.parametrize("text", ["", "x", "x:", "x:DSNope", ":DSNone", "1.DSNope-x:DSNone"])
def test_parse_wrong(text: str) -> None:
    """What is no formula is refused."""
    with pytest.raises(ValueError, match="no "):
        parse(text)


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_sums(samples: list[int]) -> None:
    """Sum, average, last, count and change are what Python's own arithmetic says."""
    states = {name: algorithm(name) for name in ("DSSum", "DSAvg", "DSNone", "DSNull", "DSNon0", "DSChange")}
    for sample in samples:
        for each in states.values():
            each.take(sample)

    assert sum(samples) == states["DSSum"].result
    assert int(python_statistics.mean(samples)) == states["DSAvg"].result
    assert samples[-1] == states["DSNone"].result
    assert {"samples": len(samples), "value": samples[-1]} == states["DSNull"].result
    assert (samples[-1] != 0) == states["DSNon0"].due
    assert (len(samples) == 1 or samples[-2] != samples[-1]) == states["DSChange"].due
