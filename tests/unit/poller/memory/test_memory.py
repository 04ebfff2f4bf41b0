"""Memory: a first start begins where it is told, a restart at its checkpoint, and asks for late samples again."""

from datetime import timedelta

from satark.poller.memory.memory import Memory
from satark.poller.schedule import Window
from satark.poller.telling.missing import missing
from satark.schemas.metrics import WAN_LINK, MetricSample
from tests.unit.poller.doubles import settings_for
from tests.unit.poller.links import RULES, STEP, VALUES, at, entity, sample

VCO = settings_for("https://vco.example.net")


class TestMemory:
    def test_new(self) -> None:
        """Nothing is known before a first start, and nothing before it is wanted."""
        memory = Memory.new(VCO, at(0))

        assert (memory.start, memory.ledger.since, memory.progress.high) == (at(0), at(0), at(0))
        assert memory.ledger.offsets(at(0)) == {}
        assert (len(memory.roster), len(memory.awaited), len(memory.progress)) == (0, 0, 0)
        assert memory.delay.seconds == RULES.data_delay_s

    def test_resumed(self) -> None:
        """A restart knows what was published for as long as a new edge is read back."""
        memory = Memory.resumed(VCO, at(0), {0: 17})

        assert memory.start == at(0)
        assert memory.ledger.since == at(0) - RULES.memory
        assert memory.ledger.offsets(memory.ledger.since) == {0: 17}

    def test_late_before_a_restart(self) -> None:
        """What may have been late before a restart is asked for again after it, oldest first."""
        memory = Memory.resumed(VCO, at(0), {})
        oldest = at(0) - RULES.late

        assert memory.awaited.next(at(1), RULES) == Window(oldest, oldest + STEP)

    def test_what_was_published(self) -> None:
        """A link's values are in the ledger; that it was missed is not, so that its values may still come."""
        memory = Memory.resumed(VCO, at(9), {})
        values = MetricSample.of(
            entity=entity("a"), kind=WAN_LINK, time=at(1), interval_s=300, metrics=VALUES, labels={}
        )
        memory.learn(values, 0, 3)
        memory.learn(missing(entity("b"), {}, sample(2), 4), 0, 4)

        assert memory.ledger.holds(entity("a"), at(1))
        assert not memory.ledger.holds(entity("b"), at(2))
        assert memory.hearing.absences.missed(entity("b"), at(3), tell=True) == 5

    def test_crooked_checkpoint(self) -> None:
        """A checkpoint of another sample length is taken as the start of the sample that holds it."""
        crooked = Memory.resumed(VCO, at(0) + timedelta(seconds=61), {})

        assert crooked.start == Memory.resumed(VCO, at(0), {}).start
        assert crooked.ledger.since == at(0) - RULES.memory

    def test_offsets_are_copied(self) -> None:
        """The checkpoint's offsets stay as they were saved."""
        offsets = {0: 17}
        Memory.resumed(VCO, at(0), offsets).ledger.passed(0, 99)

        assert offsets == {0: 17}
