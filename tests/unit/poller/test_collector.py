"""Collector against the simulated orchestrator: nothing is missed, nothing is published twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satark.poller import errors, metrics, portal
from satark.poller.settings import PollerSettings
from satark.runtime.backoff import Backoff
from satark.simulators.vco.faults import LateBucket
from satark.simulators.vco.server import RunningVco, running_vco
from tests.support.waiting import eventually
from tests.unit.poller.doubles import (
    BROADBAND_B,
    FIBRE_A,
    NOON,
    SAMPLES,
    CrashError,
    MemoryJournal,
    collector_for,
    scripted_vco,
    settings_for,
)

STEP = timedelta(minutes=5)
QUALITY = "linkQualityEvent/getLinkQualityEvents"
LINKS = {FIBRE_A, BROADBAND_B}


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "RETRY_BACKOFF", Backoff(first_s=0.01, max_s=0.01))


def customer(vco: RunningVco, **changes: Any) -> PollerSettings:
    """Return settings with the customer's token."""
    return settings_for(vco.url, vco_token=vco.accounts["customer"].token, **changes)


def operator(vco: RunningVco, **changes: Any) -> PollerSettings:
    """Return settings with the operator's token."""
    return settings_for(vco.url, vco_token=vco.accounts["operator"].token, **changes)


def times_of(journal: MemoryJournal, link: str = FIBRE_A) -> list[datetime]:
    """Return the starts of a link's published samples in the order of publication."""
    return [sample.time for sample in journal.samples if sample.labels["link_id"] == link]


def skipped_windows(cause: str) -> float:
    """Return how many windows were given up so far."""
    return float(metrics.WINDOWS_SKIPPED.labels(cause)._value.get())


class TestFirstLook:
    async def test_the_hour_before(self, vco: RunningVco) -> None:
        """A cold start reads 65 minutes of every link up to the newest complete bucket."""
        journal = MemoryJournal()
        report = await collector_for(customer(vco), journal).cycle()

        assert report.goal == NOON
        assert times_of(journal) == [NOON - i * STEP for i in range(13, 0, -1)]
        assert {sample.labels["link_id"] for sample in journal.samples} > LINKS
        assert report.samples["published"] == len(journal.samples) == len(set(journal.ids))
        assert report.problem is None
        assert journal.checkpoints[-1].window_end == NOON

    async def test_replays_the_sample_hour(self) -> None:
        """The sample payload comes out as 24 samples, whatever clock the machine has."""
        hour = msgspec.json.decode((SAMPLES / "v1_link_quality_events_1h_2links.response.json").read_bytes())["result"]
        edges = msgspec.json.decode((SAMPLES / "v1_enterprise_edges.response.json").read_bytes())["result"]
        answers = {
            "system/getVersionInfo": {"version": "5.2"},
            "enterprise/getEnterprise": {"id": 4101, "name": "Northwind Freight Ltd"},
            "enterprise/getEnterpriseEdges": edges[:1],
            QUALITY: hour,
        }

        def reply(method: str, _: Any) -> web.Response:
            body = {"jsonrpc": "2.0", "result": answers[method], "id": 1}
            return web.json_response(body, headers={"Date": "Tue, 10 Mar 2026 12:10:00 GMT"})

        journal = MemoryJournal()
        async with scripted_vco(reply) as vco:
            await collector_for(settings_for(vco.url), journal).cycle()

        assert len(journal.samples) == 24
        assert {sample.labels["link"] for sample in journal.samples} == {"Fibre A", "Broadband B"}

    async def test_one_request_an_edge(self, vco: RunningVco) -> None:
        """A steady look costs a probe and one request an edge; one without a new bucket costs a probe."""
        collector = collector_for(customer(vco), MemoryJournal())
        await collector.cycle()
        vco.sim.advance(300)
        before = vco.sim.calls.copy()
        await collector.cycle()
        await collector.cycle()

        assert vco.sim.calls - before == Counter({QUALITY: 3, "system/getVersionInfo": 2})

    async def test_patterns(self, vco: RunningVco) -> None:
        """Only the wanted enterprises are read; all of an operator's without a pattern."""
        alder, everything = MemoryJournal(), MemoryJournal()
        await collector_for(operator(vco, enterprises=("alder*",)), alder).cycle()
        await collector_for(operator(vco), everything).cycle()

        assert {sample.labels["enterprise_id"] for sample in alder.samples} == {"4102"}
        assert {sample.labels["enterprise_id"] for sample in everything.samples} == {"4101", "4102"}


