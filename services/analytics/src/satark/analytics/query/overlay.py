"""From flows of the overlay to what the underlay saw of them (specs/analytics.md, clause 3.3, Q9).

Flows that enter a vrouter and fit the `o_*` terms say from which host to which, by which protocol and from which port
they travel in a tunnel. Samples of underlay flows with the same are the answer, `flow.*` renamed to `u_*`.
"""

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import Column, Datatype, Table
from satark.analytics.query.conditions import where
from satark.analytics.query.expressions import Expression, View
from satark.analytics.query.flows import flow_column
from satark.analytics.query.request import Query
from satark.analytics.query.sessions import OPENED
from satark.analytics.query.statistics import entry, samples
from satark.analytics.query.tables import FLOW_RECORDS, UNDERLAY, builtin

TUNNELS = "transform({}, [1, 2, 3, 17, 47], [47, 17, 17, 17, 47], 0)"
"""IP protocols of the agents' tunnel types: MPLS over GRE, MPLS over UDP, VXLAN."""

_FLOW_COLUMNS = {
    "o_svn": "sourcevn",
    "o_sip": "sourceip",
    "o_dvn": "destvn",
    "o_dip": "destip",
    "o_protocol": "protocol",
    "o_sport": "sport",
    "o_dport": "dport",
    "o_vrouter": "vrouter",
}


def underlay(query: Query, table: Table, times: str, binder: Binder) -> View:
    """Return the view of underlay samples that carried the flows. Raises InvalidQueryError."""
    seen = samples(UNDERLAY, binder)

    def read(column: Column) -> Expression:
        return flow_column(_flow_column(column.name), binder, ingress=True, opened=True)

    conditions = [times, where(query.where, table, read, binder)]
    tunnels = _tunnels(binder, " AND ".join(each for each in conditions if each))
    key = ", ".join(_sample(name, binder).sql for name in ("u_sip", "u_dip", "u_sport", "u_protocol"))
    return View(
        seen.source, (*seen.conditions, f"({key}) GLOBAL IN ({tunnels})"), lambda column: _sample(column.name, binder)
    )


def _tunnels(binder: Binder, condition: str) -> str:
    other, port, kind = (
        flow_column(_flow_column(name), binder, ingress=True, opened=True).sql
        for name in ("other_vrouter_ip", "underlay_source_port", "underlay_proto")
    )
    key = f"vrouter_ip, {other}, {port}, {TUNNELS.format(kind)}"
    return f"SELECT {key} FROM {OPENED} WHERE {condition}"  # noqa: S608 - nothing from outside is text


def _flow_column(name: str) -> Column:
    return builtin()[FLOW_RECORDS].columns[_FLOW_COLUMNS.get(name, name)]


def _sample(name: str, binder: Binder) -> Expression:
    if name == "u_prouter":
        return Expression("name")
    column = builtin()[f"StatTable.{UNDERLAY}"].columns.get(f"flow.{name.removeprefix('u_')}")
    key = f"flow.{name.removeprefix('u_')}"
    return entry(key, column or Column(name=key, datatype=Datatype.STRING), binder)
