"""The error table of clause 3.4, and every other refusal."""

from typing import Any

import msgspec
import pytest

from satark.analytics.query import errors
from satark.analytics.query.catalogue import Table
from satark.analytics.query.compiling import Plan, compile_query
from satark.analytics.query.errors import InvalidQueryError, MalformedQueryError, QueryError
from satark.analytics.query.learnt import table_of
from satark.analytics.query.request import MOST_BYTES, MOST_TERMS, decode
from tests.unit.analytics.query.scene import KEEP, NOW_US, query, term

CPU = "StatTable.NodeStatus.process_mem_cpu_usage"
SHARE = "process_mem_cpu_usage.cpu_share"
RESIDENT = "process_mem_cpu_usage.mem_res"
LOG = "MessageTable"


def table(name: str) -> Table:
    """Return a table of which no rows are known."""
    found = table_of(name, [])
    assert found is not None
    return found


def compiled(asked: Any) -> Plan:
    """Return the plan of a query."""
    decoded = decode(asked if isinstance(asked, bytes) else msgspec.json.encode(asked))
    return compile_query(decoded, table(decoded.table), now_us=NOW_US, retention=KEEP)


def refusal(asked: Any) -> QueryError:
    """Return why a query is refused."""
    with pytest.raises(QueryError) as caught:
        compiled(asked)
    return caught.value


