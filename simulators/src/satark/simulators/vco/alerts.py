"""`enterprise/getEnterpriseAlerts`: an alert for each outage of an edge, and of a link whose edge is up (1.9).

An alert triggers with its event, is PENDING for two minutes, then ACTIVE until the outage ends, then CLOSED.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from satark.simulators.vco.events import DETECTION, Event
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.outages import Outage, edge_outages, link_outages
from satark.simulators.vco.times import iso
from satark.simulators.vco.topology import Edge, Enterprise, Link

PENDING = timedelta(seconds=120)
REMINDER = timedelta(seconds=300)
CONFIGURATIONS = {"EDGE_DOWN": 12, "LINK_DOWN": 14}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert."""

    id: int
    triggered: datetime
    outage: Outage
    edge: Edge
    link: Link | None = None

    @property
    def name(self) -> str:
        """The alert type."""
        return "EDGE_DOWN" if self.link is None else "LINK_DOWN"

    def state(self, now: datetime) -> tuple[str, datetime]:
        """Return the state and since when."""
        if self.outage.ends is not None and self.outage.ends <= now:
            return "CLOSED", self.outage.ends
        active = self.triggered + PENDING
        return ("ACTIVE", active) if active <= now else ("PENDING", self.triggered)


def alerts_between(feed: Feed, enterprise: Enterprise, start: datetime, end: datetime) -> list[Alert]:
    """Return an enterprise's alerts that were triggered in [start, end), newest first."""
    found = []
    for edge in enterprise.edges:
        offline = edge_outages(feed, edge, start - DETECTION, end)
        for outage in offline:
            event = Event(outage.begins + DETECTION, "EDGE_DOWN", edge)
            if outage.ends is None or outage.ends > event.when:
                found.append(Alert(event.id, event.when, outage, edge))
        for link in edge.links_at(end):
            for outage in link_outages(feed, link, start, end):
                event = Event(outage.begins, "LINK_DEAD", edge, link)
                if not any(one.holds(outage.begins) for one in offline):
                    found.append(Alert(event.id, event.when, outage, edge, link))
    inside = [alert for alert in found if start <= alert.triggered < end]
    return sorted(inside, key=lambda alert: (alert.triggered, alert.id), reverse=True)


def alert_payload(alert: Alert, enterprise: Enterprise, now: datetime) -> dict[str, Any]:
    """Return a row of the list of alerts."""
    edge, link = alert.edge, alert.link
    state, since = alert.state(now)
    active = state == "ACTIVE"
    return {
        "id": alert.id,
        "created": iso(alert.triggered),
        "triggerTime": iso(alert.triggered),
        "enterpriseAlertConfigurationId": CONFIGURATIONS[alert.name],
        "enterpriseId": enterprise.id,
        "edgeId": edge.id,
        "edgeName": edge.name,
        "linkId": link and link.id,
        "linkName": link and link.name,
        "enterpriseObjectId": None,
        "enterpriseObjectName": None,
        "name": alert.name,
        "type": alert.name,
        "state": state,
        "stateSetTime": iso(since),
        "lastContact": iso(alert.outage.begins),
        "firstNotificationSeconds": int(PENDING.total_seconds()),
        "maxNotifications": 1,
        "notificationIntervalSeconds": int(REMINDER.total_seconds()),
        "resetIntervalSeconds": 3600,
        "comment": None,
        "nextNotificationTime": iso(since + REMINDER) if active else None,
        "remainingNotifications": 0 if active else 1,
        "timezone": edge.site.timezone,
        "locale": "en-US",
        "modified": iso(since),
    }
