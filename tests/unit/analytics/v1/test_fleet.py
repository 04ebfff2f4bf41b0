from datetime import datetime, timedelta
from typing import Any

from satark.analytics.routes.v1.questions.fleet import BINS, METRICS, start_of
from satark.analytics.routes.v1.questions.fleet_told import Condition, condition, words
from satark.analytics.states import States
from satark.analytics.store.client import Store
from satark.schemas import examples
from satark.schemas.metrics import JITTER_MS_RX, LATENCY_MS_RX, LATENCY_MS_TX
from satark.schemas.states import State
from tests.unit.analytics.v1.scene import (
    LINK,
    NOW,
    PUNE,
    ago,
    app,
    changed,
    get,
    incident,
    put_baselines,
    put_incidents,
    put_samples,
    sample,
)
from tests.unit.analytics.web.asking import client

OTHER = "wan-link/b"
LEARNT = {"time": ago(minutes=30), "centre": None, "low": None, "high": None, "limit_value": None}
"""A row of what is normal, of which only the state counts here."""


def known(**found: State) -> States:
    """Return what is known of links, named by the ends of their keys."""
    states = States()
    for name, state in found.items():
        states.take(changed(examples.state(), entity=f"wan-link/{name}", state=state))
    return states


async def by_entity(store: Store, column: str, **options: Any) -> dict[str, str]:
    """Return a column of words by the links' keys."""
    links = (await get(store, "/v1/fleet", **options))["links"]
    told = [links[column]["words"][at] for at in links[column]["at"]]
    return dict(zip(links["entity"], told, strict=True))


class TestConditions:
    def test_what_the_orchestrator_says_comes_first(self) -> None:
        """A link that is said to be down is offline, a silent one has no data, and of the others some are still learnt."""
        fresh, old = ago(minutes=10), ago(hours=1)

        assert condition(State.LINK_DOWN, fresh, NOW, learning=True) is Condition.OFFLINE
        assert condition(State.EDGE_OFFLINE, old, NOW, learning=False) is Condition.OFFLINE
        assert condition(State.IDLE, old, NOW, learning=True) is Condition.NO_DATA
        assert condition(None, fresh, NOW, learning=True) is Condition.LEARNING
        assert condition(State.OK, fresh, NOW, learning=False) is Condition.OK

    async def test_of_each_link(self, store: Store) -> None:
        """Each link comes with its condition, and with what its orchestrator says."""
        put_samples(store, *(sample(f"wan-link/{name}", ago(minutes=10)) for name in ("a", "b", "c")))
        put_samples(store, sample("wan-link/d", ago(hours=3)), sample("counter/x", ago(minutes=5), kind="counter"))
        put_baselines(store, LEARNT | {"entity": OTHER, "state": "learning"})
        states = known(c=State.LINK_DOWN, d=State.STANDBY)

        found = await by_entity(store, "condition", states=states)

        assert found == {"wan-link/a": "ok", OTHER: "learning", "wan-link/c": "offline", "wan-link/d": "no-data"}
        assert (await by_entity(store, "told", states=states))["wan-link/d"] == "standby"

    async def test_what_was_learnt_since_is_no_longer_learnt(self, store: Store) -> None:
        """A link is learnt as long as the newest that was told of one of its metrics says so."""
        put_samples(store, sample(LINK, ago(minutes=10)), sample(OTHER, ago(minutes=10)))
        put_baselines(
            store,
            LEARNT | {"time": ago(minutes=60), "state": "learning"},
            LEARNT,
            LEARNT | {"entity": OTHER},
            LEARNT | {"entity": OTHER, "state": "learning", "metric": JITTER_MS_RX},
        )

        assert await by_entity(store, "condition") == {OTHER: "learning", LINK: "ok"}

    async def test_who_is_gone_is_left_out(self, store: Store) -> None:
        """A link that its orchestrator does not name any more is shown for a day, and any silent one for a month."""
        put_samples(store, sample("wan-link/a", ago(days=2)), sample("wan-link/b", ago(hours=2)))
        put_samples(store, sample("wan-link/c", ago(days=2)), sample("wan-link/d", ago(days=31)))

        links = (await get(store, "/v1/fleet", states=known(a=State.GONE, b=State.GONE)))["links"]

        assert links["entity"] == ["wan-link/b", "wan-link/c"]


class TestLines:
    async def test_a_letter_a_bin(self, store: Store) -> None:
        """A line has a letter for each half-hour, a point where nothing was measured, and `v` at its top."""
        both = {LATENCY_MS_RX: 80.0, LATENCY_MS_TX: 40.0}
        put_samples(
            store,
            sample(LINK, start_of(NOW), metrics=both),
            sample(LINK, ago(minutes=40), metrics={LATENCY_MS_TX: 0.0}),
            sample(LINK, ago(minutes=10), 10.0),
            sample(LINK, ago(minutes=5), 30.0),
        )

        body = await get(store, "/v1/fleet")

        assert (body["start"], body["step_s"], body["bins"]) == ("2026-03-01T12:00:00Z", 1800, BINS)
        assert body["links"]["top_ms"] == [80.0]
        assert body["links"]["rx"] == ["v" + "." * 46 + "8"]
        assert body["links"]["tx"] == ["g" + "." * 45 + "0."]

    async def test_a_quiet_line_stays_low(self, store: Store) -> None:
        """Lines end no lower than 20 ms; what was not measured in a day has none."""
        put_samples(store, sample(LINK, ago(minutes=10), 2.0), sample(OTHER, ago(days=2)))

        links = (await get(store, "/v1/fleet"))["links"]

        assert dict(zip(links["entity"], links["top_ms"], strict=True)) == {OTHER: 0.0, LINK: 20.0}
        assert [line.strip(".") for line in links["rx"]] == ["", "3"]

    def test_bins_stay_where_they_are_for_minutes(self) -> None:
        """Bins end at the last five minutes, so that the last one has all that there is."""
        assert start_of(NOW + timedelta(minutes=4)) == start_of(NOW) == NOW - timedelta(days=1)
        assert start_of(NOW + timedelta(minutes=5)) == start_of(NOW) + timedelta(minutes=5)


