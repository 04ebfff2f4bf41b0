"""Judging one metric of one sample: the step of a metric's state.

Theory of operation. While nothing is wrong the baseline is learnt from the history, which ends where the present
begins. The first observation beyond the limit freezes it: from then on the metric is judged by what was normal before
the trouble, and its anomalous observations stay out of every later history, so that a lasting fault never becomes the
normal it is measured by. After `open_after` observations in a row the metric is a symptom; after `resolve_after`
observations in a row within the limit it is none. Then the frozen baseline serves until the history is long enough
again. An observation that is missing changes nothing: silence is neither good nor bad.
"""

from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from satark.detector.incidents.state import MetricState, Normal, Observation
from satark.detector.seed import baseline, window
from satark.detector.settings import DetectorSettings


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


def judge(state: MetricState, start: int, value: float, *, floor: float, rules: DetectorSettings) -> Judgement:
    """Judge an observation that is younger than all others of its metric."""
    seen = window.insert(state.window, Observation(start, value), keep_s=rules.keep_s)
    now_value = baseline.mean(window.present(seen, start, present_s=rules.present_s))
    learnt = baseline.learn(
        window.history(seen, start, present_s=rules.present_s, history_s=rules.history_s),
        floor=floor,
        min_samples=rules.min_samples,
    )
    troubled = state.active or state.bad > 0
    normal = state.kept if troubled else learnt or state.kept
    if normal is None:
        return Judgement(replace(state, window=seen), Verdict.LEARNING, now_value)
    if now_value > baseline.limit(normal, rules.factor):
        return _beyond(state, seen, now_value, normal, rules)
    return _within(state, seen, now_value, normal, rules, refilled=learnt is not None)


def _beyond(
    state: MetricState, seen: window.Window, value: float, normal: Normal, rules: DetectorSettings
) -> Judgement:
    bad = state.bad + 1
    active = state.active or bad >= rules.open_after
    marked = window.marked(seen, seen[-1].start)
    following = MetricState(window=marked, kept=normal, bad=bad, active=active, settled=state.settled)
    verdict = Verdict.ANOMALOUS if active else Verdict.SUSPECT
    return Judgement(following, verdict, value, normal, since=marked[-bad:][0].start)


def _within(
    state: MetricState,
    seen: window.Window,
    value: float,
    normal: Normal,
    rules: DetectorSettings,
    *,
    refilled: bool,
) -> Judgement:
    if not state.active:
        unmarked = window.released(seen[:-1], state.bad) + seen[-1:]
        kept = None if refilled else state.kept
        following = MetricState(window=unmarked, kept=kept, settled=state.settled)
        return Judgement(following, Verdict.NORMAL, value, normal)
    good = state.good + 1
    if good < rules.resolve_after:
        return Judgement(replace(state, window=seen, bad=0, good=good), Verdict.RECOVERING, value, normal)
    return Judgement(MetricState(window=seen, kept=normal, settled=seen[-1].start), Verdict.NORMAL, value, normal)
