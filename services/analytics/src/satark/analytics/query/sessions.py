"""Sessions of vrouters (specs/analytics.md, clause 3.7): a row of the store is a session with arrays of its flows.

A question about sessions alone reads just that. One that names what only a flow has (the other side's address, the
client's port, what was done to it) opens the arrays: then a row is a flow, and so are its counters.
"""

from collections.abc import Collection

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column
from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.expressions import Expression, View, number, text
from satark.analytics.query.request import Query

WHOLE = "sessions FINAL"
OPENED = "sessions FINAL LEFT ARRAY JOIN flow_remote_ip AS remote_ip, flow_client_port AS client_port, flow_details AS details"
COUNTERS = frozenset(
    f"{direction}_{what}_{unit}"
    for direction in ("forward", "reverse")
    for what in ("sampled", "logged")
    for unit in ("bytes", "pkts")
)
OF_FLOWS = frozenset(
    {"remote_ip", "client_port"}
    | {
        f"{direction}_{what}"
        for direction in ("forward", "reverse")
        for what in (
            *("flow_uuid", "action", "sg_rule_uuid", "nw_ace_uuid", "underlay_source_port", "drop_reason"),
            *("teardown_bytes", "teardown_pkts"),
        )
    }
)
SIDES = {"client": 1, "server": 0}

_WRITTEN = {
    "session_type": text("if(client_session = 1, 'client', 'server')"),
    "is_service_instance": number("service_instance"),
    "protocol": number("protocol"),
    "server_port": number("server_port"),
    "client_port": number("client_port"),
    "remote_ip": text("remote_ip"),
}


def sessions(query: Query, named: Collection[str], binder: Binder, *, records: bool) -> View:
    """Return the view of what one side's end points said. `named` are all columns that the query names.

    Raises InvalidQueryError for a side that there is not, or none.
    """
    if query.session_type is None:
        raise InvalidQueryError("session_type is missing: client or server")
    if query.session_type not in SIDES:
        raise InvalidQueryError(f"Invalid session_type {query.session_type[:64]!r}: client or server")
    conditions = (
        f"client_session = {SIDES[query.session_type]}",
        f"service_instance = {1 if query.is_service_instance else 0}",
    )
    opened = records or bool(OF_FLOWS.intersection(named))
    return View(
        OPENED if opened else WHOLE,
        conditions,
        lambda column: _column(column, binder, opened=opened),
        opened=opened,
    )


def counter(name: str, binder: Binder, *, opened: bool) -> str:
    """Return a counter of a session, or of a flow; that of the session when nothing was said of its flows."""
    own = f"toInt64({name})"
    return f"if(empty(flow_details), {own}, toInt64OrZero(details[{binder.text(name)}]))" if opened else own


def detail(name: str, binder: Binder) -> Expression:
    """Return a text that is said of a flow."""
    return text(f"details[{binder.text(name)}]")


def _column(column: Column, binder: Binder, *, opened: bool) -> Expression:
    name = column.name
    if column.several:
        return Expression(name, several=True)
    if name in COUNTERS:
        return number(counter(name, binder, opened=opened))
    if name in _WRITTEN:
        return _WRITTEN[name]
    if name.endswith(("_teardown_bytes", "_teardown_pkts")):
        return Expression(f"toInt64OrNull({detail(name, binder).sql})", nullable=True, text=False)
    return detail(name, binder) if name in OF_FLOWS else text(name)