INVALID = {
    "a field that a static statistics table has not": (query(CPU, "nothing"), "Unknown field nothing"),
    "an aggregate of such": (query(CPU, "SUM(nothing)"), "Unknown field nothing"),
    "an aggregate of a text": (query(CPU, "MAX(name)"), "Invalid field MAX(name)"),
    "a class without such": (query(CPU, "CLASS(nothing)"), "Unknown field nothing"),
    "COUNT of another attribute": (query(CPU, "COUNT(wrong)"), "Invalid COUNT field wrong"),
    "T and T=60": (query(CPU, "T", "T=60"), "Stats query cannot have both T and T="),
    "two bins": (query(CPU, "T=30", "T=60"), "Stats query cannot have more than one T="),
    "a bin of nothing": (query(CPU, "T=0", "name"), "Invalid field T=0"),
    "a bin without a width": (query(CPU, "T="), "Unknown field T="),
    "a series table's bin without a width": (query("FlowSeriesTable", "T="), "Invalid field T="),
    "a field of messages that there is not": (query(LOG, "ObjectId"), "Unknown field ObjectId"),
    "a time bin of messages": (query(LOG, "T=60"), "Unknown field T=60"),
    "nothing selected": (query(LOG), "Invalid select_fields"),
    "sort fields that are not selected": (
        query(LOG, "Source", sort=1, sort_fields=["Level"]),
        "Invalid sort_fields: Level is not selected",
    ),
    "a sort that is none": (query(LOG, "Source", sort=3), "Invalid sort 3"),
    "a limit below nothing": (query(LOG, "Source", limit=-1), "Invalid limit -1"),
    "where on a column without index": (query(LOG, "Source", where=[[term("Level", 4)]]), "Invalid where: Level"),
    "where on a column that there is not": (query(LOG, "Source", where=[[term("x", 4)]]), "Unknown field x"),
    "an empty AND in where": (query(LOG, "Source", where=[[]]), "Invalid where: an empty"),
    "an empty AND in filter": (query(LOG, "Source", filter=[[]]), "Invalid filter: an empty"),
    "a range of texts": (query(LOG, "Source", where=[[term("Source", "a", 3, value2="b")]]), "Invalid where: op 3"),
    "a range without its end": (query(CPU, "name", where=[[term(SHARE, 1, 3)]]), f"Invalid where: {SHARE} IN_RANGE"),
    "a prefix of a number": (query(CPU, "name", where=[[term(SHARE, 1, 7)]]), "Invalid where: op 7"),
    "NOT_EQUAL in where": (query(LOG, "Source", where=[[term("Source", "a", 2)]]), "Invalid where: op 2"),
    "REGEX in where": (query(LOG, "Source", where=[[term("Source", "a", 8)]]), "Invalid where: op 8"),
    "no op at all": (query(LOG, "Source", where=[[term("Source", "a", 99)]]), "Invalid where: op 99"),
    "a text for a number": (query(CPU, "name", where=[[term(SHARE, "much")]]), f"Invalid value for {SHARE}"),
    "a number that is too large": (
        query("FlowSeriesTable", "vrouter", where=[[term("protocol", 2**63)]]),
        "Invalid value for protocol",
    ),
    "a broken number for a whole one": (
        query("FlowSeriesTable", "vrouter", where=[[term("protocol", 1.5)]]),
        "Invalid value for protocol",
    ),
    "a filter on what is not selected": (
        query(CPU, "name", filter=[term(SHARE, 1, 5)]),
        f"Invalid filter: {SHARE} is not selected",
    ),
    "a filter on an aggregate": (
        query(CPU, f"MAX({SHARE})", filter=[term(f"MAX({SHARE})", 1, 5)]),
        f"Invalid filter: MAX({SHARE}) is not selected",
    ),
    "PREFIX in filter": (query(LOG, "Source", filter=[term("Source", "a", 7)]), "Invalid filter: op 7"),
    "IN_RANGE in filter": (query(LOG, "Level", filter=[term("Level", 1, 3, value2=2)]), "Invalid filter: op 3"),
    "LEQ of a text": (query(LOG, "Level", filter=[term("Level", "low", 5)]), "Invalid value for Level"),
    "a pattern that is too long": (
        query(LOG, "Source", filter=[term("Source", "a" * 5000, 8)]),
        "Invalid filter: a pattern longer",
    ),
    "a suffix that does not go with it": (
        query(
            "StatTable.UFlowData.flow",
            "name",
            where=[[term("flow.protocol", 17, suffix=term("flow.pifindex", 1))]],
        ),
        "Invalid where: flow.pifindex is no suffix",
    ),
    "a suffix of a range": (
        query(
            "StatTable.UFlowData.flow",
            "name",
            where=[[term("flow.protocol", 1, 3, value2=9, suffix=term("flow.sport", 1))]],
        ),
        "Invalid where: flow.protocol has a suffix",
    ),
    "a suffix of a suffix": (
        query(
            "StatTable.UFlowData.flow",
            "name",
            where=[[term("flow.protocol", 17, suffix=term("flow.sport", 1, suffix=term("flow.dport", 1)))]],
        ),
        "Invalid where: a suffix of the suffix",
    ),
    "a port of flows without protocol": (
        query("FlowRecordTable", "vrouter", where=[[term("sport", 80)]]),
        "Invalid where: sport needs protocol",
    ),
    "the other port without protocol": (
        query("FlowRecordTable", "vrouter", where=[[term("dport", 80)], [term("protocol", 6)]]),
        "Invalid where: dport needs protocol",
    ),
    "a port of sessions without protocol": (
        query("SessionSeriesTable", "vn", session_type="client", where=[[term("server_port", 80)]]),
        "Invalid where: server_port needs protocol",
    ),
    "sessions without a side": (query("SessionSeriesTable", "vn"), "session_type is missing"),
    "sessions of a third side": (query("SessionRecordTable", "vn", session_type="both"), "Invalid session_type"),
    "where on the other side's address": (
        query("SessionSeriesTable", "vn", session_type="client", where=[[term("remote_ip", "10.0.0.1")]]),
        "Invalid where: remote_ip has no index",
    ),
    "labels by EQUAL": (
        query("SessionSeriesTable", "vn", session_type="client", where=[[term("labels", "a")]]),
        "Invalid where: op 1 does not go with labels",
    ),
    "a third direction": (query("FlowSeriesTable", "vrouter", dir=2), "Invalid dir 2"),
    "flow_count": (query("FlowSeriesTable", "flow_count"), "Unknown field flow_count"),
    "a sum of flows at each time": (query("FlowSeriesTable", "T", "SUM(bytes)"), "Invalid field T"),
    "a class of flows alone": (query("FlowSeriesTable", "flow_class_id"), "Invalid field flow_class_id"),
    "an overlay column in select": (query("OverlayToUnderlayFlowMap", "o_svn"), "Invalid field o_svn"),
    "an underlay column in where": (
        query("OverlayToUnderlayFlowMap", "u_vlan", where=[[term("u_vlan", "7")]]),
        "Invalid where: u_vlan has no index",
    ),
    "an average of sessions": (
        query("SessionSeriesTable", "AVG(forward_sampled_bytes)", session_type="client"),
        "Invalid field AVG(forward_sampled_bytes)",
    ),
    "a time in quotes": (query(LOG, "Source", start_time="1700000000000000"), "Invalid time '1700000000000000'"),
    "a time of two parts": (query(LOG, "Source", end_time="now-1h30m"), "Invalid time 'now-1h30m'"),
    "a field name that is not one": (query("StatTable.FieldNames.fields", "fields.x"), "Unknown field fields.x"),
}

