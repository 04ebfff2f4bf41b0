"""Flows as a view of sessions (specs/analytics.md, clause 3.7).

A session is told from its end point's side, the local one; the other is the remote one. What enters the vrouter from
the end point (ingress, `dir` 1) goes from local to remote, what leaves it towards the end point (egress) from remote to
local. `forward` is from client to server: ingress at a client, egress at a server. The port of the local side is
the server's where the end point is the server, else the client's.
"""

from collections.abc import Collection

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.expressions import Expression, View, number, text
from satark.analytics.query.request import Query
from satark.analytics.query.sessions import OPENED, WHOLE, counter, detail

INGRESS, EGRESS = 1, 0
WAYS = ("forward", "reverse")
OF_SESSIONS = frozenset(
    {"vrouter", "sourcevn", "destvn", "protocol", "direction_ing", "packets", "bytes", "vrouter_ip", "vmi"}
)
"""What can be told without opening the flows of a session, besides the local side's address."""

_DETAILS = {
    "UuidKey": "flow_uuid",
    "action": "action",
    "sg_rule_uuid": "sg_rule_uuid",
    "nw_ace_uuid": "nw_ace_uuid",
    "drop_reason": "drop_reason",
    "other_vrouter_ip": "other_vrouter_ip",
}
_WHOLE_DETAILS = {
    "setup_time": "setup_time",
    "teardown_time": "teardown_time",
    "agg-packets": "teardown_pkts",
    "agg-bytes": "teardown_bytes",
    "underlay_source_port": "underlay_source_port",
    "underlay_proto": "underlay_proto",
}
_OF_BOTH_WAYS = frozenset({"other_vrouter_ip", "underlay_proto"})
_COUNTERS = {"packets": "sampled_pkts", "bytes": "sampled_bytes"}


def flows(query: Query, named: Collection[str], binder: Binder, *, records: bool) -> View:
    """Return the view of flows in one direction. Raises InvalidQueryError for a direction that there is not."""
    ingress = query.dir is None or query.dir == INGRESS
    if query.dir not in (None, INGRESS, EGRESS):
        raise InvalidQueryError(f"Invalid dir {query.dir}: 1 is ingress, 0 egress")
    local = "sourceip" if ingress else "destip"
    opened = records or any(each not in OF_SESSIONS and each != local for each in named)
    return View(
        OPENED if opened else WHOLE,
        (),
        lambda column: flow_column(column, binder, ingress=ingress, opened=opened),
        opened=opened,
    )


def flow_column(column: Column, binder: Binder, *, ingress: bool, opened: bool) -> Expression:
    """Return how a column of a flow is read."""
    name, forward = column.name, f"client_session = {INGRESS if ingress else EGRESS}"
    if name in _COUNTERS:
        ways = (counter(f"{way}_{_COUNTERS[name]}", binder, opened=opened) for way in WAYS)
        return number(f"if({forward}, {', '.join(ways)})")
    if name in _DETAILS or name in _WHOLE_DETAILS:
        return _detail(name, forward, binder)
    local, remote = ("vn", "local_ip"), ("remote_vn", "remote_ip")
    source, dest = (local, remote) if ingress else (remote, local)
    texts = {"sourcevn": source[0], "sourceip": source[1], "destvn": dest[0], "destip": dest[1]}
    numbers = {
        "protocol": "protocol",
        "direction_ing": str(INGRESS if ingress else EGRESS),
        "sport": f"if({forward}, client_port, server_port)",
        "dport": f"if({forward}, server_port, client_port)",
    }
    return number(numbers[name]) if name in numbers else text(texts.get(name, name))


def _detail(name: str, forward: str, binder: Binder) -> Expression:
    what = _DETAILS.get(name) or _WHOLE_DETAILS[name]
    names = (what,) if what in _OF_BOTH_WAYS else tuple(f"{way}_{what}" for way in WAYS)
    found = [detail(each, binder).sql for each in names]
    chosen = found[0] if len(found) == 1 else f"if({forward}, {', '.join(found)})"
    return text(chosen) if name in _DETAILS else _whole(chosen)


def _whole(sql: str) -> Expression:
    return Expression(f"toInt64OrNull({sql})", nullable=True, text=False)
