"""What is told, for tests of the channels: to a target, of one incident or of several, and signs of life."""

from datetime import timedelta
from typing import Any

from satark.notifier.events import Event
from satark.notifier.routing.model import ALERTMANAGER, SLACK, WEBHOOK, Target
from satark.notifier.routing.receivers import AlertmanagerConfig, ChannelConfig, SlackConfig, WebhookConfig
from satark.notifier.telling import PLAIN, Aside, Heartbeat, Part, Telling
from satark.runtime.secret import Secret
from satark.schemas.notifications import notification_id
from tests.unit.notifier.scenes import WRITTEN

URL = Secret("http://127.0.0.1:1/a-secret-part")
KINDS: dict[type[Any], str] = {WebhookConfig: WEBHOOK, AlertmanagerConfig: ALERTMANAGER, SlackConfig: SLACK}


def target(config: ChannelConfig) -> Target:
    """Return a target of the receiver `noc`."""
    kind = KINDS[type(config)]
    return Target("noc", kind, f"noc/{kind}", config)


def telling(
    config: ChannelConfig, *events: Event, aside: Aside = PLAIN, shared: tuple[tuple[str, str], ...] = ()
) -> Telling:
    """Return a message of events to a target."""
    to = target(config)
    parts = tuple(Part(notification_id(event.id, to.channel, to.name), event, aside) for event in events)
    return Telling(to, parts, shared)


def heartbeat(config: ChannelConfig, *, failing: tuple[str, ...] = ()) -> Heartbeat:
    """Return a sign of life of a day."""
    return Heartbeat(
        id="heartbeat-1",
        target=target(config),
        time=WRITTEN,
        since=WRITTEN - timedelta(days=1),
        open_incidents=2,
        opened=5,
        told=7,
        failed=0,
        failing=failing,
    )
