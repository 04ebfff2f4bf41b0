"""Section 2.5 of the analytics specification as tables."""

import asyncio
from typing import Any

import pytest

from satark.analytics.routes import alarms as routes_of_alarms
from satark.analytics.web.route import Role
from satark.runtime.kafka import KafkaError
from satark.schemas.alarms import AlarmSeverity
from tests.support.waiting import eventually
from tests.unit.analytics.mirror.records import (
    G1,
    RULES,
    TIME,
    VN,
    alarm,
    number,
    record,
    rows,
    state,
    text,
    uve_of,
    without_state,
)
from tests.unit.analytics.routes.serving import TOKENS, Served, serving

NODE = "ObjectCollectorInfo:a6s40"
UVE = uve_of({("NodeStatus", G1): {"x": number(1)}})
TYPE = alarm().type
AT = "/analytics/alarms/acknowledge"
OK, BAD, MISSING, FAILED, UNAVAILABLE = 200, 400, 404, 500, 503
TIME_US = round(TIME.timestamp() * 1e6)


def alarmed(*alarms: Any) -> Served:
    """A node with these alarms."""
    return serving([*rows(NODE, UVE), state(NODE, UVE, alarms or [alarm()])])


class TestAll:
    async def test_the_shape(self) -> None:
        """By type, objects with their alarms and nothing else; the token says nothing to its reader."""
        found = await alarmed().json("/analytics/alarms")

        shown = {
            "type": TYPE,
            "severity": 0,
            "timestamp": TIME_US,
            "token": TOKENS.of(NODE, TYPE, "seen-1"),
            "ack": False,
            "description": "Process Failure.",
            "alarm_rules": RULES,
        }
        assert {
            "analytics-node": [{"name": "a6s40", "value": {"UVEAlarms": {"__T": TIME_US, "alarms": [shown]}}}]
        } == found

    async def test_no_alarms(self) -> None:
        """An empty object."""
        assert {} == await serving([*rows(NODE, UVE), state(NODE, UVE)]).json("/analytics/alarms")

    async def test_an_object_that_has_only_alarms_is_listed(self) -> None:
        """The original looks only where there is an ordinary struct, too."""
        told = uve_of({("UVEAlarms", "c1:Analytics:contrail-alarm-gen:0"): {"alarms": text("some")}})

        found = await serving(rows("ObjectFoo:f", told)).json("/analytics/alarms")

        assert ["ObjectFoo"] == list(found)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", {"analytics-node": ["a6s40"], "vrouter": ["b1", "b2"]}),
            ("tablefilt=vrouter", {"vrouter": ["b1", "b2"]}),
            ("tablefilt=ObjectVRouter,prouter", {"vrouter": ["b1", "b2"]}),
            ("kfilt=b*", {"vrouter": ["b1", "b2"]}),
            ("kfilt=b.", {}),
            ("ackfilt=true", {"vrouter": ["b2"]}),
            ("ackfilt=false", {"analytics-node": ["a6s40"], "vrouter": ["b1"]}),
            ("sfilt=satark", {"analytics-node": ["a6s40"], "vrouter": ["b1", "b2"]}),
            ("mfilt=satark-detector", {"analytics-node": ["a6s40"], "vrouter": ["b1", "b2"]}),
            ("sfilt=h1", {}),
            ("cfilt=NodeStatus", {"analytics-node": ["a6s40"], "vrouter": ["b1", "b2"]}),
        ],
    )
    async def test_filters(self, query: str, expected: Any) -> None:
        """Tables, names, who says so, and acknowledgement; cfilt is fixed."""
        found = alarmed()
        found.take(state("ObjectVRouter:b1", UVE, [alarm()]))
        found.take(state("ObjectVRouter:b2", UVE, [alarm(acknowledged=True, severity=AlarmSeverity.MINOR)]))

        shown = await found.json(f"/analytics/alarms?{query}")

        assert expected == {table: [each["name"] for each in objects] for table, objects in shown.items()}

    async def test_a_wrong_ackfilt_is_refused(self) -> None:
        """With 400."""
        assert BAD == (await alarmed().ask("/analytics/alarms?ackfilt=perhaps")).status_code

    async def test_what_may_lack_something_says_so(self) -> None:
        """The answer as it is, with status 500."""
        found = alarmed()
        found.mirror.ready = False

        response = await found.ask("/analytics/alarms")

        assert (FAILED, ["analytics-node"]) == (response.status_code, list(response.json()))


def asking(**other: Any) -> dict[str, Any]:
    """What acknowledges the alarm of the node, but for what is other."""
    token = TOKENS.of(NODE, TYPE, "seen-1")
    return {"table": "analytics-node", "name": "a6s40", "type": TYPE, "token": token, **other}


