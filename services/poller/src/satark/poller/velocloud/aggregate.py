"""Rows of `monitoring/getAggregateEdgeLinkMetrics`: all links of all enterprises over one interval (1.7). Pure.

Releases differ: older ones lack `linkLogicalId` and three fields of `link`, and give a number for `state`. The link is
joined by `link.internalId`, then `linkLogicalId`, then `linkId` (1.5).
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Raw

from satark.poller.inventory import Edge, Id, Link
from satark.poller.readings import Reading, Readings, Skipped
from satark.poller.schedule import Window
from satark.poller.velocloud.decoding import decoded, first_id, is_empty, text_of, time_of, with_originals
from satark.poller.velocloud.stats import metrics_of


def aggregate(result: Raw | None, window: Window) -> Readings:
    """Return a reading for each link of the result; no result is none.

    Raises WrongShape when the result as a whole is something else.
    """
    rows: list[Reading] = []
    skipped: list[Skipped] = []
    interval_s = (window.end - window.start).total_seconds()
    for number, row in enumerate([] if is_empty(result) else decoded(result, list[Any], "a list of links")):
        where = f"row {number}"
        link, edge, enterprise = _identities(row)
        if link is None or edge is None or enterprise is None:
            skipped.append(Skipped("bad_row", where, number))
            continue
        metrics, wrong = metrics_of(row, interval_s)
        skipped += [Skipped(reason, f"{where} {field}", number) for field, reason in wrong]
        rows.append(Reading(str(enterprise), edge, link, window.start, metrics))
    return Readings(tuple(rows), with_originals(skipped, result))


def _identities(row: Any) -> tuple[Link | None, Edge | None, Id | None]:
    link = row.get("link") if isinstance(row, dict) else None
    if not isinstance(link, dict):
        return None, None, None
    internal_id = first_id(link.get("internalId"), row.get("linkLogicalId"), row.get("linkId"))
    edge, enterprise = first_id(link.get("edgeId")), first_id(link.get("enterpriseId"))
    if internal_id is None or edge is None:
        return None, None, None
    return _link(str(internal_id), link), _edge(edge, link), enterprise


def _link(internal_id: str, link: Mapping[str, Any]) -> Link:
    return Link(
        internal_id=internal_id,
        name=text_of(link.get("displayName")),
        interface=text_of(link.get("interface")),
        isp=text_of(link.get("isp")),
        state=text_of(link.get("linkState")).upper(),
        mode=text_of(link.get("linkMode")).upper(),
        backup_state=text_of(link.get("linkBackupState")).upper(),
        last_active=time_of(link.get("linkLastActive")),
    )


def _edge(edge: Id, link: Mapping[str, Any]) -> Edge:
    return Edge(id=edge, name=text_of(link.get("edgeName")), state=text_of(link.get("edgeState")).upper())
