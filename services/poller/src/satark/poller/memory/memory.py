"""What a collector knows of one orchestrator between two looks; all of it can be learnt again from Kafka. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from satark.poller.look.delay import Delay
from satark.poller.look.survey import Hearing
from satark.poller.memory.awaited import Awaited
from satark.poller.memory.ledger import Ledger
from satark.poller.memory.progress import Progress
from satark.poller.memory.roster import Roster
from satark.poller.orchestrator import Orchestrator
from satark.poller.schedule import floored
from satark.poller.telling.missing import MISSING_CYCLES, is_missing
from satark.schemas.metrics import MetricSample

SOMEBODY = ""
"""Stands for entities that owe a sample and are not known by name."""


@dataclass(slots=True)
class Memory:
    """`start` is where reading began after the last start; everything before it was read or is not wanted."""

    start: datetime
    ledger: Ledger
    progress: Progress
    roster: Roster
    delay: Delay
    hearing: Hearing = field(default_factory=Hearing)
    awaited: Awaited = field(default_factory=Awaited)
    newest: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def new(cls, orchestrator: Orchestrator, start: datetime) -> "Memory":
        """Return the memory of an orchestrator that is read from `start` on, for the first time."""
        return cls._from(orchestrator, start, since=start, offsets={})

    @classmethod
    def resumed(cls, orchestrator: Orchestrator, window_end: datetime, offsets: Mapping[int, int]) -> "Memory":
        """Return the memory after a restart, to be filled from the offsets on.

        Who owed a sample then is not known any more: the last ones are asked for again.
        """
        rules = orchestrator.rules
        saved = floored(window_end, rules.sample_s)
        memory = cls._from(orchestrator, saved, since=saved - rules.memory, offsets=offsets)
        for number in range(1, rules.late // rules.step + 1):
            memory.awaited.owe(saved - number * rules.step, {SOMEBODY})
        return memory

    def learn(self, sample: MetricSample, partition: int, offset: int) -> None:
        """Take over what was published: what a link's sample says, or that it was missed."""
        if is_missing(sample):
            self.hearing.absences.learn(sample.entity, sample.time, int(sample.metrics[MISSING_CYCLES]))
        else:
            self.ledger.add(sample.entity, sample.time, partition, offset)

    @classmethod
    def _from(
        cls, orchestrator: Orchestrator, start: datetime, *, since: datetime, offsets: Mapping[int, int]
    ) -> "Memory":
        rules = orchestrator.rules
        return cls(
            start=start,
            ledger=Ledger(since=since, sample_s=rules.sample_s, offsets=dict(offsets)),
            progress=Progress(since=since, sample_s=rules.sample_s),
            roster=Roster(orchestrator.name),
            delay=Delay(least_s=rules.data_delay_s, most_s=rules.max_data_delay_s),
        )
