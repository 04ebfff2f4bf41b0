from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.notifier.channels.alertmanager import OPEN_FOR, alerts, labels_of, write
from satark.notifier.channels.delivery import Permanent, Sent
from satark.notifier.channels.http import Poster
from satark.notifier.channels.http_request import Request
from satark.notifier.channels.words import linking
from satark.notifier.routing.receivers import AlertmanagerConfig, SlackConfig
from satark.notifier.telling import Aside, Occasion, Told
from satark.runtime.secret import Secret
from satark.schemas.incidents import Severity
from tests.unit.notifier.channels.alertmanager_fake import FakeAlertmanager
from tests.unit.notifier.channels.tellings import URL, heartbeat, telling
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.scenes import ENTITY, LONDON, NOON, WRITTEN, alarm, blind, opened, resolved, updated

LINK = linking("https://console.example.net/?incident={incident}")
CONFIG = AlertmanagerConfig(URL)


@pytest.fixture
def manager() -> FakeAlertmanager:
    """An Alertmanager of the test."""
    return FakeAlertmanager(WRITTEN)


def post(manager: FakeAlertmanager, told: Told, now: datetime = WRITTEN) -> None:
    """Tell an Alertmanager."""
    manager.now = now
    manager.post(write(told, now, link=LINK).body)


class TestAlerts:
    def test_are_of_an_incident(self) -> None:
        """Labels say which, annotations say what, in the words of the mails."""
        event = opened()
        (alert,) = alerts(telling(CONFIG, event), WRITTEN, link=LINK)

        own = {
            "alertname": "SatarkIncident",
            "entity": ENTITY,
            "kind": "wan-link",
            "severity": "warning",
            "incident": event.incident,
        }
        assert LONDON | own == alert.labels
        assert alert.annotations["summary"].startswith("[OPENED] LDN-vVCE / BT Business Broadband: download latency")
        assert "2026-11-21 12:00 UTC" in alert.annotations["description"]
        assert (NOON, WRITTEN + OPEN_FOR) == (alert.starts_at, alert.ends_at)
        assert f"https://console.example.net/?incident={event.incident}" == alert.generator_url

    @pytest.mark.parametrize(
        "event", [alarm(), blind(), group(*map(incident, range(3)))], ids=lambda event: type(event).__name__
    )
    def test_are_of_whatever_there_is(self, manager: FakeAlertmanager, event: Any) -> None:
        """Alarms, orchestrators and groups are alerts too."""
        post(manager, telling(CONFIG, event))

        assert 1 == len(manager.firing())

    def test_are_many_in_a_digest(self, manager: FakeAlertmanager) -> None:
        """An Alertmanager groups by itself."""
        events = [opened(entity=f"wan-link/vco.example.net/4101/{number}") for number in range(100)]
        post(manager, telling(CONFIG, *events))

        assert 100 == len(manager.firing())

    def test_know_a_test(self) -> None:
        """A test is no incident, and is soon over."""
        told = telling(CONFIG, opened(), aside=Aside(occasion=Occasion.TEST))
        (alert,) = alerts(told, WRITTEN, link=LINK)

        assert "SatarkTest" == alert.labels["alertname"]
        assert alert.ends_at - WRITTEN < timedelta(hours=1)

    def test_are_there_as_long_as_satark_is(self, manager: FakeAlertmanager) -> None:
        """A heartbeat lasts until the next but one."""
        post(manager, heartbeat(CONFIG))

        assert [{"alertname": "SatarkHeartbeat", "severity": "none"}] == manager.firing()
        manager.now = WRITTEN + timedelta(hours=47)
        assert manager.firing()
        manager.now = WRITTEN + timedelta(hours=49)
        assert not manager.firing()


