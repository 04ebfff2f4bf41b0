"""What one look at an orchestrator came to, as a value."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from satark.poller.errors import OrchestratorError


@dataclass(slots=True)
class Report:
    """What a look came to. `goal` is the end of the newest sample that was due; `ended_by` made going on useless."""

    now: datetime
    goal: datetime
    calls: int = 0
    links: int = 0
    awaited: int = 0
    left: int = 0
    late: bool = False
    failed: Counter[str] = field(default_factory=Counter)
    samples: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    ended_by: OrchestratorError | None = None
    example: OrchestratorError | None = None

    @property
    def problem(self) -> OrchestratorError | None:
        """The error that makes the orchestrator unreadable: going on was useless, or no call for samples worked."""
        all_failed = self.calls > 0 and self.failed.total() >= self.calls
        return self.ended_by or (self.example if all_failed else None)

    def fail(self, error: OrchestratorError, *, hopeless: bool) -> None:
        """Count a call that failed after all retries."""
        self.failed[error.reason] += 1
        self.example = self.example or error
        if hopeless:
            self.ended_by = error
