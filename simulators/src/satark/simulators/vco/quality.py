"""Quality of experience: from latency, jitter and loss to the states, remedies and scores of 1.6.

The thresholds are the vendor's (knowledge base 312376). Latency cannot be mended, only avoided; jitter is mended by a
buffer, for voice alone; loss is mended by forward error correction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from satark.simulators.vco.topology import METRICS, Metric


class State(IntEnum):
    """How a link is for a kind of traffic; the greater the better."""

    OFFLINE = 0
    UNKNOWN = 1
    RED = 2
    YELLOW = 3
    GREEN = 4


class Action(IntEnum):
    """What the overlay does about it."""

    NONE = 0
    AVOID = 1
    JITTER_BUFFER = 2
    ERROR_CORRECTION = 3
    FORWARD_ERROR_CORRECTION = 4


VOICE, VIDEO, TRANSACTIONAL = TRAFFIC = (0, 1, 2)
SCORES = {State.GREEN: 10, State.YELLOW: 5}

LIMITS: Mapping[tuple[int, str], tuple[float, float]] = {
    (VOICE, "latency"): (25, 65),
    (VOICE, "loss"): (0.30, 1.00),
    (VOICE, "jitter"): (7, 30),
    (VIDEO, "latency"): (25, 65),
    (VIDEO, "loss"): (0.05, 0.10),
    (VIDEO, "jitter"): (5, 10),
    (TRANSACTIONAL, "latency"): (50, 80),
    (TRANSACTIONAL, "loss"): (1.00, 3.00),
    (TRANSACTIONAL, "jitter"): (200, 200),
}
"""(traffic type, quantity) -> above which it is fair, above which critical; ms and %."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the 18 rows of `metadata.metrics`."""

    traffic: int
    metric: int
    before: State
    action: Action
    after: State


def judge(values: Mapping[Metric, float]) -> tuple[Verdict, ...]:
    """Return the verdicts on six metrics for three kinds of traffic, in the API's order."""
    return tuple(
        _verdict(traffic, number, metric.split("_")[0], values[metric])
        for traffic in TRAFFIC
        for number, metric in enumerate(METRICS)
    )


def worst(states: Iterable[State]) -> State:
    """Return the worst state; without any it is unknown."""
    return min(states, default=State.UNKNOWN)


def score(state: State) -> int:
    """Return 10 for good, 5 for fair, else 0."""
    return SCORES.get(state, 0)


def distribution(states: Sequence[State]) -> dict[str, float]:
    """Return the share of each state; without samples all is unknown."""
    if not states:
        return {str(int(state)): int(state is State.UNKNOWN) for state in State}
    return {str(int(state)): round(states.count(state) / len(states), 4) for state in State}


def mean_score(states: Sequence[State]) -> float:
    """Return the mean score of the samples, 0 without any."""
    return round(sum(score(state) for state in states) / len(states), 2) if states else 0


def _verdict(traffic: int, metric: int, quantity: str, value: float) -> Verdict:
    fair, critical = LIMITS[traffic, quantity]
    before = State.GREEN if value <= fair else State.YELLOW if value <= critical else State.RED
    action = Action.NONE if before is State.GREEN else _remedy(traffic, quantity)
    after = before if action in {Action.NONE, Action.AVOID} else State.GREEN
    return Verdict(traffic, metric, before, action, after)


def _remedy(traffic: int, quantity: str) -> Action:
    if quantity == "loss":
        return Action.FORWARD_ERROR_CORRECTION
    return Action.JITTER_BUFFER if quantity == "jitter" and traffic == VOICE else Action.AVOID
