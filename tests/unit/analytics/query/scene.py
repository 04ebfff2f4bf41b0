"""A fixed data set in the store, and queries on it as a client would write them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from satark.analytics.query import learnt
from satark.analytics.query.catalogue import Table
from satark.analytics.query.compiling import Plan, compile_query
from satark.analytics.query.errors import UnknownTableError
from satark.analytics.query.request import decode
from satark.analytics.query.times import Retention
from satark.analytics.store.client import Store

BASE = datetime(2023, 11, 14, 22, 13, 0, tzinfo=UTC)
"""1,699,999,980 s: the beginning of a minute, as in the worked examples."""
BASE_US = 1_699_999_980_000_000
NOW_US = BASE_US + 120_000_000
KEEP = Retention(messages_s=None, objects_s=None, statistics_s=None, sessions_s=None)

MESSAGE = (
    "time",
    "id",
    "source",
    "node_type",
    "module",
    "instance",
    "message_type",
    "type",
    "level",
    "category",
    "sequence_number",
    "ip_address",
    "pid",
    "body",
)


def at(seconds: float) -> datetime:
    """Return a time so many seconds after the beginning."""
    return BASE + timedelta(seconds=seconds)


def us(seconds: float) -> int:
    """Return the same in microseconds."""
    return BASE_US + round(seconds * 1_000_000)


def put(store: Store, table: str, *rows: Mapping[str, Any]) -> None:
    """Insert rows; all must have the same columns."""
    columns = list(rows[0])
    store.insert(table, columns, [[row[name] for name in columns] for row in rows])


def message(number: int, **given: Any) -> dict[str, Any]:
    """Return a row of messages."""
    return {
        "time": at(number),
        "id": f"m{number}",
        "source": "a6s40",
        "node_type": "Control",
        "module": "contrail-control",
        "instance": "0",
        "message_type": "BgpPeerMessage",
        "type": 1,
        "level": 4,
        "category": "BGP",
        "sequence_number": number,
        "ip_address": "192.0.2.1",
        "pid": 77,
        "body": f"<BgpPeerMessage>{number}</BgpPeerMessage>",
    } | given


def named(number: int, **given: Any) -> dict[str, Any]:
    """Return a row of objects."""
    return {
        "time": at(number),
        "id": f"o{number}",
        "object_table": "ObjectVNTable",
        "name": "default-domain:admin:vn1",
        "source": "a6s40",
        "module": "contrail-api",
        "message_type": "VncApiConfigLog",
        "type": 7,
        "body": f"<VncApiConfigLog>{number}</VncApiConfigLog>",
    } | given


def sample(number: float, stat: str, **given: Any) -> dict[str, Any]:
    """Return a row of statistics."""
    return {
        "time": at(number),
        "id": f"s{number}{given.get('name', '')}",
        "stat": stat,
        "source": "a6s40",
        "name": "a6s40",
        "proxy": "",
        "texts": {},
        "integers": {},
        "doubles": {},
        "lists": {},
    } | given


def learnt_column(
    stat: str, column: str, datatype: str, *, indexed: int = 0, suffixes: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a row of stat_columns."""
    return {
        "stat": stat,
        "column": column,
        "type": datatype,
        "indexed": indexed,
        "suffixes": list(suffixes),
        "seen": BASE,
    }


def session(number: float, **given: Any) -> dict[str, Any]:
    """Return a row of sessions: two flows of a client."""
    return {
        "time": at(number),
        "id": f"f{number}",
        "vrouter": "a6s40",
        "vrouter_ip": "10.0.0.1",
        "vmi": "default-domain:admin:vmi1",
        "local_ip": "10.1.1.3",
        "server_port": 80,
        "protocol": 6,
        "client_session": 1,
        "service_instance": 0,
        "security_policy_rule": "rule-1",
        "vn": "default-domain:admin:vn1",
        "remote_vn": "default-domain:admin:vn2",
        "application": "shop",
        "labels": ["label=web"],
        "forward_sampled_bytes": 900,
        "forward_sampled_pkts": 12,
        "reverse_sampled_bytes": 300,
        "reverse_sampled_pkts": 4,
        "flow_remote_ip": ["10.2.2.3", "10.2.2.4"],
        "flow_client_port": [33000, 33001],
        "flow_details": [flow("u1", 500, 7), flow("u2", 400, 5)],
    } | given


def flow(uuid: str, size: int, packets: int, **given: str) -> dict[str, str]:
    """Return what is said of a flow."""
    return {
        "forward_flow_uuid": uuid,
        "forward_action": "pass",
        "forward_sampled_bytes": str(size),
        "forward_sampled_pkts": str(packets),
        "forward_setup_time": str(us(1)),
        "forward_teardown_bytes": str(size * 2),
        "forward_teardown_pkts": str(packets * 2),
        "forward_underlay_source_port": "51234",
        "reverse_flow_uuid": f"r{uuid}",
        "reverse_action": "deny",
        "reverse_sampled_bytes": "150",
        "reverse_sampled_pkts": "2",
        "other_vrouter_ip": "10.0.0.2",
        "underlay_proto": "2",
    } | given


def query(table: str, *fields: str, **given: Any) -> dict[str, Any]:
    """Return a query of the last hour."""
    return {"table": table, "start_time": "now-1h", "end_time": "now", "select_fields": list(fields)} | given


def term(name: str, value: Any, op: int = 1, **given: Any) -> dict[str, Any]:
    """Return a term."""
    return {"name": name, "value": value, "op": op} | given


def table_of(store: Store, name: str) -> Table:
    """Return a table as the store knows it. Raises UnknownTableError."""
    lookup = learnt.lookup(name)
    table = learnt.table_of(name, store.rows(lookup) if lookup else [])
    if table is None:
        raise UnknownTableError(name)
    return table


def plan(store: Store, asked: Mapping[str, Any], *, now_us: int = NOW_US, keep: Retention = KEEP) -> Plan:
    """Return the plan of a query."""
    decoded = decode(msgspec.json.encode(asked))
    return compile_query(decoded, table_of(store, decoded.table), now_us=now_us, retention=keep)


def ask(
    store: Store, asked: Mapping[str, Any], *, now_us: int = NOW_US, keep: Retention = KEEP
) -> list[dict[str, Any]]:
    """Return the rows of an answer as a client reads them."""
    planned = plan(store, asked, now_us=now_us, keep=keep)
    return [msgspec.json.decode(text) for text in planned.mapper.texts(store.rows(planned.statement))]