class TestSteady:
    async def test_bucket_after_bucket(self, vco: RunningVco) -> None:
        """Each look publishes the new bucket and nothing twice."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        for _ in range(4):
            await collector.cycle()
            vco.sim.advance(300)

        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 3)]
        assert len(journal.ids) == len(set(journal.ids))

    async def test_late_bucket(self, vco: RunningVco) -> None:
        """A bucket that comes late is published late, at its own time."""
        vco.sim.change(late_buckets=(LateBucket(link=BROADBAND_B, at=NOON - STEP, delay_s=900),))
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        missing = NOON - STEP not in times_of(journal, BROADBAND_B)
        vco.sim.advance(600)
        report = await collector.cycle()

        assert missing
        assert times_of(journal, BROADBAND_B).count(NOON - STEP) == 1
        assert report.samples["late"] == 1

    async def test_outage_is_filled(self, vco: RunningVco) -> None:
        """After two hours of silence every bucket of them is published once."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.fail("*", "bad_gateway", times=None)
        vco.sim.advance(7200)
        with pytest.raises(errors.ServerError):
            await collector.cycle()
        vco.sim.heal()
        await collector.cycle()

        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 24)]

    async def test_gap_is_counted(self, vco: RunningVco) -> None:
        """What is older than the largest backfill is given up and counted for each edge."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, max_backfill_s=3900), journal)
        await collector.cycle()
        before = skipped_windows("gap")
        vco.sim.advance(7200)
        await collector.cycle()

        assert skipped_windows("gap") - before == 3 * (24 - 13)
        assert journal.checkpoints[-1].window_end == NOON + timedelta(hours=2)

    async def test_clock_set_back(self, vco: RunningVco) -> None:
        """An orchestrator whose clock is set back is read on, and no id is published again."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.set_time(NOON - timedelta(minutes=50))
        await collector.cycle()
        vco.sim.set_time(NOON + timedelta(minutes=20))
        await collector.cycle()

        assert len(journal.ids) == len(set(journal.ids))
        assert min(times_of(journal)) == NOON - timedelta(minutes=60 + 65)
        assert max(times_of(journal)) == NOON + STEP


