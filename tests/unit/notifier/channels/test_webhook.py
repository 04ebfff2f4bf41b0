import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from satark.notifier.channels.webhook import signature, write
from satark.notifier.channels.webhook_message import MAX_INCIDENTS, PATH, documents, schema
from satark.notifier.channels.words import linking
from satark.notifier.routing.receivers import SlackConfig, WebhookConfig
from satark.notifier.telling import Aside, Occasion, Told
from satark.runtime.secret import Secret
from satark.schemas.compatibility import incompatibilities
from satark.schemas.incidents import IncidentOpened
from tests.support.environment import REPOSITORY
from tests.unit.notifier.channels.tellings import URL, heartbeat, telling
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.sayings import seen
from tests.unit.notifier.scenes import LONDON, WRITTEN, alarm, blind, opened, resolved, updated

LINK = linking("https://console.example.net/?incident={incident}")
CONFIG = WebhookConfig(URL, Secret("open sesame"))
VALIDATOR = Draft202012Validator(schema(), format_checker=FormatChecker())


def sent(told: Told, **later: float) -> dict[str, Any]:
    """Return the message that a webhook gets, checked with the schema."""
    message: dict[str, Any] = json.loads(write(told, WRITTEN + timedelta(**later), link=LINK).body)
    VALIDATOR.validate(message)
    return message


def many(count: int) -> list[IncidentOpened]:
    """Return incidents of as many links."""
    return [opened(entity=f"wan-link/vco.example.net/4101/{number}") for number in range(count)]


class TestMessage:
    def test_tells_of_an_incident(self) -> None:
        """The event is there as the contract has it, with words for people and a link."""
        event = opened()
        message = sent(telling(CONFIG, event))

        (part,) = message["incidents"]
        assert ("1", "incidents", "noc", "noc/webhook") == tuple(
            message[name] for name in ("version", "kind", "receiver", "target")
        )
        assert (1, {}) == (message["incident_count"], message["shared"])
        assert ("event", "opened", part["id"]) == (part["occasion"], part["state"], message["id"])
        assert part["summary"].startswith("[OPENED] LDN-vVCE / BT Business Broadband: download latency 100 ms")
        assert "2026-11-21 12:00 UTC" in part["description"]
        assert event.id == part["incident"]["id"]
        assert part["incident"]["symptoms"][0]["recent"]
        assert f"https://console.example.net/?incident={event.incident}" == part["console_url"]

    @pytest.mark.parametrize(
        "event",
        [alarm(), blind(), updated(opened()), resolved(opened()), group(*map(incident, range(3)))],
        ids=lambda e: type(e).__name__,
    )
    def test_tells_of_whatever_there_is(self, event: Any) -> None:
        """Alarms, orchestrators and groups have the same envelope."""
        (part,) = sent(telling(CONFIG, event))["incidents"]

        assert part["state"] == part.get("incident", part.get("group"))["event"]

    def test_tells_of_several_without_their_samples(self) -> None:
        """A digest says what they share, and is no archive."""
        message = sent(telling(CONFIG, group(*map(incident, range(3))), *many(3), shared=(("site", "London"),)))

        assert {"site": "London"} == message["shared"]
        assert 4 == len(message["incidents"]) == message["incident_count"]
        assert not any("recent" in part["incident"]["symptoms"][0] for part in message["incidents"][1:])
        assert 3 == message["incidents"][0]["group"]["member_count"]

    @pytest.mark.parametrize(("most", "count"), [(2, 2), (0, 5), (9, 5)])
    def test_leaves_out_what_is_too_much(self, most: int, count: int) -> None:
        """What was cut is counted."""
        message = sent(telling(WebhookConfig(URL, max_incidents=most), *many(5)))

        assert (5, count) == (message["incident_count"], len(message["incidents"]))
        assert 5 - count == message.get("omitted", 0)

    def test_is_never_endless(self) -> None:
        """A storm fits into a message, whatever the configuration says."""
        message = sent(telling(CONFIG, *many(MAX_INCIDENTS + 1)))

        assert (MAX_INCIDENTS, 1) == (len(message["incidents"]), message["omitted"])

    def test_tells_why(self) -> None:
        """Reminders, fallbacks and who has seen it are there for programs too."""
        event = opened()
        aside = Aside(seen=seen(event), occasion=Occasion.FALLBACK, instead_of="oncall")
        (part,) = sent(telling(CONFIG, event, aside=aside))["incidents"]

        assert ("fallback", "oncall", "ben") == (part["occasion"], part["instead_of"], part["acknowledgement"]["by"])
        assert "because oncall could not be reached" in part["description"]

    def test_tells_that_all_is_alive(self) -> None:
        """A heartbeat has counts, and no incident."""
        message = sent(heartbeat(CONFIG, failing=("ops/slack",)))

        assert ("heartbeat", [], 0) == (message["kind"], message["incidents"], message["incident_count"])
        assert ["ops/slack"] == message["heartbeat"]["failing"]
        assert 2 == message["heartbeat"]["open_incidents"]

    def test_takes_names_as_they_are(self) -> None:
        """JSON has its own way with quotes and signs; a line break in a name ends no line of the summary."""
        name = 'a "quoted"\r\nX-Evil: <b>\u202e'
        (part,) = sent(telling(CONFIG, opened(labels=LONDON | {"edge": name})))["incidents"]

        assert name == part["incident"]["labels"]["edge"]
        assert "\n" not in part["summary"]