class TestStory:
    def test_ends_with_what_began(self, manager: FakeAlertmanager) -> None:
        """Opened, told again, resolved: one alert, which is over in the end."""
        event = opened()
        post(manager, telling(CONFIG, event))
        post(manager, telling(CONFIG, event, aside=Aside(occasion=Occasion.REMINDER, count=1)))
        assert 1 == len(manager.firing())

        post(manager, telling(CONFIG, resolved(event)), WRITTEN + timedelta(hours=1))

        assert not manager.firing()

    def test_leaves_no_less_grave_alert_behind(self, manager: FakeAlertmanager) -> None:
        """Who becomes critical is no longer a warning, and none of both in the end."""
        event = opened()
        post(manager, telling(CONFIG, event))
        post(manager, telling(CONFIG, updated(event)))
        assert ["critical"] == [labels["severity"] for labels in manager.firing()]

        end = replace(resolved(event), severity=Severity.CRITICAL)
        post(manager, telling(CONFIG, end), WRITTEN + timedelta(hours=1))

        assert not manager.firing()

    def test_ends_also_if_the_update_was_not_told(self, manager: FakeAlertmanager) -> None:
        """A warning that became critical unheard is over when the incident is."""
        event = opened()
        post(manager, telling(CONFIG, event))
        post(manager, telling(CONFIG, replace(resolved(event), severity=Severity.CRITICAL)))

        assert not manager.firing()

    @pytest.mark.parametrize("hours", [-100, -1, 0, 1, 100])
    def test_does_not_depend_on_the_clock(self, manager: FakeAlertmanager, hours: int) -> None:
        """What is over is over, and what is open is open, wherever a clock has stepped to."""
        event, now = opened(), WRITTEN + timedelta(hours=hours)
        post(manager, telling(CONFIG, event), now)
        assert manager.firing()

        post(manager, telling(CONFIG, resolved(event)), now)

        assert not manager.firing()


class TestLabels:
    def test_have_names_that_prometheus_takes(self) -> None:
        """Wrong characters are replaced, and our own names are not taken by a label from outside."""
        given = {"a-b": "1", "5g": "2", "__name__": "3", "severity": "none", "größe": "4", "empty": "", "": "5"}

        assert {
            "a_b": "1",
            "label_5g": "2",
            "label_name__": "3",
            "label_severity": "none",
            "gr__e": "4",
            "label_": "5",
        } == labels_of(given)

    def test_prefer_the_name_that_needs_no_change(self) -> None:
        """Of two that become one, the true one wins, in whatever order they come."""
        assert {"a_b": "true"} == labels_of({"a-b": "bent", "a_b": "true"}) == labels_of({"a_b": "true", "a-b": "bent"})

    @settings(max_examples=50, deadline=None)
    @given(st.dictionaries(st.text(max_size=10), st.text(max_size=600), max_size=60))
    def test_are_always_taken(self, names: dict[str, str]) -> None:
        """Whatever an orchestrator calls its things."""
        manager = FakeAlertmanager(WRITTEN)
        post(manager, telling(CONFIG, opened(labels=names)))

        assert 1 == len(manager.firing())


class TestRequest:
    @pytest.mark.parametrize("path", ["", "/", "/alertmanager", "/alertmanager/", "/api/v2/alerts"])
    def test_goes_to_the_api(self, path: str) -> None:
        """The address is the one that a browser is given, or the whole."""
        config = AlertmanagerConfig(Secret(f"http://127.0.0.1:9093{path}"), username="satark", password=Secret("hush"))
        request = write(telling(config, opened()), WRITTEN, link=LINK)

        prefix = "/alertmanager" if "alertmanager" in path else ""
        assert f"http://127.0.0.1:9093{prefix}/api/v2/alerts" == request.url.reveal()
        assert "Authorization" in request.authorization

    def test_is_for_alertmanagers(self) -> None:
        """A target of another kind is a mistake of ours."""
        with pytest.raises(TypeError, match="noc/slack is no Alertmanager"):
            write(telling(SlackConfig(URL), opened()), WRITTEN, link=LINK)

    async def test_is_taken(self, manager: FakeAlertmanager) -> None:
        """Over HTTP as well, and what the API does not take is refused for good."""
        app = web.Application()
        app.router.add_post("/api/v2/alerts", manager.answer)
        runner, poster = web.AppRunner(app), Poster()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        config = AlertmanagerConfig(Secret(f"http://127.0.0.1:{runner.addresses[0][1]}"))
        request = write(telling(config, opened()), WRITTEN, link=LINK)
        taken = await poster.post(request, WRITTEN)
        refused = await poster.post(Request(request.url, b'[{"labels": {}}]'), WRITTEN)
        await poster.close()
        await runner.cleanup()

        assert isinstance(taken, Sent)
        assert isinstance(refused, Permanent)
        assert "400" in refused.detail
        assert 1 == len(manager.firing())