class TestValues:
    async def test_of_the_newest_sample(self, store: Store) -> None:
        """Values are those of the newest sample, to three digits; its age counts from its end."""
        put_samples(
            store,
            sample(LINK, ago(minutes=15), metrics={LATENCY_MS_RX: 21.0, JITTER_MS_RX: 2.0}),
            sample(LINK, ago(minutes=10), metrics={LATENCY_MS_RX: 123.456}),
        )

        links = (await get(store, "/v1/fleet"))["links"]

        assert links["age_s"] == [300]
        assert {metric: value for metric, (value,) in links["values"].items() if value is not None} == {
            LATENCY_MS_RX: 123.0
        }
        assert sorted(links["values"]) == sorted(METRICS)

    async def test_names(self, store: Store) -> None:
        """Names that come often are told once; what a link has no name for is empty."""
        put_samples(store, sample(LINK, ago(minutes=10)), sample(OTHER, ago(minutes=10), labels={**PUNE, "isp": "Jio"}))

        links = (await get(store, "/v1/fleet"))["links"]

        assert links["enterprise"] == {"words": ["Example Retail"], "at": [0, 0]}
        assert links["isp"] == {"words": ["", "Jio"], "at": [1, 0]}
        assert links["edge"] == ["Pune-01", "Pune-01"]

    def test_words_are_in_order(self) -> None:
        """Words come in order, each once."""
        told = words(["b", "a", "b"])

        assert (told.words, told.at) == (["a", "b"], [1, 0, 1])


async def test_open_incidents_come_with_their_metric(store: Store) -> None:
    """Open incidents of links come with their severity and their metric, resolved ones and those of others do not."""
    put_samples(store, sample(LINK, ago(minutes=10)), sample(OTHER, ago(minutes=10)))
    put_incidents(
        store,
        *incident(1, entity=OTHER),
        *incident(2, entity=LINK, resolved=True),
        *incident(3, entity="wan-link/unknown"),
        *incident(4, entity=LINK, kind="uve"),
    )

    found = (await get(store, "/v1/fleet"))["incidents"]

    assert found == {
        "incident": ["incident-001"],
        "entity": [OTHER],
        "severity": ["warning"],
        "metric": [LATENCY_MS_RX],
        "opened_at": ["2026-03-02T10:59:00Z"],
    }


async def test_an_incident_s_metric_is_its_worst(store: Store) -> None:
    """Of several symptoms the worst of those that last is named, as in the incident's mails and on its page."""
    (symptom,) = examples.opened().symptoms
    told = (
        changed(symptom, metric=JITTER_MS_RX, distance=4.0),
        changed(symptom, metric=LATENCY_MS_RX, distance=9.0),
        changed(symptom, metric=LATENCY_MS_TX, distance=40.0, active=False),
    )
    put_samples(store, sample(LINK, ago(minutes=10)))
    put_incidents(store, *incident(1, entity=LINK, symptoms=told))

    assert [LATENCY_MS_RX] == (await get(store, "/v1/fleet"))["incidents"]["metric"]


async def test_many_who_ask_cost_as_much_as_one(store: Store) -> None:
    """An answer is given again for some seconds; who has it already is not sent it."""
    times = [NOW]

    def now() -> datetime:
        return times[-1]

    put_samples(store, sample(LINK, ago(minutes=10)))
    async with client(app(store, now=now)) as asking:
        first = await asking.get("/v1/fleet")
        put_samples(store, sample(OTHER, ago(minutes=10)))
        times.append(NOW + timedelta(seconds=14))
        again = await asking.get("/v1/fleet", headers={"If-None-Match": first.headers["ETag"]})
        times.append(NOW + timedelta(seconds=15))
        later = await asking.get("/v1/fleet")

    assert (first.json()["links"]["entity"], again.status_code) == ([LINK], 304)
    assert later.json()["links"]["entity"] == [OTHER, LINK]


async def test_a_days_lines_are_asked_for_when_their_bins_move(store: Store) -> None:
    """Lines are the same until their bins move, within minutes; everything else is as of now."""
    times = [NOW]
    put_samples(store, sample(LINK, ago(minutes=10), 40.0))
    async with client(app(store, now=lambda: times[-1])) as asking:
        await asking.get("/v1/fleet")
        put_samples(store, sample(LINK, ago(minutes=5), 20.0))
        times.append(NOW + timedelta(minutes=4))
        soon = (await asking.get("/v1/fleet")).json()["links"]
        times.append(NOW + timedelta(minutes=5))
        later = (await asking.get("/v1/fleet")).json()["links"]

    assert (soon["values"][LATENCY_MS_RX], soon["top_ms"], later["top_ms"]) == ([20.0], [40.0], [30.0])


async def test_an_empty_store_has_no_links(store: Store) -> None:
    """Where nothing was measured there are no links, and nobody is left out."""
    body = await get(store, "/v1/fleet")

    assert (body["links"]["entity"], body["incidents"]["incident"], body["left_out"]) == ([], [], 0)
