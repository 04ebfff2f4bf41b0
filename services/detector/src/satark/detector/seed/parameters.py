"""The parameters of the seed's method as it works with them: what a rule says of a metric, and the length of its memory."""

from dataclasses import dataclass
from functools import lru_cache

from satark.detector.rules.model import MetricPlan, Persistence, SeedParameters


@dataclass(frozen=True, slots=True)
class SeedRules:
    """How one metric is judged by its recent past. Times in seconds; see `SeedParameters` for the rest.

    From `critical_factor` spreads above the centre a value is critical; `evidence_s` is how much of the past is told.
    """

    parameters: SeedParameters
    critical_factor: float = 6.0
    evidence_s: int = 7200

    @property
    def persistence(self) -> Persistence:
        """How many bad samples make a symptom, and how many good ones end it."""
        return self.parameters.persistence

    @property
    def keep_s(self) -> int:
        """How much of the metric's past is remembered."""
        return max(self.parameters.present_s + self.parameters.history_s, self.evidence_s)


@lru_cache(maxsize=4096)
def rules_of(plan: MetricPlan, evidence_s: int) -> SeedRules:
    """Return the parameters of a metric's plan."""
    return SeedRules(plan.seed, plan.critical_factor, evidence_s)
