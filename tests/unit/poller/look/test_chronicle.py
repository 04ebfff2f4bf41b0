"""The orchestrator's own events become messages: each once, through outages, and never at the cost of samples."""

from collections import Counter

from satark.poller.look.collector import Collector
from satark.schemas.messages import Message
from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.server import RunningVco
from tests.unit.poller.collecting import STEP, VERSION, _quick, customer, operator, vco
from tests.unit.poller.doubles import NOON, MemoryJournal, collector_for

__all__ = ["_quick", "vco"]

EVENTS = "event/getEnterpriseEvents"
DOWN = Incident(kind="link_down", edge="LDN-BR-01", link="Fibre A", duration_s=600)


def messages_of(journal: MemoryJournal) -> list[Message]:
    """Return the messages that were told, in order."""
    return [event for event in journal.told if isinstance(event, Message)]


def names_of(journal: MemoryJournal) -> Counter[str]:
    """Return how often each kind of event was told."""
    return Counter(message.name for message in messages_of(journal))


async def looks(collector: Collector, vco: RunningVco, count: int) -> None:
    """Let five minutes pass and look, so many times."""
    for _ in range(count):
        vco.sim.advance(300)
        await collector.cycle()


class TestMessages:
    async def test_each_once(self, vco: RunningVco) -> None:
        """A link that goes down and comes back is two messages, however often the events are read."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, events=True), journal)
        await collector.cycle()
        vco.sim.inject(DOWN)
        await looks(collector, vco, 6)
        told = [message for message in messages_of(journal) if message.name in {"LINK_DEAD", "LINK_ALIVE"}]

        assert names_of(journal)["LINK_DEAD"] == names_of(journal)["LINK_ALIVE"] == 1
        assert {message.kind for message in told} == {"vco-event"}
        assert {message.labels["edge"] for message in told} == {"LDN-BR-01"}
        assert len({message.id for message in told}) == 2

    async def test_while_nobody_polled(self, vco: RunningVco) -> None:
        """What happened during two hours without a poller is told by the next one."""
        journal = MemoryJournal()
        await collector_for(customer(vco, events=True), journal).cycle()
        vco.sim.inject(DOWN)
        vco.sim.advance(7_200)
        await looks(collector_for(customer(vco, events=True), journal), vco, 2)

        assert (names_of(journal)["LINK_DEAD"], names_of(journal)["LINK_ALIVE"]) == (1, 1)


class TestCost:
    async def test_saves_the_probe(self, vco: RunningVco) -> None:
        """Reading events tells the time too, so that no call asks for nothing else."""
        collector = collector_for(customer(vco, events=True), MemoryJournal())
        await collector.cycle()
        before = vco.sim.calls.copy()
        await looks(collector, vco, 3)
        spent = vco.sim.calls - before

        assert (spent[EVENTS], spent[VERSION]) == (3, 0)

    async def test_in_turn(self, vco: RunningVco) -> None:
        """With several enterprises a look reads the events of some, and all have had their turn after a few."""
        collector = collector_for(operator(vco, events=True), MemoryJournal())
        await collector.cycle()
        before = vco.sim.calls[EVENTS]
        await looks(collector, vco, 2)

        assert vco.sim.calls[EVENTS] - before == 2

    async def test_forbidden(self, vco: RunningVco) -> None:
        """Events that may not be read are not asked for again within the hour, and cost no sample."""
        vco.sim.fail(EVENTS, "privilege", times=None)
        journal = MemoryJournal()
        collector = collector_for(customer(vco, events=True), journal)
        await collector.cycle()
        before = vco.sim.calls.copy()
        await looks(collector, vco, 4)
        spent = vco.sim.calls - before

        assert (spent[EVENTS], spent[VERSION]) == (1, 4)
        assert max(sample.time for sample in journal.samples) == NOON + 3 * STEP

    async def test_failing(self, vco: RunningVco) -> None:
        """Events that cannot be read just now are told by a later look."""
        journal = MemoryJournal()
        collector = collector_for(customer(vco, events=True), journal)
        await collector.cycle()
        vco.sim.inject(DOWN)
        vco.sim.fail(EVENTS, "error_500", times=2)
        await looks(collector, vco, 6)

        assert (names_of(journal)["LINK_DEAD"], names_of(journal)["LINK_ALIVE"]) == (1, 1)

    async def test_switched_off(self, vco: RunningVco) -> None:
        """Who does not want them pays nothing for them."""
        await looks(collector_for(customer(vco, events=False), MemoryJournal()), vco, 2)

        assert vco.sim.calls[EVENTS] == 0
