from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satark.analytics.routes.v1.questions.explaining import explained
from satark.analytics.store.client import Store
from satark.runtime.kafka import KafkaUnavailableError
from satark.runtime.said import Said
from satark.schemas import examples
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.alarms import AlarmSeverity, AlarmView
from satark.schemas.incidents import Severity
from satark.schemas.silences import Matcher, Silence
from tests.unit.analytics.v1.scene import (
    NOW,
    Post,
    ago,
    app,
    as_json,
    changed,
    get,
    incident,
    pages,
    put_incidents,
    put_notifications,
    refused,
)
from tests.unit.analytics.web.asking import ask, client

STORY = "/v1/incidents/incident-001"

FILTERS = {
    "": ["incident-001", "incident-002", "incident-003"],
    "state=open": ["incident-001", "incident-003"],
    "state=resolved": ["incident-002"],
    "severity=critical": ["incident-002", "incident-003"],
    "severity=critical&severity=warning": ["incident-001", "incident-002", "incident-003"],
    "state=open&severity=critical": ["incident-003"],
    "kind=counter": ["incident-003"],
    "entity=wan-link/b": ["incident-003"],
    "label=edge=Pune*": ["incident-001", "incident-002"],
    "start=2026-03-02T10:58:00Z": ["incident-001", "incident-002"],
    "end=2026-03-02T10:58:00Z": ["incident-003"],
}
"""What is asked, and which incidents there are then."""


def incidents(store: Store) -> None:
    """Put three incidents in the store: open, resolved, and one of another kind that became worse."""
    other: dict[str, Any] = {"entity": "wan-link/b", "kind": "counter", "labels": {"edge": "Delhi-01"}}
    worse = changed(examples.updated(), id="u3", incident="incident-003", severity=Severity.CRITICAL, time=NOW, **other)
    put_incidents(
        store,
        *incident(1, severity=Severity.WARNING),
        *incident(2, resolved=True, severity=Severity.CRITICAL),
        *incident(3, severity=Severity.WARNING, **other),
        changed(worse, opened_at=ago(minutes=63)),
    )


class TestList:
    async def test_the_youngest_first(self, store: Store) -> None:
        """Incidents come the youngest first, each as its latest event has it."""
        incidents(store)

        found = (await get(store, "/v1/incidents"))["incidents"]

        assert [(one["incident"], one["state"], one["severity"], one["events"]) for one in found] == [
            ("incident-001", "open", "warning", 1),
            ("incident-002", "resolved", "critical", 2),
            ("incident-003", "open", "critical", 2),
        ]
        assert found[1]["ended_at"] == "2026-03-02T11:03:00Z"
        assert found[0]["metrics"] == ["latency_ms_rx"]

    async def test_filters(self, store: Store) -> None:
        """The list is filtered by state, severity, kind, entity, labels and time."""
        incidents(store)

        found = {query: await get(store, f"/v1/incidents?{query}") for query in FILTERS}

        assert {query: sorted(one["incident"] for one in body["incidents"]) for query, body in found.items()} == FILTERS

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(limit=st.integers(1, 8))
    async def test_paging_gives_each_once(self, store: Store, limit: int) -> None:
        """However long the pages are, together they hold each incident once, also those of the same moment."""
        same: dict[str, Any] = {"opened_at": ago(hours=2), "time": ago(hours=2)}
        put_incidents(
            store,
            *(event for number in range(4) for event in incident(number)),
            *(event for number in range(4, 8) for event in incident(number, **same)),
        )

        async with client(app(store)) as asking:
            found = [one["incident"] for one in await pages(asking, f"/v1/incidents?limit={limit}", "incidents")]

        assert found == [f"incident-{number:03}" for number in (0, 1, 2, 3, 7, 6, 5, 4)]

    async def test_what_is_refused(self, store: Store) -> None:
        """What cannot be asked is refused."""
        wrong = ("state=over", "severity=bad", "start=yesterday", "end=1960-01-01T00:00:00Z", "limit=x", "cursor=e30")

        assert {(await refused(store, f"/v1/incidents?{query}"))[0] for query in wrong} == {400}


