"""Rules, evaluations and values for the tests of alarms."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from satark.detector.alarms.model import AlarmRule, Flaps
from satark.detector.alarms.rules import Evaluation
from satark.uve.alarms import AlarmRules, AndListMatch, Condition, ConditionMatch, Match, Operation
from tests.support.environment import REPOSITORY

DATA = REPOSITORY / "tests" / "data"
ALARM_FILES = sorted((REPOSITORY / "schemas" / "alarms").glob("*.yaml"))
START = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "ObjectVRouter:node7"
CLEAR = Evaluation(None)

NAMES = st.sampled_from(["a", "b", "c", "*", "__key", "__value", "x y", "é"])
PATHS = st.lists(NAMES, min_size=1, max_size=5).map(".".join)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
JSON_TEXTS = st.sampled_from(['{"a": {"b": 1}}', "[1, [2]]", "7", '"7"', "null", "{", "1e999", "-", "[" * 1500])
VALUES = st.recursive(
    LEAVES | JSON_TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=25,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)


def condition(operand1: str, operation: str, value: Any = None, *, other: str = "", variables: Any = ()) -> Condition:
    """Return a condition against a value, or against another attribute."""
    operand2 = {"uve_attribute": other} if other else {"json_value": json.dumps(value)}
    raw = {"operand1": operand1, "operation": operation, "operand2": operand2, "variables": list(variables)}
    return msgspec.convert(raw, Condition)


def rule(*or_list: list[Condition], **changes: Any) -> AlarmRule:
    """Return a rule of compute nodes; without conditions it holds where A.n is above 5."""
    lists = or_list or ([condition("A.n", ">", 5)],)
    raw: dict[str, Any] = {
        "name": "test",
        "severity": "major",
        "uve_keys": ["vrouter"],
        "or_list": [{"and_list": msgspec.to_builtins(one)} for one in lists],
    }
    return msgspec.convert(raw | changes, AlarmRule)


def flaps(times: int, within_s: float) -> dict[str, float]:
    """Return the flap detection of a rule."""
    return dict(msgspec.to_builtins(Flaps(times=times, within_s=within_s)))


def holding(value: object = 1, operation: str = Operation.EQUAL, **variables: object) -> Evaluation:
    """Return an evaluation that found one match."""
    texts = {name: json.dumps(one) for name, one in variables.items()}
    match = Match(json_operand1_value=json.dumps(value), json_variables=texts)
    matched = ConditionMatch(condition=condition("A.n", operation, 1), match=(match,))
    return Evaluation(AlarmRules(or_list=(AndListMatch(and_list=(matched,)),)))


def at(seconds: float) -> datetime:
    """Return the time so many seconds after the start."""
    return START + timedelta(seconds=seconds)