MALFORMED = {
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": [],
    "nothing": {},
    "no table": {"start_time": 1, "end_time": 2, "select_fields": ["a"]},
    "a table that is a number": query("x", "a") | {"table": 3},
    "fields that are a text": query(LOG) | {"select_fields": "Source"},
    "a field that is a number": query(LOG) | {"select_fields": [1]},
    "a time that is broken": query(LOG, "Source", start_time=1.5),
    "a time that is true": query(LOG, "Source", start_time=True),
    "no time": query(LOG, "Source", start_time=None),
    "where that is a text": query(LOG, "Source", where="Source"),
    "where that is one list": query(LOG, "Source", where=[term("Source", "a")]),
    "a term without a name": query(LOG, "Source", where=[[{"value": 1, "op": 1}]]),
    "a term without a value": query(LOG, "Source", where=[[{"name": "Source", "op": 1}]]),
    "a term without an op": query(LOG, "Source", where=[[{"name": "Source", "value": 1}]]),
    "a value that is null": query(LOG, "Source", where=[[term("Source", None)]]),
    "a value that is a list": query(LOG, "Source", where=[[term("Source", [1])]]),
    "a filter without an op": query(LOG, "Source", filter=[{"name": "Source", "value": 1}]),
    "a filter of both shapes": query(LOG, "Source", filter=[term("Source", 1), [term("Source", 1)]]),
    "a limit that is a text": query(LOG, "Source", limit="10"),
    "terms without end": b'{"table":"x","start_time":1,"end_time":2,"select_fields":[],"where":[['
    + b'{"suffix":' * 20_000,
    "more terms than may be": query(LOG, "Source", where=[[term("Source", "a")] * (MOST_TERMS + 1)]),
    "more fields than may be": query(LOG, *(f"f{number}" for number in range(600))),
    "more bytes than may be": b" " * (MOST_BYTES + 1),
}


class TestRefusals:
    @pytest.mark.parametrize(("asked", "text"), INVALID.values(), ids=INVALID.keys())
    def test_what_makes_no_sense_is_404(self, asked: dict[str, Any], text: str) -> None:
        """A query that its table cannot answer is invalid, and the text says what is wrong."""
        error = refusal(asked)

        assert isinstance(error, InvalidQueryError)
        assert error.status == 404
        assert str(error).startswith(text)

    @pytest.mark.parametrize("asked", MALFORMED.values(), ids=MALFORMED.keys())
    def test_what_is_no_query_is_400(self, asked: Any) -> None:
        """A body of another shape is malformed."""
        error = refusal(asked)

        assert isinstance(error, MalformedQueryError)
        assert error.status == 400

    def test_a_table_that_there_is_not_is_410(self) -> None:
        """An unknown table that is no statistics table is gone, in Contrail's words."""
        error = errors.UnknownTableError("X")

        assert table_of("X", []) is None
        assert (error.status, str(error)) == (410, "Table X not found")

    @pytest.mark.parametrize(
        ("kind", "status", "number"),
        [
            (errors.TooManyRowsError, 429, -105),
            (errors.TooManyQueriesError, 429, -24),
            (errors.StoreBusyError, 503, -16),
            (errors.QueryTimeoutError, 503, -110),
            (errors.QueryFailedError, 500, -5),
            (errors.InvalidQueryError, 404, -22),
        ],
    )
    def test_each_error_has_its_status_and_number(self, kind: type[QueryError], status: int, number: int) -> None:
        """Statuses are those of clause 2.1, numbers those of clause 2.8."""
        assert (kind.status, kind.number) == (status, number)


class TestNoRefusals:
    @pytest.mark.parametrize(
        "asked",
        [
            query(LOG, "Source", where=[]),
            query(LOG, "Source", where=None, filter=None, sort=None, limit=None),
            query(LOG, "Source", filter=[]),
            query(LOG, "Source", limit=0),
            query(LOG, "Source", where=[[term("Source", 123)]]),
            query("FlowRecordTable", "vrouter", where=[[term("sport", "80"), term("protocol", 6.0)]]),
            query(CPU, "T=60", f"SUM({RESIDENT})", sort=2, sort_fields=["T="]),
            query("StatTable.Never.seen", "whatever", where=[[term("anything", "x", 7)]]),
        ],
    )
    def test_what_is_absent_is_everything(self, asked: dict[str, Any]) -> None:
        """Empty lists count as absent, numbers may be texts and texts numbers, dynamic tables take any column."""
        assert compiled(asked).statement.sql