class TestAcknowledge:
    async def test_it_is_written_and_awaited(self) -> None:
        """The detector is told who has seen what; when it shows so, the answer is 200 without a body."""
        found = alarmed()
        asked = asyncio.ensure_future(found.ask(AT, method="POST", json=asking()))
        await eventually(lambda: found.written, what="the acknowledgement")
        pending = asked.done()

        found.take(state(NODE, UVE, [alarm(acknowledged=True)]))
        response = await asked

        (event,) = found.written
        assert (False, OK, b"") == (pending, response.status_code, response.content)
        assert (NODE, TYPE, "seen-1", "anybody", TIME) == (event.entity, event.type, event.token, event.by, event.time)

    async def test_once_is_enough(self) -> None:
        """What is acknowledged already is so: 200, and nothing is written."""
        found = alarmed(alarm(acknowledged=True))

        response = await found.ask(AT, method="POST", json=asking(table="ObjectCollectorInfo"))

        assert (OK, []) == (response.status_code, found.written)

    @pytest.mark.parametrize(
        ("other", "status", "code"),
        [
            ({"token": "no base64"}, MISSING, "bad_token"),
            ({"token": "ä"}, MISSING, "bad_token"),
            ({"token": "A" * 1_000}, MISSING, "bad_token"),
            ({"token": "eyJ0aW1lc3RhbXAiOiAxLCAiaG9zdF9pcCI6ICIxMC4wLjAuMSJ9"}, MISSING, "bad_token"),
            ({"token": TOKENS.of(NODE, "another:type", "seen-1")}, MISSING, "bad_token"),
            ({"name": "a6s41"}, MISSING, "bad_token"),
            ({"type": 7}, MISSING, "bad_fields"),
            ({"token": TOKENS.of(NODE, TYPE, "seen-0")}, FAILED, "alarm_changed"),
            ({"name": "a6s41", "token": TOKENS.of("ObjectCollectorInfo:a6s41", TYPE, "x")}, FAILED, "no_such_alarm"),
            ({"type": "a:b", "token": TOKENS.of(NODE, "a:b", "x")}, FAILED, "no_such_alarm"),
        ],
    )
    async def test_what_cannot_be_acknowledged(self, other: Any, status: int, code: str) -> None:
        """404 for a token that was never given out for this alarm, 500 for an alarm that is not there as it was seen."""
        found = alarmed()

        response = await found.ask(AT, method="POST", json=asking(**other))

        assert (status, code, []) == (response.status_code, response.json()["code"], found.written)

    @pytest.mark.parametrize("name", ["table", "name", "type", "token"])
    async def test_a_missing_member(self, name: str) -> None:
        """404, in the original's words."""
        body = {key: value for key, value in asking().items() if key != name}

        response = await alarmed().ask(AT, method="POST", json=body)

        told = f"Alarm acknowledge request does not contain the fields {{{name}}}"
        assert (MISSING, told) == (response.status_code, response.json()["detail"])

    @pytest.mark.parametrize(
        ("content", "kind"), [(b"{", "application/json"), (b"[]", "application/json"), (b"{}", "text/plain")]
    )
    async def test_what_is_no_json_object(self, content: bytes, kind: str) -> None:
        """400, by its content or its type."""
        response = await alarmed().ask(AT, method="POST", content=content, headers={"Content-Type": kind})

        assert BAD == response.status_code

    async def test_an_alarm_that_changes_meanwhile(self) -> None:
        """500: what was acknowledged is not there any more."""
        found = alarmed()
        asked = asyncio.ensure_future(found.ask(AT, method="POST", json=asking()))
        await eventually(lambda: found.written, what="the acknowledgement")

        found.take(without_state(NODE))

        assert FAILED == (await asked).status_code

    async def test_nobody_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """503: there may be no detector."""
        monkeypatch.setattr(routes_of_alarms, "ANSWER_S", 0.05)

        response = await alarmed().ask(AT, method="POST", json=asking())

        assert (UNAVAILABLE, "no_answer") == (response.status_code, response.json()["code"])

    async def test_kafka_does_not_take_it(self) -> None:
        """503: nothing is told to anybody."""
        found = alarmed()
        found.refusal = KafkaError("gone")

        response = await found.ask(AT, method="POST", json=asking())

        assert (UNAVAILABLE, "not_written") == (response.status_code, response.json()["code"])

    def test_it_needs_a_role(self) -> None:
        """Reading alone does not suffice."""
        (route,) = [route for route in serving().routes() if route.path == AT]

        assert Role.OPERATE == route.role

    async def test_other_records_do_not_disturb(self) -> None:
        """While the answer is awaited the world goes on."""
        found = alarmed()
        asked = asyncio.ensure_future(found.ask(AT, method="POST", json=asking()))
        await eventually(lambda: found.written, what="the acknowledgement")

        found.take(record("satark.uve-state.v1", VN.encode(), b"{}"))
        await asyncio.sleep(0)
        pending = asked.done()
        found.take(state(NODE, UVE, [alarm(acknowledged=True)]))

        assert (False, OK) == (pending, (await asked).status_code)
