"""The queries of `satark logs`."""

from typing import Any

import pytest

from satark.analytics.commands.log_query import (
    LogSelection,
    log_query,
    message_types_query,
    object_values_query,
)
from satark.analytics.commands.object_types import table_of
from satark.analytics.commands.terms import Op, term
from satark.analytics.commands.times import Span
from satark.analytics.commands.usage import UsageError

SPAN = Span(1_000, 2_000)


def _query(**selection: Any) -> dict[str, Any]:
    return log_query(LogSelection(**selection), SPAN)


def test_without_conditions_all_messages_are_asked_for() -> None:
    """Without conditions all messages of the time are asked for, the oldest first."""
    query = _query()

    assert "where" not in query
    assert "filter" not in query
    assert ("MessageTable", 1_000, 2_000, 1, ["MessageTS"]) == tuple(
        query[name] for name in ("table", "start_time", "end_time", "sort", "sort_fields")
    )


def test_conditions_are_every_combination_of_their_values() -> None:
    """Conditions are every combination of their values."""
    query = _query(sources=["a", "b*"], modules=["m"])

    expected = [
        [term("Source", "a"), term("ModuleId", "m")],
        [term("Source", "b", Op.PREFIX), term("ModuleId", "m")],
    ]
    assert expected == query["where"]


def test_what_is_not_indexed_is_filtered() -> None:
    """What is not indexed is filtered."""
    query = _query(node_type="Control", instance="0", level="SYS_ERR", category="BGP")

    expected = [
        term("NodeType", "Control"),
        term("InstanceId", "0"),
        term("Level", 3, Op.LEQ),
        term("Category", "BGP"),
    ]
    assert [expected] == query["filter"]


def test_a_beginning_of_a_category_is_a_pattern_of_it_alone() -> None:
    """The beginning of a category is a pattern in which no sign means more than itself."""
    assert [[term("Category", "B\\.G\\+.*", Op.REGEX_MATCH)]] == _query(category="B.G+*")["filter"]


def test_a_severity_goes_by_its_short_name_too() -> None:
    """A severity goes by its short name too."""
    assert _query(level="SYS_WARN") == _query(level="warn")


def test_a_trace_is_of_a_type_and_a_buffer() -> None:
    """A trace is asked for by type and buffer."""
    query = _query(trace="BgpTraceBuf", sources=["h"], modules=["m"])

    assert [[term("Type", 4), term("Category", "BgpTraceBuf")]] == query["filter"]


def test_an_objects_log_is_in_its_table() -> None:
    """An object's log is in its table."""
    query = _query(object_type="virtual-network", object_id="a:*", object_field="ObjectLog")

    assert ("ObjectVNTable", [[term("ObjectId", "a:", Op.PREFIX)]]) == (query["table"], query["where"])
    assert ["MessageTS", "Source", "ModuleId", "Messagetype", "ObjectLog"] == query["select_fields"]


def test_names_of_objects_are_asked_for_alone() -> None:
    """Names of objects are asked for alone."""
    assert ["ObjectId"] == object_values_query("config", SPAN)["select_fields"]


def test_types_of_messages_are_what_the_column_had() -> None:
    """Types of messages are what the column has had."""
    assert [[term("name", "MessageTable:Messagetype")]] == message_types_query(SPAN)["where"]


@pytest.mark.parametrize(
    "selection",
    [
        {"trace": "b"},
        {"trace": "b", "sources": ["h"]},
        {"trace": "b", "sources": ["h"], "modules": ["m"], "object_type": "vrouter"},
        {"object_id": "x"},
        {"object_field": "ObjectLog"},
        {"object_type": "vrouter", "level": "SYS_ERR"},
        {"level": "SYS_LOUD"},
        {"object_type": "virtual-netwrok"},
    ],
)
def test_what_does_not_go_together_is_refused(selection: dict[str, Any]) -> None:
    """What does not go together is refused."""
    with pytest.raises(UsageError):
        _query(**selection)


def test_an_unknown_type_is_told_what_was_perhaps_meant() -> None:
    """An unknown type of object is told what was perhaps meant."""
    with pytest.raises(UsageError, match="did you mean virtual-network"):
        table_of("virtual-netwrok")


def test_a_tables_own_name_will_do() -> None:
    """A table's own name will do."""
    assert table_of("ObjectVNTable") == table_of("virtual-network")
