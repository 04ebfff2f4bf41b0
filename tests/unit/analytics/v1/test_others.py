"""Groups, generators, notifications, topics and health."""

from datetime import timedelta

import pytest

from satark.analytics.store.client import Store
from satark.runtime.health import Health
from satark.schemas import examples
from satark.schemas.examples_groups import groups
from satark.schemas.generators import Connection
from satark.schemas.topics import TOPICS
from tests.unit.analytics.v1.nothing import NoStore
from tests.unit.analytics.v1.scene import (
    NOW,
    ago,
    app,
    as_json,
    changed,
    get,
    pages,
    put_generators,
    put_groups,
    put_notifications,
    refused,
)
from tests.unit.analytics.web.asking import ask, client


class TestGroups:
    async def test_a_list_and_one(self, store: Store) -> None:
        """Groups come as their latest event has them, and one with its members."""
        events = groups(examples.ENTITY, examples.LABELS, examples.BEGIN, examples.STEP)
        put_groups(store, *events)
        name = events[0].group

        body = await get(store, "/v1/incident-groups")
        one = await get(store, f"/v1/incident-groups/{name}")

        assert [(group["group"], group["state"], group["dimension"]) for group in body["groups"]] == [
            (name, "resolved", "isp")
        ]
        assert one["event"] == as_json(events[-1])
        assert (await get(store, "/v1/incident-groups?state=open"))["groups"] == []
        members = [member.incident for member in events[-1].members]
        assert body["groups"][0]["incidents"] == members
        assert len((await get(store, f"/v1/incident-groups?incident={members[0]}"))["groups"]) == 1
        assert (await get(store, "/v1/incident-groups?incident=other"))["groups"] == []
        assert await refused(store, "/v1/incident-groups/none") == (404, "not_found")

    async def test_paging_gives_each_once(self, store: Store) -> None:
        """Pages hold each group once, the youngest first."""
        (opened, *_) = groups(examples.ENTITY, examples.LABELS, examples.BEGIN, examples.STEP)
        same = [changed(opened, group=f"g{number}", opened_at=ago(hours=number // 2)) for number in range(5)]
        put_groups(store, *same)

        async with client(app(store)) as asking:
            found = await pages(asking, "/v1/incident-groups?limit=2", "groups")

        assert [group["group"] for group in found] == ["g1", "g0", "g3", "g2", "g4"]


class TestGenerators:
    async def test_a_list_and_one(self, store: Store) -> None:
        """Generators come by name with their latest session, and one with all of its sessions."""
        up = changed(examples.generator_session(), state=Connection.UP, time=ago(hours=2), id="1")
        down = changed(up, state=Connection.DOWN, time=ago(hours=1), id="2")
        other = changed(up, generator="a:b:c:0", id="3")
        put_generators(store, up, down, other)

        body = await get(store, "/v1/generators")
        one = await get(store, f"/v1/generators/{up.generator}")

        assert [(each["generator"], each["state"]) for each in body["generators"]] == [
            ("a:b:c:0", "up"),
            (up.generator, "down"),
        ]
        assert one == {"generator": up.generator, "sessions": [as_json(each) for each in (down, up)]}
        assert len((await get(store, "/v1/generators?state=up"))["generators"]) == 1
        assert await refused(store, "/v1/generators/x:y") == (404, "not_found")
        async with client(app(store)) as asking:
            assert len(await pages(asking, "/v1/generators?limit=1", "generators")) == 2


class TestNotifications:
    async def test_filters_and_pages(self, store: Store) -> None:
        """Who was told comes the youngest first, each once, and filtered by incident, channel, outcome and time."""
        one = examples.notification()
        times = [NOW - timedelta(minutes=number // 2) for number in range(5)]
        every = [changed(one, id=f"n{at}", incident=f"i{at}", time=time) for at, time in enumerate(times)]
        put_notifications(store, *every)

        async with client(app(store)) as asking:
            found = await pages(asking, "/v1/notifications?limit=2", "notifications")

        assert [each["id"] for each in found] == ["n1", "n0", "n3", "n2", "n4"]
        for query, number in {
            "incident=i3": 1,
            "channel=email": 5,
            "channel=sms": 0,
            "outcome=failed": 0,
            "start=2026-03-02T11:59:00Z": 4,
            "end=2026-03-02T11:59:00Z": 1,
        }.items():
            assert len((await get(store, f"/v1/notifications?{query}"))["notifications"]) == number


class TestAbout:
    async def test_topics_are_those_of_the_contract(self) -> None:
        """Every topic of the contract is listed with what travels there."""
        body = await get(NoStore(), "/v1/topics")

        assert [topic["name"] for topic in body["topics"]] == [topic.name for topic in TOPICS]
        assert body["topics"][0]["events"] == ["satark.metric.sample.v1"]
        assert body["topics"][0]["retention_s"] == 7 * 86_400

    @pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
    async def test_health_tells_reasons(self, ready: bool, status: int) -> None:
        """Health says which parts are not ready and why, and its status says whether all are."""
        health = Health()
        health.set("store", ready=True)
        health.set("objects", ready=ready, reason="reading, 5 %")

        response = await ask(app(NoStore(), health=health), "/v1/health")

        assert response.status_code == status
        assert response.json() == {
            "ready": ready,
            "version": "1.2.3",
            "parts": [
                {"name": "store", "ready": True, "reason": ""},
                {"name": "objects", "ready": ready, "reason": "reading, 5 %"},
            ],
        }

    async def test_the_document_is_served(self) -> None:
        """The document of all routes is served, and need not be sent twice."""
        served = app(NoStore())
        first = await ask(served, "/v1/openapi.json")

        again = await ask(served, "/v1/openapi.json", headers={"If-None-Match": first.headers["etag"]})

        assert first.json()["openapi"] == "3.1.0"
        assert "/v1/links/{link}" in first.json()["paths"]
        assert again.status_code == 304
