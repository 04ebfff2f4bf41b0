"""The routing of a notifier without a file of routes."""

from satark.notifier.routing.model import Policy
from satark.notifier.routing.plain import routing_of
from satark.notifier.settings import NotifierSettings


def test_settings() -> None:
    """One route tells each address, as the settings say."""
    settings = NotifierSettings(
        smtp_url="smtp://127.0.0.1",
        sender="satark@example.net",
        receivers=("NOC <noc@example.net>", "boss@example.net"),
        tell_on=("opened",),
        group_wait_s=5.0,
        repeat_interval_s=60.0,
    )
    routing = routing_of(settings)
    legs = routing.legs({"severity": "critical"})

    assert [leg.target.name for leg in legs] == ["noc@example.net", "boss@example.net"]
    assert {leg.policy for leg in legs} == {
        Policy(group_wait_s=5.0, repeat_interval_s=60.0, tell_on=frozenset({"opened"}))
    }
    assert routing.targets("default") == tuple(leg.target for leg in legs)
    assert routing.named("email", "boss@example.net") == legs[1].target
    assert routing.named("email", "other@example.net") is None
    assert not routing.inhibits({}, {})
    assert routing.heartbeat is None
