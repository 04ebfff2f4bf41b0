"""Judging one metric of one sample: the step of a metric's state.

Theory of operation. While nothing is wrong the baseline is learnt from the history, which ends where the present
begins. The first observation beyond the limit freezes it: from then on the metric is judged by what was normal before
the trouble, and its anomalous observations stay out of every later history, so that a lasting fault never becomes the
normal it is measured by. After enough of them (`Persistence`) the metric is a symptom; after enough
observations in a row within the limit it is none. Then the frozen baseline serves until the history is long enough
again. An observation that is missing changes nothing: silence is neither good nor bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.seed import baseline, window
from satark.detector.seed.parameters import SeedRules


class Verdict(StrEnum):
    """What became of one observation; a label of `satark_detector_observations_total`."""

    NORMAL = "normal"
    LEARNING = "learning"
    SUSPECT = "suspect"
    ANOMALOUS = "anomalous"
    RECOVERING = "recovering"
    LATE = "late"
    DUPLICATE = "duplicate"
    TOO_LATE = "too_late"
    UNWATCHED = "unwatched"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The metric's next state, the verdict, and what it rests on: value and baseline (None: nothing to tell of).

    `since` is the start of the run of bad observations that this one belongs to; None when it is within the limit.
    """

    state: MetricState
    verdict: Verdict
    value: float
    normal: Normal | None = None
    since: int | None = None


def judge(state: MetricState, start: int, value: float, rules: SeedRules) -> Judgement:
    """Judge an observation that is younger than all others of its metric."""
    parameters = rules.parameters
    seen = window.insert(state.window, Observation(start, value), keep_s=rules.keep_s)
    now_value = baseline.mean(window.present(seen, start, present_s=parameters.present_s))
    history = window.history(seen, start, present_s=parameters.present_s, history_s=parameters.history_s)
    learnt = baseline.learn(history, rules)
    normal = _ruling(state, seen[:-1], learnt, rules)
    if normal is None:
        return Judgement(replace(state, window=seen), Verdict.LEARNING, now_value)
    if now_value > normal.limit:
        return _beyond(state, seen, now_value, normal, rules)
    return _within(state, seen, now_value, normal, rules, refilled=learnt is not None)


def ruling(state: MetricState, rules: SeedRules) -> Normal | None:
    """Return what the youngest observation is judged by, now that it is known; None while that is learnt."""
    return _ruling(state, state.window, baseline.learn(behind(state, rules), rules), rules)


def behind(state: MetricState, rules: SeedRules) -> Sequence[Observation]:
    """Return the history of the youngest observation."""
    if not state.window:
        return ()
    parameters, start = rules.parameters, state.window[-1].start
    return window.history(state.window, start, present_s=parameters.present_s, history_s=parameters.history_s)


def _ruling(state: MetricState, before: window.Window, learnt: Normal | None, rules: SeedRules) -> Normal | None:
    """Return the baseline that counts: while anything is wrong, the one from before that."""
    troubled = state.active or state.bad > 0 or _lately(state, before, rules) > 0
    return state.kept if troubled else learnt or state.kept


def _lately(state: MetricState, seen: window.Window, rules: SeedRules) -> int:
    """Return how many of the last samples were bad of those that the next one is counted with."""
    among = rules.persistence.of - 1
    return sum(1 for o in seen[-among:] if o.anomalous and o.start > state.settled) if among else 0


def _beyond(state: MetricState, seen: window.Window, value: float, normal: Normal, rules: SeedRules) -> Judgement:
    bad = state.bad + 1
    marked = window.marked(seen, seen[-1].start)
    lately = 1 + _lately(state, seen[:-1], rules)
    active = state.active or max(bad, lately) >= rules.persistence.bad
    following = MetricState(window=marked, kept=normal, bad=bad, active=active, settled=state.settled)
    verdict = Verdict.ANOMALOUS if active else Verdict.SUSPECT
    return Judgement(following, verdict, value, normal, since=_since(state, marked, bad, rules))


def _since(state: MetricState, marked: window.Window, bad: int, rules: SeedRules) -> int:
    """Return when the trouble began: the run of bad samples, or the first of those that were counted together."""
    run = marked[-bad:][0].start
    if state.active or bad >= rules.persistence.bad:
        return run
    counted = (o.start for o in marked[-rules.persistence.of :] if o.anomalous and o.start > state.settled)
    return min(run, *counted)


def _within(
    state: MetricState,
    seen: window.Window,
    value: float,
    normal: Normal,
    rules: SeedRules,
    *,
    refilled: bool,
) -> Judgement:
    if not state.active:
        unmarked = _released(state, seen, rules)
        kept = None if refilled and not _lately(state, unmarked, rules) else state.kept
        following = MetricState(window=unmarked, kept=kept, settled=state.settled)
        return Judgement(following, Verdict.NORMAL, value, normal)
    good = state.good + 1
    if good < rules.persistence.good:
        return Judgement(replace(state, window=seen, bad=0, good=good), Verdict.RECOVERING, value, normal)
    return Judgement(MetricState(window=seen, kept=normal, settled=seen[-1].start), Verdict.NORMAL, value, normal)


def _released(state: MetricState, seen: window.Window, rules: SeedRules) -> window.Window:
    """Return the window without the marks of a suspicion that can no longer be confirmed."""
    among = rules.persistence.of
    if among == 1:
        return window.released(seen[:-1], state.bad) + seen[-1:]
    over = seen[: 1 - among] if seen[: 1 - among] and seen[-among].start > state.settled else ()
    return window.released(over, 1) + seen[len(over) :] if over else seen
