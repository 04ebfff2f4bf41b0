"""Collector when calls fail: a failure is its own, nothing is taken for read that was not."""

import asyncio
from typing import Any

import pytest

from satark.poller import errors
from satark.simulators.vco.server import RunningVco
from tests.support.waiting import eventually
from tests.unit.poller.collecting import (
    AGGREGATE,
    EDGES,
    NORTHWIND,
    QUALITY,
    SERIES,
    STEP,
    _quick,
    assert_each_once,
    customer,
    hours,
    operator,
    skipped_windows,
    times_of,
    vco,
)
from tests.unit.poller.doubles import NOON, MemoryJournal, collector_for, scripted_vco, settings_for

__all__ = ["_quick", "vco"]


class TestCalls:
    async def test_bulk_fails_once(self, vco: RunningVco) -> None:
        """A sample whose call failed holds the checkpoint, and is read by the next look."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.advance(300)
        vco.sim.fail(AGGREGATE, "error_500", times=1)
        report = await collector.cycle()
        held = journal.checkpoints[-1].window_end
        vco.sim.advance(300)
        await collector.cycle()

        assert report.failed == {"server_error": 1}
        assert isinstance(report.problem, errors.ServerError)
        assert held == NOON
        assert journal.checkpoints[-1].window_end == NOON + 2 * STEP
        assert times_of(journal) == hours(-13, 2)
        assert_each_once(journal)

    async def test_an_edges_past_fails(self, vco: RunningVco) -> None:
        """An edge whose past cannot be read delays no other, and nobody's present."""
        vco.sim.fail(SERIES, "error_500", times=1)
        journal = MemoryJournal()
        collector = collector_for(customer(vco, concurrency=1), journal)
        report = await collector.cycle()
        held = journal.checkpoints[-1].window_end
        present = {sample.labels["link_id"] for sample in journal.samples if sample.time == NOON - STEP}
        await collector.cycle()

        assert report.failed == {"server_error": 1}
        assert report.problem is None
        assert len(present) == 3
        assert held == NOON - 13 * STEP
        assert sorted(times_of(journal)) == hours(-13, 0)
        assert journal.checkpoints[-1].window_end == NOON
        assert_each_once(journal)

    async def test_forbidden(self, vco: RunningVco) -> None:
        """What may not be read is given up, counted, and holds nothing back."""
        vco.sim.fail(AGGREGATE, "privilege", times=None)
        vco.sim.fail(SERIES, "privilege", times=None)
        journal = MemoryJournal()
        before = skipped_windows("privilege")
        report = await collector_for(customer(vco), journal).cycle()

        assert isinstance(report.problem, errors.PrivilegeError)
        assert skipped_windows("privilege") - before == 3 * 13
        assert journal.checkpoints[-1].window_end == NOON

    async def test_method_goes_and_comes(self, vco: RunningVco) -> None:
        """A method that an orchestrator suddenly lacks loses nothing: what is missing is read when it is back."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.advance(300)
        vco.sim.fail(AGGREGATE, "method_error", times=1)
        report = await collector.cycle()
        held = journal.checkpoints[-1].window_end
        vco.sim.advance(300)
        await collector.cycle()

        assert isinstance(report.problem, errors.MethodError)
        assert held == NOON
        assert times_of(journal) == hours(-13, 2)

    async def test_token_is_revoked(self, vco: RunningVco) -> None:
        """A token that is revoked ends the look at once, and nothing is taken for read."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco), journal)
        await collector.cycle()
        vco.sim.advance(300)
        vco.sim.change(token_expires=NOON)
        with pytest.raises(errors.AuthError):
            await collector.cycle()

        assert journal.checkpoints[-1].window_end == NOON

    async def test_ends_in_the_middle(self, vco: RunningVco) -> None:
        """A token that is revoked between two calls ends the look there; the rest is read by the next one."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, concurrency=1), journal)
        vco.sim.fail(SERIES, "slow", times=1, delay_s=0.3)
        looking = asyncio.create_task(collector.cycle())
        await eventually(lambda: vco.sim.calls[SERIES], what="the first edge")
        vco.sim.change(token_expires=NOON)
        report = await looking
        asked = vco.sim.calls[SERIES]
        vco.sim.heal()
        await collector.cycle()

        assert isinstance(report.problem, errors.AuthError)
        assert asked == 1
        assert_each_once(journal)
        assert sorted(times_of(journal)) == hours(-13, 0)


class TestInventory:
    async def test_failing_enterprise(self, vco: RunningVco) -> None:
        """An enterprise whose edges cannot be listed delays no other, and loses nothing when it comes back."""
        vco.sim.fail(EDGES, "error_500", times=2)
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        vco.sim.advance(3600)
        await collector.cycle()

        assert sorted(times_of(journal)) == hours(-13, 12)
        assert journal.checkpoints[-1].window_end == NOON + 12 * STEP
        assert_each_once(journal)

    async def test_ends_early(self, vco: RunningVco) -> None:
        """A look that ends while the first inventory is read takes nothing for read: the next one begins anew."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        vco.sim.fail(EDGES, "slow", times=1, delay_s=0.3)
        looking = asyncio.create_task(collector.cycle())
        await eventually(lambda: vco.sim.calls[EDGES], what="the inventory")
        vco.sim.change(token_expires=NOON)
        with pytest.raises(errors.AuthError):
            await looking
        held = journal.checkpoints[-1].window_end
        vco.sim.heal()
        vco.sim.advance(900)
        await collector.cycle()

        assert held == NOON - 13 * STEP
        assert sorted(times_of(journal)) == hours(-13, 3)

    async def test_old_inventory_serves(self, vco: RunningVco) -> None:
        """When the inventory cannot be read again after an hour, the old one serves."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        vco.sim.fail("network/getNetworkEnterprises", "error_500", times=None)
        vco.sim.fail(EDGES, "error_500", times=None)
        vco.sim.advance(3600)
        report = await collector.cycle()

        assert report.failed == {}
        assert sorted(times_of(journal)) == hours(-13, 12)


class TestShapes:
    async def test_kept(self) -> None:
        """An answer of a wrong shape is set aside as it came; a few of them, not one an edge."""
        answers: dict[str, Any] = {
            "system/getVersionInfo": {},
            "enterprise/getEnterprise": {"id": 1},
            EDGES: [{"id": i} for i in range(30)],
        }
        journal = MemoryJournal()
        async with scripted_vco(lambda method, asked: answers.get(method, ["surprise", asked.get("edgeId")])) as vco:
            report = await collector_for(settings_for(vco.url, source="quality"), journal).cycle()

        assert len(journal.letters) == 20
        assert b'["surprise",0]' in {letter.body.replace(b" ", b"") for letter in journal.letters}
        assert report.failed == {"wrong_shape": 30}

    async def test_each_once(self) -> None:
        """The same answer of a wrong shape is set aside once, however often it comes."""
        answers: dict[str, Any] = {
            "system/getVersionInfo": {},
            "enterprise/getEnterprise": {"id": 1},
            EDGES: [{"id": i} for i in range(3)],
            QUALITY: ["surprise"],
        }
        journal = MemoryJournal()
        async with scripted_vco(lambda method, _: answers[method]) as vco:
            collector = collector_for(settings_for(vco.url, source="quality"), journal)
            await collector.cycle()
            await collector.cycle()

        assert [letter.body for letter in journal.letters] == [b'["surprise"]']

    async def test_asked_again(self, vco: RunningVco) -> None:
        """What was answered in a wrong shape is read when the shape is right again."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        vco.sim.fail(AGGREGATE, "wrong_shape")
        vco.sim.advance(300)
        report = await collector.cycle()
        await collector.cycle()

        assert report.failed == {"wrong_shape": 1}
        assert sorted(times_of(journal)) == hours(-13, 1)

    async def test_given_up(self, vco: RunningVco) -> None:
        """What is answered in a wrong shape for longer than data may be late is given up."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        vco.sim.fail(AGGREGATE, "wrong_shape", times=None)
        for _ in range(8):
            vco.sim.advance(300)
            await collector.cycle()
        held = journal.checkpoints[-1].window_end

        assert held == NOON + 8 * STEP

    async def test_rows(self, vco: RunningVco) -> None:
        """A row with a number that cannot be is set aside as it came; the rest of it is published."""
        journal = MemoryJournal()
        collector = collector_for(operator(vco), journal)
        await collector.cycle()
        vco.sim.fail(AGGREGATE, "odd_numbers")
        vco.sim.advance(300)
        report = await collector.cycle()

        assert report.left_out == {"not_a_number": 1, "out_of_range": 1}
        assert [b'"bestLatencyMsRx":"12.5"' in journal.letters[0].body, len(journal.letters)] == [True, 2]
        assert b'"bestLatencyMsRx":-5' in journal.letters[1].body
        assert sorted(times_of(journal)) == hours(-13, 1)

    async def test_inventory(self) -> None:
        """An inventory of a wrong shape is set aside too."""
        answers: dict[str, Any] = {
            "system/getVersionInfo": {},
            "enterprise/getEnterprise": {"id": 1},
            EDGES: {"surprise": 1},
            AGGREGATE: [],
        }
        journal = MemoryJournal()
        async with scripted_vco(lambda method, _: answers[method]) as vco:
            await collector_for(settings_for(vco.url), journal).cycle()

        assert [letter.method for letter in journal.letters] == [EDGES]

    async def test_unknown_link(self) -> None:
        """A link that the inventory lacks is looked up once, at once; one that stays unknown keeps its own names."""
        links: list[dict[str, str]] = []
        rows = [
            {
                "bestLatencyMsRx": 1,
                "link": {"internalId": id_, "edgeId": 1, "enterpriseId": 1, "displayName": name, "edgeName": "E"},
            }
            for id_, name in (("new", ""), ("unlisted", "Line U"))
        ]

        def reply(method: str, _: dict[str, Any]) -> Any:
            if method == AGGREGATE:
                links[:] = [{"internalId": "new", "displayName": "Fibre N"}]
                return rows
            return {
                "system/getVersionInfo": {},
                "enterprise/getEnterprise": {"id": 1},
                EDGES: [{"id": 1, "recentLinks": list(links)}],
                SERIES: [],
            }[method]

        journal = MemoryJournal()
        async with scripted_vco(reply) as vco:
            await collector_for(settings_for(vco.url), journal).cycle()

        assert [sample.labels["link"] for sample in journal.samples] == ["Fibre N", "Line U"]
        assert vco.calls[EDGES] == 2

    async def test_unwanted_enterprise(self, vco: RunningVco) -> None:
        """An answer about an enterprise that is not wanted is left out and counted, never mixed with another's."""
        journal = MemoryJournal()
        report = await collector_for(
            operator(vco, enterprises=("northwind*",), exclude_enterprises=()), journal
        ).cycle()

        assert report.left_out == {}
        assert {sample.labels["enterprise_id"] for sample in journal.samples} == {NORTHWIND}