class TestFailures:
    async def test_one_edge_fails(self, vco: RunningVco) -> None:
        """A failing edge blinds no other, holds the checkpoint, and is read whole in the next look."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, concurrency=1), journal)
        await collector.cycle()
        vco.sim.advance(300)
        vco.sim.fail(QUALITY, "error_500", times=1)
        report = await collector.cycle()
        held = journal.checkpoints[-1].window_end
        vco.sim.advance(300)
        await collector.cycle()

        assert report.failed == {"server_error": 1}
        assert report.problem is None
        assert held == NOON
        assert journal.checkpoints[-1].window_end == NOON + 2 * STEP
        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 2)]
        assert len(journal.ids) == len(set(journal.ids))

    async def test_all_edges_fail(self, vco: RunningVco) -> None:
        """When no edge can be read, the orchestrator is the problem."""
        vco.sim.fail(QUALITY, "error_500", times=None)
        report = await collector_for(customer(vco), MemoryJournal()).cycle()

        assert isinstance(report.problem, errors.ServerError)

    async def test_forbidden_edges(self, vco: RunningVco) -> None:
        """Edges that may not be read are given up, and hold nothing back."""
        vco.sim.fail(QUALITY, "privilege", times=None)
        journal = MemoryJournal()
        before = skipped_windows("privilege")
        report = await collector_for(customer(vco), journal).cycle()

        assert isinstance(report.problem, errors.PrivilegeError)
        assert skipped_windows("privilege") - before == 3 * 13
        assert journal.checkpoints[-1].window_end == NOON

    async def test_failing_enterprise(self, vco: RunningVco) -> None:
        """An enterprise whose edges cannot be listed delays no other, and loses nothing when it comes back."""
        vco.sim.fail("enterprise/getEnterpriseEdges", "error_500", times=2)
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        only = {sample.labels["enterprise_id"] for sample in journal.samples}
        held = journal.checkpoints[-1].window_end
        vco.sim.advance(3600)
        await collector.cycle()

        assert only in ({"4101"}, {"4102"}, set())
        assert held == NOON - timedelta(minutes=65)
        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 12)]
        assert journal.checkpoints[-1].window_end == NOON + timedelta(hours=1)

    async def test_session_dies(self, vco: RunningVco) -> None:
        """A token that is revoked ends the look at once, and nothing is taken for read."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.advance(300)
        vco.sim.change(token_expires=NOON)
        with pytest.raises(errors.AuthError):
            await collector.cycle()

        assert journal.checkpoints[-1].window_end == NOON

    async def test_inventory_ends_early(self, vco: RunningVco) -> None:
        """A look that ends while the first inventory is read takes nothing for read: the next one begins anew."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        vco.sim.fail("enterprise/getEnterpriseEdges", "slow", times=1, delay_s=0.3)
        looking = asyncio.create_task(collector.cycle())
        await eventually(lambda: vco.sim.calls["enterprise/getEnterpriseEdges"], what="the inventory")
        vco.sim.change(token_expires=NOON)
        with pytest.raises(errors.AuthError):
            await looking
        held = journal.checkpoints[-1].window_end
        vco.sim.heal()
        vco.sim.advance(900)
        await collector.cycle()

        assert held == NOON - timedelta(minutes=65)
        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 3)]

    async def test_ends_in_the_middle(self, vco: RunningVco) -> None:
        """A token that is revoked among the edges ends the look there; the rest is read by the next one."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, concurrency=1), journal)
        vco.sim.fail(QUALITY, "slow", times=1, delay_s=0.3)
        looking = asyncio.create_task(collector.cycle())
        await eventually(lambda: vco.sim.calls[QUALITY], what="the first edge")
        vco.sim.change(token_expires=NOON)
        report = await looking
        asked = vco.sim.calls[QUALITY]
        vco.sim.heal()
        await collector.cycle()

        assert isinstance(report.problem, errors.AuthError)
        assert asked == 1
        assert len(journal.ids) == len(set(journal.ids))
        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 0)]

    async def test_old_inventory_serves(self, vco: RunningVco) -> None:
        """When the inventory cannot be read again after an hour, the old one serves."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        vco.sim.fail("network/getNetworkEnterprises", "error_500", times=None)
        vco.sim.fail("enterprise/getEnterpriseEdges", "error_500", times=None)
        vco.sim.advance(3600)
        report = await collector.cycle()

        assert report.failed == {}
        assert times_of(journal) == [NOON + i * STEP for i in range(-13, 12)]

    async def test_data_age(self, vco: RunningVco) -> None:
        """The age of the newest sample is told by the orchestrator's clock."""
        await collector_for(customer(vco), MemoryJournal()).cycle()

        assert metrics.DATA_AGE.labels("Northwind Freight Ltd")._value.get() == 600.0

    @pytest.mark.parametrize(
        ("kind", "reason"), [("detail_missing", "no_detail"), ("dup_timestamps", "duplicate_timestamp")]
    )
    async def test_quirks(self, vco: RunningVco, kind: Any, reason: str) -> None:
        """The known quirks of answers are counted and publish nothing twice."""
        vco.sim.fail(QUALITY, kind, times=None)
        journal = MemoryJournal()
        report = await collector_for(customer(vco), journal).cycle()

        assert report.left_out[reason] > 0
        assert len(journal.ids) == len(set(journal.ids))

    async def test_wrong_shape_is_kept(self) -> None:
        """An answer of a wrong shape is set aside as it came; a few of them, not one an edge."""
        answers: dict[str, Any] = {
            "system/getVersionInfo": {},
            "enterprise/getEnterprise": {"id": 1},
            "enterprise/getEnterpriseEdges": [{"id": i} for i in range(30)],
            QUALITY: ["surprise"],
        }
        journal = MemoryJournal()
        async with scripted_vco(lambda method, _: answers[method]) as vco:
            report = await collector_for(settings_for(vco.url), journal).cycle()

        assert len(journal.letters) == 20
        assert journal.letters[0].body == b'["surprise"]'
        assert report.failed == {"wrong_shape": 30}

    async def test_wrong_shape_of_inventory(self) -> None:
        """An inventory of a wrong shape is set aside too."""
        answers: dict[str, Any] = {
            "system/getVersionInfo": {},
            "enterprise/getEnterprise": {"id": 1},
            "enterprise/getEnterpriseEdges": {"surprise": 1},
        }
        journal = MemoryJournal()
        async with scripted_vco(lambda method, _: answers[method]) as vco:
            await collector_for(settings_for(vco.url), journal).cycle()

        assert [letter.method for letter in journal.letters] == ["enterprise/getEnterpriseEdges"]

    async def test_unknown_link(self) -> None:
        """A link that the inventory lacks is looked up once, at once."""
        link = {"internalId": "new", "displayName": "Fibre N"}
        links: list[dict[str, str]] = []

        def reply(method: str, params: dict[str, Any]) -> Any:
            if method == QUALITY:
                links[:] = [link]
                start = params["interval"]["start"]
                row = {"timestamp": start, "metadata": {"detail": {"latencyMsRx": 1}}}
                return {"new": {"timeseries": [row]}, "unlisted": {"timeseries": [row]}}
            return {
                "system/getVersionInfo": {},
                "enterprise/getEnterprise": {"id": 1},
                "enterprise/getEnterpriseEdges": [{"id": 1, "recentLinks": list(links)}],
            }[method]

        journal = MemoryJournal()
        async with scripted_vco(reply) as vco:
            collector = collector_for(settings_for(vco.url), journal)
            await collector.cycle()

        assert [sample.labels["link"] for sample in journal.samples] == ["Fibre N", "unlisted"]
        assert vco.calls["enterprise/getEnterpriseEdges"] == 2