class TestStory:
    async def test_all_that_happened(self, store: Store) -> None:
        """A story has the events in order, who was told, who looks after it, and what keeps quiet about it."""
        put_incidents(store, *incident(1, resolved=True))
        first = changed(examples.notification(), incident="incident-001")
        put_notifications(store, first, changed(first, id="later", time=NOW, occasion="escalation"))
        said = Said()
        said.take(Acknowledgement.of(incident="incident-001", entity="e", time=NOW, by="asha"))
        quiet = Silence.of(
            matchers=[Matcher(name="edge", pattern="Pune-*")],
            starts=ago(hours=1),
            ends=ago(hours=-1),
            time=NOW,
            by="asha",
        )
        said.take(quiet)
        said.take(quiet.ended(time=ago(hours=-2), by="asha"))
        said.take(changed(quiet, silence="other", matchers=(Matcher(name="edge", pattern="Delhi"),)))

        story = await get(store, STORY, said=said)

        assert [event["event"] for event in story["events"]] == ["opened", "resolved"]
        assert [(one["channel"], one["outcome"], one["occasion"]) for one in story["notifications"]] == [
            ("email", "sent", ""),
            ("email", "sent", "escalation"),
        ]
        assert story["incident"]["acknowledged"]["by"] == "asha"
        assert story["silenced_by"] == [quiet.silence]
        assert [(one["silence"], one["by"], one["ended_by"]) for one in story["silences"]] == [
            (quiet.silence, "asha", "asha")
        ]

    async def test_events_that_are_told_twice_are_one(self, store: Store) -> None:
        """An event that was written twice is shown once."""
        for _ in range(2):
            put_incidents(store, *incident(1))

        story = await get(store, STORY)

        assert (len(story["events"]), story["incident"]["events"]) == (1, 1)

    async def test_that_is_not_there(self, store: Store) -> None:
        """An incident that nobody knows is a 404, whatever is asked of it."""
        assert await refused(store, STORY) == (404, "not_found")
        assert await refused(store, f"{STORY}/explain") == (404, "not_found")
        response = await ask(app(store), f"{STORY}/acknowledge", method="POST", json={})
        assert response.status_code == 404


class TestExplain:
    async def test_in_sentences(self, store: Store) -> None:
        """An explanation says what is wrong, what would be normal, and what decided."""
        put_incidents(store, *incident(1))

        body = await get(store, f"{STORY}/explain")

        assert body["sentences"][0].startswith("latency_ms_rx is 95 ms, more than ")
        assert body["sentences"][1] == "It is open."
        assert body["symptoms"][0]["baseline"]["n"] == examples.symptom().baseline.n

    def test_of_an_alarm_that_flaps(self) -> None:
        """An alarm is explained by its rule, and that it came and went too often."""
        alarm = AlarmView(
            type="default:few-rules", severity=AlarmSeverity.MAJOR, time=NOW, token="t", description="Few rules."
        )
        event = changed(examples.opened(), alarm=alarm, symptoms=(), flapping=True, rules=("night",), historical=True)

        sentences = explained(event).sentences

        assert sentences[0] == "The conditions of the rule default:few-rules hold (Few rules.)."
        assert "came and went" in sentences[2]
        assert "by the rules night" in sentences[3]
        assert sentences[3].endswith("so nobody was paged.")

    def test_of_one_that_is_over(self) -> None:
        """An incident that is over says since when, and after how long."""
        assert explained(examples.resolved()).sentences[1] == "It is over since 2026-03-02 10:30 UTC, after 1800 s."


class TestAcknowledge:
    async def test_is_an_event(self, store: Store) -> None:
        """Who acknowledges says so in an event, with who and when; it is shown at once."""
        put_incidents(store, *incident(1))
        post, said = Post(), Said()
        served = app(store, post=post, said=said)

        response = await ask(served, f"{STORY}/acknowledge", method="POST", json={"comment": "I look"})

        (event,) = post.events
        assert response.status_code == 201
        assert response.json() == as_json(event)
        assert event == Acknowledgement.of(
            incident="incident-001", entity=examples.ENTITY, time=NOW, by="anybody", comment="I look"
        )
        assert (await ask(served, STORY)).json()["incident"]["acknowledged"]["comment"] == "I look"

    async def test_that_kafka_does_not_take(self, store: Store) -> None:
        """What Kafka does not take was not said."""
        put_incidents(store, *incident(1))
        post, said = Post(), Said()
        post.error = KafkaUnavailableError("gone")

        response = await ask(app(store, post=post, said=said), f"{STORY}/acknowledge", method="POST", json={})

        assert (response.status_code, response.json()["code"]) == (503, "not_written")
        assert said.acknowledgements.every() == []

    async def test_what_is_refused(self, store: Store) -> None:
        """A body that is not what it should be is refused."""
        put_incidents(store, *incident(1))
        wrong: tuple[Any, ...] = ({"comment": 5}, {"comment": "x" * 2049}, {"colour": "red"}, [])

        async with client(app(store)) as asking:
            statuses = [(await asking.post(f"{STORY}/acknowledge", json=body)).status_code for body in wrong]

        assert statuses == [422] * 4
