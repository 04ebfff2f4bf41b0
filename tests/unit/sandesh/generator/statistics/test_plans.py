import pytest

from satark.sandesh.generator.statistics import plan_of
from satark.sandesh.types import BOOL, DOUBLE, I32, I64, STRING, U32, Field, ListOf, MapOf, StructOf, Type
from tests.unit.sandesh.generator.statistics.programs import optional, struct_of, uve_of

Inner = struct_of("Inner", optional(1, "count", I64), optional(2, "label", STRING))
Other = struct_of("Other", optional(1, "count", I64))
Half = struct_of("i64_P_", optional(1, "staging", I64), optional(2, "value", I64))
INNER, OTHER, HALF = (
    StructOf("Inner", lambda: Inner),
    StructOf("Other", lambda: Other),
    StructOf("i64_P_", lambda: Half),
)


def faults(field: Field, source: Type = I64, period: int = 0) -> tuple[tuple[str, str], ...]:
    """What is wrong with a field that is derived of `x`."""
    return plan_of(uve_of(optional(1, "x", source), field, period=period).Data).faults


@pytest.mark.parametrize(
    ("source", "result", "text", "period"),
    [
        (I64, I64, "x:DSSum", 0),
        (I64, DOUBLE, "x:DSAvg", 0),
        (STRING, STRING, "x:DSChange", 0),
        (BOOL, BOOL, "x:DSNone", 0),
        (INNER, INNER, "x:DSSum", 0),
        (INNER, I64, "x.count:DSSum", 0),
        (INNER, STRING, "x.label:DSChange", 0),
        (I64, HALF, "x:DSSum", 60),
        (I64, I64, "0-x:DSSum", 60),
        (I64, I64, "x:DSSum", 60),
        (I64, OTHER, "x:DSNull", 0),
    ],
)
def test_good(source: Type, result: Type, text: str, period: int) -> None:
    """Sources and results that fit each other are computed."""
    assert () == faults(optional(2, "r", result, stats=text), source, period)


@pytest.mark.parametrize(
    ("source", "result", "text", "period", "problem"),
    [
        (I64, I64, "y:DSSum", 0, "there is no field 'y'"),
        (INNER, I64, "x.size:DSSum", 0, "there is no field 'size'"),
        (I64, I64, "x.size:DSSum", 0, "there is no field 'size'"),
        (STRING, STRING, "x:DSSum", 0, "DSSum needs a number or a struct, not a string"),
        (INNER, OTHER, "x:DSEWM:0.5", 0, "DSEWM needs a number, not a struct"),
        (I64, I64, "x:DSNull", 0, "the result of DSNull does not fit a i64"),
        (I64, STRING, "x:DSSum", 0, "the result of DSSum does not fit a string"),
        (INNER, OTHER, "x:DSSum", 0, "the result of DSSum does not fit a struct"),
        (I64, I64, "1-x:DSSum", 0, "the struct has no period"),
        (I64, I64, "0.DSSum-x:DSNone", 60, "DSSum needs a period"),
        (I64, OTHER, "1.DSNull-x:DSNull", 60, "DSNull gives no sample for DSNull"),
        (I64, I64, "x", 0, "no derived statistic: 'x'"),
        (I64, I64, "x:NoSuchThing", 0, "no derived statistic: 'x:NoSuchThing'"),
    ],
)
def test_wrong(source: Type, result: Type, text: str, period: int, problem: str) -> None:
    """What does not fit is named, and costs only its field."""
    assert (("r", problem),) == faults(optional(2, "r", result, stats=text), source, period)


@pytest.mark.parametrize(("source", "result"), [(I64, I64), (MapOf(STRING, I64), MapOf(I32, I64))])
def test_wrong_maps(source: Type, result: Type) -> None:
    """A statistic by key is of a map, with the same keys."""
    found = faults(optional(2, "r", result, mstats="x:DSSum"), source)

    assert (("r", "source and result must be maps with the same type of key"),) == found


def test_pairs() -> None:
    """A statistic by key needs keys that can be looked up."""
    pairs = MapOf(ListOf(STRING), I64)
    found = faults(optional(2, "r", pairs, mstats="x:DSSum"), pairs)

    assert (("r", "the keys of the source must be scalars"),) == found


def test_defaults() -> None:
    """In a struct with a period a statistic has one period, unless it says otherwise; hidden fields are known."""
    data = uve_of(
        optional(1, "x", U32, hidden="yes"),
        optional(2, "each", HALF, stats="x:DSSum"),
        optional(3, "now", U32, stats="0-x:DSNone"),
        optional(4, "hour", HALF, stats="120-x:DSSum", hidden="yes"),
        period=30,
        timeout=3,
    ).Data
    plan = plan_of(data)

    assert [1, 0, 120] == [each.periods for each in plan.derived]
    assert (("x", "hour"), 30, 3, ()) == (plan.hidden, plan.period_s, plan.timeout, plan.faults)
    assert {"each": "", "now": "", "hour": ""} == plan.arguments


def test_timeout_needs_deleted() -> None:
    """What cannot be deleted does not time out."""
    key = Field(id=1, name="name", type=STRING, annotations={"key": "ObjectThing"})
    plan = plan_of(struct_of("Thing", key, annotations={"period": "30", "timeout": "1"}))

    assert (0, (("timeout", "there is no field 'deleted'"),)) == (plan.timeout, plan.faults)