class TestRestart:
    async def test_after_save(self, vco: RunningVco) -> None:
        """A restart goes on where the checkpoint is."""
        journal = MemoryJournal()
        await collector_for(customer(vco), journal).cycle()
        vco.sim.advance(900)
        await collector_for(customer(vco), journal).cycle()

        assert times_of(journal)[:13] == [NOON + i * STEP for i in range(-13, 0)]
        assert set(times_of(journal)) >= {NOON + i * STEP for i in range(-13, 3)}
        assert len(journal.ids) == len(set(journal.ids))

    async def test_between_publication_and_checkpoint(self, vco: RunningVco) -> None:
        """A crash after publishing and before the checkpoint publishes no id again."""
        journal = MemoryJournal()
        await collector_for(customer(vco), journal).cycle()
        vco.sim.advance(300)
        journal.crash_before_save = 0
        with pytest.raises(CrashError):
            await collector_for(customer(vco), journal).cycle()
        published = len(journal.ids)
        report = await collector_for(customer(vco), journal).cycle()

        assert journal.ids[published:] == []
        assert report.samples["duplicate"] > 0

    async def test_first_look_crashes(self, vco: RunningVco) -> None:
        """A crash in the very first look publishes no id again either."""
        journal = MemoryJournal(crash_before_save=1)
        with pytest.raises(CrashError):
            await collector_for(customer(vco), journal).cycle()
        await collector_for(customer(vco), journal).cycle()

        assert len(journal.ids) == len(set(journal.ids))
        assert set(times_of(journal)) >= {NOON - i * STEP for i in range(1, 14)}

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.tuples(
                st.integers(0, 40),
                st.sampled_from(["ok", "one fails", "all fail", "crash publish", "crash save", "restart", "late"]),
            ),
            min_size=1,
            max_size=8,
        ),
        latest=st.integers(0, 2),
    )
    async def test_whatever_happens(self, steps: list[tuple[int, str]], latest: int) -> None:
        """Through crashes, failures and delays every bucket of every link is published exactly once."""
        async with running_vco() as vco:
            journal = MemoryJournal()
            wanted = customer(vco, concurrency=1)
            collector = collector_for(wanted, journal)
            await collector.cycle()
            for ahead, what in [*steps, (1, "ok"), (1, "restart"), (1, "ok")]:
                vco.sim.advance(ahead * 300 / 2)
                if what == "late":
                    at = NOON + (vco.sim.now - NOON) // STEP * STEP - 3 * STEP
                    one = LateBucket(link=BROADBAND_B, at=at, delay_s=60 + latest * 270)
                    vco.sim.change(late_buckets=(*vco.sim.faults.late_buckets, one))
                if what == "restart":
                    collector = collector_for(wanted, journal)
                if what in {"one fails", "all fail"}:
                    vco.sim.fail(QUALITY, "error_500", times=1 if what == "one fails" else 3)
                journal.crash_before_publish = latest if what == "crash publish" else -1
                journal.crash_before_save = 0 if what == "crash save" else -1
                try:
                    await collector.cycle()
                except CrashError:
                    collector = collector_for(wanted, journal)
            goal = journal.checkpoints[-1].window_end

        assert len(journal.ids) == len(set(journal.ids))
        expected = {NOON + i * STEP for i in range(-13, (goal - NOON) // STEP)}
        for link in LINKS:
            assert expected <= set(times_of(journal, link))
