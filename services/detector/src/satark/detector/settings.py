"""The detector's settings. The defaults are those of the method it began with: see docs/adr."""

from collections.abc import Iterable
from math import isfinite
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

DEFAULT_SPREAD_FLOORS = {"latency_ms": 5.0, "jitter_ms": 2.5, "loss_pct": 0.5}
DEFAULT_LIMITS = {"failed_cycles": 2.0}


class DetectorSettings(Struct, frozen=True, kw_only=True):
    """What is normal, and when a deviation becomes an incident."""

    method: Annotated[Literal["seed"], Meta(description="Detection method.")] = "seed"
    present_s: Annotated[int, Meta(description="Length of the present window in seconds.", ge=1, le=86_400)] = 300
    history_s: Annotated[
        int, Meta(description="Length of the history before the present, in seconds.", ge=60, le=604_800)
    ] = 3600
    factor: Annotated[float, Meta(description="How many spreads above the centre is too much.", gt=0, le=1000)] = 2.0
    min_samples: Annotated[
        int, Meta(description="Samples in the history before anything is judged.", ge=2, le=100_000)
    ] = 6
    spread_floors: Annotated[
        dict[str, float],
        Meta(
            description="Least spread that is believed, by metric name or its beginning: name=value, comma separated. "
            "Metrics that match none are not judged."
        ),
    ] = field(default_factory=lambda: dict(DEFAULT_SPREAD_FLOORS))
    limits: Annotated[
        dict[str, float],
        Meta(
            description="Absolute limits by metric name or its beginning: name=value, comma separated. A value above its "
            "limit is a critical incident at once, whatever was usual; such metrics have no baseline."
        ),
    ] = field(default_factory=lambda: dict(DEFAULT_LIMITS))
    open_after: Annotated[
        int, Meta(description="Samples in a row beyond the limit that open an incident.", ge=1, le=1000)
    ] = 1
    resolve_after: Annotated[
        int, Meta(description="Samples in a row within the limit that end a symptom.", ge=1, le=1000)
    ] = 3
    critical_factor: Annotated[
        float, Meta(description="How many spreads above the centre make an incident critical.", gt=0)
    ] = 6.0
    evidence_s: Annotated[
        int, Meta(description="How much of the recent past an event carries, in seconds.", ge=0, le=86_400)
    ] = 7200
    max_ahead_s: Annotated[
        int, Meta(description="Samples further in the future than this, in seconds, are refused.", ge=0)
    ] = 3600
    commit_interval_s: Annotated[
        float, Meta(description="Seconds between two commits of the read position.", gt=0, le=60)
    ] = 1.0

    @property
    def keep_s(self) -> int:
        """How much of a metric's past is remembered, in seconds."""
        return max(self.present_s + self.history_s, self.evidence_s)

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        if self.critical_factor < self.factor:
            yield f"CRITICAL_FACTOR {self.critical_factor} is below FACTOR {self.factor}"
        for name, floor in self.spread_floors.items():
            if not floor > 0:
                yield f"SPREAD_FLOORS: {name}={floor} is not above zero"
        for name, limit in self.limits.items():
            if not isfinite(limit):
                yield f"LIMITS: {name}={limit} is no limit"
        if not self.spread_floors:
            yield "SPREAD_FLOORS names no metric, so nothing would be judged"
