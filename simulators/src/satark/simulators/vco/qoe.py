"""`linkQualityEvent/getLinkQualityEvents`: one member per link by internal id, and `overallLinkQuality` (1.6).

A link's own entries tell the states before the overlay's remedies, the overall entry the best link after them. A
silent partition has no sample; a link that was silent all the time has an empty series; an edge without any sample
answers `{}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from satark.simulators.vco.feed import Bucket, Feed
from satark.simulators.vco.params import Partitions
from satark.simulators.vco.quality import TRAFFIC, State, Verdict, distribution, judge, mean_score, score, worst
from satark.simulators.vco.times import BUCKET_MS
from satark.simulators.vco.topology import METRICS, Edge, Link, Metric

OVERALL = "overallLinkQuality"
DETAIL_KEYS: Mapping[Metric, str] = {
    "latency_ms_rx": "latencyMsRx",
    "latency_ms_tx": "latencyMsTx",
    "jitter_ms_rx": "jitterMsRx",
    "jitter_ms_tx": "jitterMsTx",
    "loss_pct_rx": "lossPctRx",
    "loss_pct_tx": "lossPctTx",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One partition of one link."""

    timestamp_ms: int
    values: Mapping[Metric, float]
    verdicts: tuple[Verdict, ...]

    def before(self, traffic: int) -> State:
        """Return the state before the remedies."""
        return worst(row.before for row in self.verdicts if row.traffic == traffic)

    def after(self, traffic: int) -> State:
        """Return the state after them."""
        return worst(row.after for row in self.verdicts if row.traffic == traffic)


def link_quality(
    feed: Feed, edge: Edge, links: Sequence[Link], cut: Partitions, end_ms: int, now: datetime, *, scores: bool
) -> dict[str, Any]:
    """Return the result object of the method."""
    series = {link.internal_id: samples(feed, edge, link, cut, end_ms, now) for link in links}
    if not any(series.values()):
        return {}
    result = {internal_id: _link_entry(one, cut, scores=scores) for internal_id, one in series.items()}
    result[OVERALL] = _overall_entry(list(series.values()), cut, scores=scores)
    return result


def samples(feed: Feed, edge: Edge, link: Link, cut: Partitions, end_ms: int, now: datetime) -> list[Sample]:
    """Return the samples of a link.

    A sample is the mean of the buckets that start in its partition; a partition too short to hold a start shows the
    bucket around it.
    """
    from_ms = cut.first_ms // BUCKET_MS * BUCKET_MS
    known = {bucket.start_ms: bucket for bucket in feed.buckets(edge, link, from_ms, end_ms, now)}
    found = []
    for number in range(cut.count):
        begin_ms = cut.first_ms + number * cut.length_ms
        until_ms = min(begin_ms + cut.length_ms, end_ms)
        starts = range(-(-begin_ms // BUCKET_MS) * BUCKET_MS, until_ms, BUCKET_MS) or (
            begin_ms // BUCKET_MS * BUCKET_MS,
        )
        inside = [known[start_ms] for start_ms in starts if start_ms in known]
        if inside:
            values = _mean(inside)
            found.append(Sample(begin_ms, values, judge(values)))
    return found


def plain(value: float) -> float:
    """Return whole numbers as integers, as the portal writes them."""
    return int(value) if value == int(value) else value


def _mean(buckets: Sequence[Bucket]) -> dict[Metric, float]:
    return {
        metric: round(fmean(bucket.values[metric] for bucket in buckets), 1 if metric.startswith("loss") else None)
        for metric in METRICS
    }


def _link_entry(series: Sequence[Sample], cut: Partitions, *, scores: bool) -> dict[str, Any]:
    rows = []
    for sample in series:
        before = {traffic: sample.before(traffic) for traffic in TRAFFIC}
        row: dict[str, Any] = {
            "timestamp": sample.timestamp_ms,
            "before": _by_traffic(before),
            "after": _by_traffic({traffic: sample.after(traffic) for traffic in TRAFFIC}),
            "metadata": {
                "detail": {key: plain(sample.values[metric]) for metric, key in DETAIL_KEYS.items()},
                "metrics": [_verdict_row(verdict) for verdict in sample.verdicts],
            },
        }
        rows.append(row | _individual(before) if scores else row)
    states = {traffic: [sample.before(traffic) for sample in series] for traffic in TRAFFIC}
    return {"timeseries": rows} | _summary(states, cut)


def _overall_entry(all_series: Sequence[Sequence[Sample]], cut: Partitions, *, scores: bool) -> dict[str, Any]:
    by_time: dict[int, list[Sample]] = {}
    for series in all_series:
        for sample in series:
            by_time.setdefault(sample.timestamp_ms, []).append(sample)
    rows = []
    states: dict[int, list[State]] = {traffic: [] for traffic in TRAFFIC}
    for timestamp_ms in sorted(by_time):
        best = {traffic: _best(by_time[timestamp_ms], traffic) for traffic in TRAFFIC}
        after = {traffic: sample.after(traffic) for traffic, sample in best.items()}
        for traffic, state in after.items():
            states[traffic].append(state)
        row: dict[str, Any] = {
            "timestamp": timestamp_ms,
            "after": _by_traffic(after),
            "metadata": {"stateMap": {str(traffic): _state_map(sample, traffic) for traffic, sample in best.items()}},
        }
        rows.append(row | _individual(after) if scores else row)
    return {"timeseries": rows} | _summary(states, cut)


def _best(candidates: Sequence[Sample], traffic: int) -> Sample:
    return max(candidates, key=lambda sample: sample.after(traffic))


def _state_map(sample: Sample, traffic: int) -> dict[str, Any]:
    return {str(row.metric): {"after": int(row.after)} for row in sample.verdicts if row.traffic == traffic}


def _verdict_row(verdict: Verdict) -> dict[str, int]:
    return {
        "trafficType": verdict.traffic,
        "action": int(verdict.action),
        "metric": verdict.metric,
        "beforeState": int(verdict.before),
        "afterState": int(verdict.after),
    }


def _by_traffic(states: Mapping[int, State]) -> dict[str, int]:
    return {str(traffic): int(state) for traffic, state in states.items()}


def _individual(states: Mapping[int, State]) -> dict[str, Any]:
    return {
        "distribution": {str(traffic): _whole(distribution([state])) for traffic, state in states.items()},
        "score": {str(traffic): score(state) for traffic, state in states.items()},
    }


def _whole(shares: Mapping[str, float]) -> dict[str, float]:
    return {state: plain(share) for state, share in shares.items()}


def _summary(states: Mapping[int, Sequence[State]], cut: Partitions) -> dict[str, Any]:
    scores = {str(traffic): mean_score(found) for traffic, found in states.items()}
    return {
        "distribution": {str(traffic): distribution(found) for traffic, found in states.items()},
        "score": scores,
        "totalScore": round(fmean(scores.values()), 2),
        "sampleLength": cut.length_ms,
        "sampleCount": len(states[0]),
    }