class TestRequest:
    def test_has_the_same_ids_in_a_retry(self) -> None:
        """Who gets it twice knows it by its id; the signature is of the moment."""
        told = telling(CONFIG, opened())
        first, second = write(told, WRITTEN, link=LINK), write(told, WRITTEN + timedelta(minutes=5), link=LINK)

        ids = dict.fromkeys(("X-Satark-Message-Id", "Idempotency-Key"), told.id)
        assert ids == {name: first.headers[name] for name in ids} == {name: second.headers[name] for name in ids}
        assert first.headers["X-Satark-Signature"] != second.headers["X-Satark-Signature"]

    def test_is_not_signed_without_a_secret(self) -> None:
        """An empty secret would be a lie."""
        assert "X-Satark-Signature" not in write(telling(WebhookConfig(URL), opened()), WRITTEN, link=LINK).headers

    def test_is_for_webhooks(self) -> None:
        """A target of another kind is a mistake of ours."""
        with pytest.raises(TypeError, match="noc/slack is no webhook"):
            write(telling(SlackConfig(URL), opened()), WRITTEN, link=LINK)


class TestSignature:
    def test_is_of_time_and_body(self) -> None:
        """The header's form, by the standard library's own HMAC."""
        expected = hmac.new(b"open sesame", b"1795264200.{}", "sha256").hexdigest()

        assert f"t=1795264200,v1={expected}" == signature(Secret("open sesame"), b"{}", WRITTEN + timedelta(minutes=15))

    @given(body=st.binary(), other=st.binary(), word=st.text(min_size=1), later_s=st.integers(0, 10**6))
    def test_differs_with_whatever_is_signed(self, body: bytes, other: bytes, word: str, later_s: int) -> None:
        """Another body, another secret or another second gives another signature; the same gives the same."""
        made = signature(Secret(word), body, WRITTEN)
        time, digest = (part.split("=") for part in made.split(","))

        assert made == signature(Secret(word), body, WRITTEN)
        assert ("t", "v1") == (time[0], digest[0])
        assert (made == signature(Secret(word), other, WRITTEN)) == (body == other)
        assert (made == signature(Secret(word), body, WRITTEN + timedelta(seconds=later_s))) == (later_s == 0)
        assert made != signature(Secret(f"{word}x"), body, WRITTEN)


class TestSchema:
    def test_is_a_schema(self) -> None:
        """It is a schema itself."""
        Draft202012Validator.check_schema(schema())

    def test_is_the_committed_one(self) -> None:
        """What is committed is made of the code."""
        assert documents()[PATH] == (REPOSITORY / PATH).read_text()

    def test_stays_compatible_with_what_was_released(self) -> None:
        """Programs were written for version 1: what they read stays, and what they may not know is optional."""
        released = json.loads((REPOSITORY / "schemas" / "webhook" / "released" / "v1.json").read_text())

        assert () == incompatibilities(released, schema())
        Draft202012Validator(released).validate(sent(telling(CONFIG, opened())))
        Draft202012Validator(released).validate(sent(heartbeat(CONFIG)))

    @pytest.mark.parametrize(
        "change", [{"version": "2"}, {"kind": "news"}, {"incident_count": -1}, {"incidents": [{}]}, {"sent_at": 5}]
    )
    def test_refuses_what_is_no_message(self, change: dict[str, Any]) -> None:
        """It is worth validating with."""
        assert not VALIDATOR.is_valid(sent(telling(CONFIG, opened())) | change)
