"""What the detector remembers of one entity between two samples. Encoded, this is one value of the Faust table.

Times are whole seconds since the epoch, UTC: samples start at whole seconds, and integers are small and exact.
"""

from msgspec import Struct

from satark.schemas.incidents import Cause, Severity

STATE_VERSION = 3
READABLE_VERSIONS = frozenset({1, 2, STATE_VERSION})
"""Later versions only add fields at the end, with defaults that say what held before."""


CRITICAL_DISTANCE = 6.0
"""What made an incident critical before version 3, where a baseline does not say."""


class Observation(Struct, frozen=True, array_like=True):
    """One value of one metric. `anomalous` ones belong to an incident and stay out of the baseline."""

    start: int
    value: float
    anomalous: bool = False


class Normal(Struct, frozen=True, array_like=True):
    """A baseline: centre, spread and floor in the metric's unit, of `n` observations that started in [first, last].

    `fixed` is the limit of a metric that is judged by a limit and not by its past; `n` is 0 then. Values above `above` are
    anomalous, from `critical` on they are critical (before version 3: 2 and 6 units above the centre, or the limit).
    `window_s` is how long a history was looked at.
    """

    centre: float
    spread: float
    floor: float
    n: int
    first: int
    last: int
    fixed: float | None = None
    above: float | None = None
    critical: float | None = None
    window_s: int = 3600
    cause: Cause = Cause.WINDOW

    @property
    def unit(self) -> float:
        """The spread that distances are measured in: never below the floor."""
        return max(self.spread, self.floor)

    @property
    def limit(self) -> float:
        """The value above which an observation is anomalous."""
        if self.fixed is not None:
            return self.fixed
        return self.centre + 2 * self.unit if self.above is None else self.above

    def distance(self, value: float) -> float:
        """Return how many units a value lies above the centre (negative: below). Floors are positive, so it is finite."""
        return (value - self.centre) / self.unit

    def is_critical(self, value: float) -> bool:
        """Return whether a value is bad enough to be critical."""
        if self.critical is not None:
            return value >= self.critical
        return self.fixed is not None or self.distance(value) >= CRITICAL_DISTANCE


class SymptomState(Struct, frozen=True, array_like=True):
    """One metric's part in the open incident, active or cleared."""

    since: int
    last_bad: int
    peak: float
    peak_start: int
    active: bool
    value: float
    start: int
    normal: Normal


class MetricState(Struct, frozen=True, array_like=True):
    """The recent past of one metric.

    `kept` is the baseline from before the trouble: it judges while the metric is suspected or active, and afterwards
    until the history has enough normal observations again. `bad` and `good` count observations in a row. `settled` is
    the start of the newest observation when the metric last ceased to be a symptom.
    """

    window: tuple[Observation, ...] = ()
    kept: Normal | None = None
    bad: int = 0
    good: int = 0
    active: bool = False
    settled: int = 0


class IncidentState(Struct, frozen=True, array_like=True):
    """The open incident of an entity: `sequence` is that of the last event that was published.

    `told` is False while all its events were historical (version 1 knew no such events). `flapping`: it came and went too
    often, and is open until it has been calm for a while, which began at `calm_since` (0: it is not calm).
    """

    opened_at: int
    sequence: int
    severity: Severity
    symptoms: dict[str, SymptomState]
    told: bool = True
    flapping: bool = False
    calm_since: int = 0


class EntityState(Struct, frozen=True, array_like=True):
    """All that is remembered of one entity.

    `newest` is the start of the youngest sample seen, `settled` what it was when the last incident was resolved. `turns`
    are when incidents began and ended of late. `bank` is the memory of the vectorised method, as bytes. `past` is the state
    from before a gap, which goes on with what is read later, up to `until`, the first sample after the gap. `accepted`: a
    person said that the present is normal, which counts from the next sample on; `acceptance` is the id of their word.
    `series` are the memories of metrics of no known kind.
    """

    version: int
    newest: int
    metrics: dict[str, MetricState]
    incident: IncidentState | None = None
    settled: int = 0
    turns: tuple[int, ...] = ()
    bank: bytes | None = None
    past: "EntityState | None" = None
    until: int = 0
    accepted: bool = False
    acceptance: str = ""
    series: dict[str, bytes] = {}
