"""The portal's methods about what happened: the event log and the alerts (1.9)."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from satark.simulators.vco.alerts import alert_payload, alerts_between
from satark.simulators.vco.errors import InvalidParams
from satark.simulators.vco.events import event_payload, events_between, matches
from satark.simulators.vco.pages import BadPageLink, EventsPage, page_link, read_page
from satark.simulators.vco.params import MAX_PAGE, LogParams, decode_params, window
from satark.simulators.vco.scope import Call, Orchestrator, the_enterprise
from satark.simulators.vco.times import from_ms, to_ms

DEFAULT_ALERTS = 512

T = TypeVar("T")


def get_enterprise_events(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `event/getEnterpriseEvents`: pages of at most 2048, newest first."""
    page = _page(orchestrator, call, "events", MAX_PAGE)
    enterprise = the_enterprise(orchestrator, call, page.enterprise_id)
    found = events_between(orchestrator.feed, enterprise, from_ms(page.start_ms), from_ms(page.end_ms), page.edges)
    return _cut([event for event in found if matches(event, page.rules)], page, event_payload)


def get_enterprise_alerts(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterprise/getEnterpriseAlerts`: pages of at most 512, newest first."""
    page = _page(orchestrator, call, "alerts", DEFAULT_ALERTS)
    enterprise = the_enterprise(orchestrator, call, page.enterprise_id)
    found = alerts_between(orchestrator.feed, enterprise, from_ms(page.start_ms), from_ms(page.end_ms))
    shown = [alert for alert in found if page.edges is None or alert.edge.id in page.edges]
    return _cut(shown, page, lambda alert: alert_payload(alert, enterprise, call.now))


def _page(orchestrator: Orchestrator, call: Call, what: str, limit: int) -> EventsPage:
    """Return the page a call asks for; a link keeps the interval and filter of the call that began the list."""
    params = decode_params(call.params, LogParams)
    if params.next_page_link is not None:
        try:
            page = read_page(params.next_page_link, EventsPage)
        except BadPageLink as error:
            raise InvalidParams("nextPageLink is invalid") from error
        if page.what != what:
            raise InvalidParams("nextPageLink is invalid")
        return page
    within = window(params.interval, call.now)
    edges = [params.edge_id] if isinstance(params.edge_id, int) else params.edge_id
    return EventsPage(
        what=what,
        enterprise_id=the_enterprise(orchestrator, call, params.enterprise_id).id,
        offset=0,
        limit=min(params.filter.limit or limit, limit),
        start_ms=within.start_ms,
        # What has not happened yet would shift the pages when it does.
        end_ms=min(within.end_ms, to_ms(call.now) + 1),
        edges=None if edges is None else tuple(edges),
        rules=tuple((rule.field, rule.op, tuple(rule.values)) for rule in params.filter.rules),
    )


def _cut(found: Sequence[T], page: EventsPage, payload: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    following = page.offset + page.limit
    meta: dict[str, Any] = {"limit": page.limit, "more": following < len(found)}
    if meta["more"]:
        meta["nextPageLink"] = page_link(msgspec.structs.replace(page, offset=following))
    return {"metaData": meta, "data": [payload(one) for one in found[page.offset : following]]}
