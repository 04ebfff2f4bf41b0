"""What the poller says of itself: samples of the orchestrator as an entity, so that blindness becomes an incident. Pure.

One sample a period: how many periods in a row the orchestrator could not be read. Zero resolves.
"""

from dataclasses import dataclass, field
from datetime import datetime

from satark.poller.schedule import floored
from satark.schemas.identifiers import instant
from satark.schemas.metrics import MetricSample
from satark.schemas.states import ORCHESTRATOR, EntityState, State, state_id

FAILED_CYCLES = "failed_cycles"
UNREADABLE_AFTER = 3
"""So many periods in a row without an answer make the orchestrator's links unwatched."""

MAX_DETAIL_CHARS = 500


def entity_of(orchestrator: str) -> str:
    """Return the entity key of an orchestrator."""
    return f"{ORCHESTRATOR}/{orchestrator}"


@dataclass(slots=True)
class Watch:
    """Counts failed looks of one orchestrator, at most one a period of `period_s` seconds."""

    orchestrator: str
    period_s: int
    failed: int = field(default=0, init=False)
    told: datetime | None = field(default=None, init=False)
    state: State | None = field(default=None, init=False)

    def look(self, now: datetime, *, reason: str = "", detail: str = "") -> MetricSample | None:
        """Count a look at `now`, failed when there is a reason; return the sample to publish, one a period at most.

        Within a period that was told already a good look after failed ones waits for the next period: what was
        published is never published again with another value. It ends the row of failed periods all the same.
        """
        period = floored(now, self.period_s)
        if period == self.told:
            self.failed = self.failed if reason else 0
            return None
        self.told = period
        self.failed = self.failed + 1 if reason else 0
        labels = {"orchestrator": self.orchestrator}
        if reason:
            labels |= {"reason": reason, "detail": detail[:MAX_DETAIL_CHARS]}
        return MetricSample.of(
            entity=entity_of(self.orchestrator),
            kind=ORCHESTRATOR,
            time=period,
            interval_s=self.period_s,
            metrics={FAILED_CYCLES: float(self.failed)},
            labels=labels,
        )

    def entered(self, state: State, now: datetime, *, note: str = "") -> EntityState | None:
        """Return the event when the orchestrator's state is another than before, None when it is not."""
        if state is self.state:
            return None
        entity = entity_of(self.orchestrator)
        event = EntityState(
            id=state_id(entity, state, instant(now), note),
            entity=entity,
            kind=ORCHESTRATOR,
            time=now,
            state=state,
            since=now,
            previous=self.state,
            note=note,
            labels={"orchestrator": self.orchestrator},
        )
        self.state = state
        return event
