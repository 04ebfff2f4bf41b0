"""Metrics of no known kind: a daemon's counters, judged by how new they are."""

from collections.abc import Iterable
from random import Random

from satark.detector.detection.detection import Detection
from satark.detector.rules import Limit, Method, MetricPlan, Persistence, Plan
from satark.schemas.incidents import Cause, IncidentOpened, IncidentResolved, Severity
from satark.schemas.metrics import MetricSample
from tests.unit.detector.detection.links import DAY, One, at, judged, sample

VROUTER = "uve/vrouter/node7"
PLAN = Plan(rules=("counters",), metrics={"cpu_share": MetricPlan(), "latency_ms": MetricPlan()})


def usage(buckets: Iterable[int], more: float = 0.0) -> list[MetricSample]:
    """Return the share of a processor that a daemon uses: some noise, and what is added to it."""
    return [
        MetricSample.of(
            entity=VROUTER,
            kind="uve-statistic",
            time=at(bucket),
            interval_s=300,
            labels={"name": "node7"},
            metrics={"cpu_share": Random(bucket).gauss(5, 0.5) + more},  # noqa: S311 - noise
        )
        for bucket in buckets
    ]


KNOWN = usage(range(2 * DAY))
TROUBLE = usage(range(2 * DAY, 2 * DAY + 12), 40.0)
AFTER = usage(range(2 * DAY + 12, 2 * DAY + 30))


class TestSeries:
    def test_what_was_never_so_is_told_and_its_end(self) -> None:
        """Two days of five percent, an hour of forty-five: one incident, as novel, with what was usual before."""
        events = judged(Detection(One(PLAN)), KNOWN + TROUBLE + AFTER)

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        (symptom,) = events[0].symptoms
        assert ("cpu_share", Cause.NOVEL, Severity.WARNING) == (symptom.metric, symptom.cause, events[0].severity)
        assert 4 < symptom.baseline.centre < 6 < symptom.limit < 8 < symptom.value
        assert (at(2 * DAY + 1), ("counters",)) == (events[0].time, events[0].rules)

    def test_one_spike_is_nothing(self) -> None:
        """A sample alone never opens an incident."""
        assert [] == judged(
            Detection(One(PLAN)), KNOWN + usage([2 * DAY], 40.0) + usage(range(2 * DAY + 1, 2 * DAY + 9))
        )

    def test_a_floor_silences_what_does_not_matter(self) -> None:
        """Forty percent more are nothing to somebody who asks for sixty."""
        plan = Plan(metrics={"cpu_share": MetricPlan(material=60.0)})

        assert [] == judged(Detection(One(plan)), KNOWN + TROUBLE + AFTER)

    def test_a_limit_stands_beside_it(self) -> None:
        """Both see it; the limit is told, because it is the graver."""
        limit = Limit(20.0, Persistence(1, 1, 1))
        events = judged(Detection(One(Plan(metrics={"cpu_share": MetricPlan(limit=limit)}))), KNOWN + TROUBLE)

        assert (Cause.LIMIT, Severity.CRITICAL) == (events[0].symptoms[0].cause, events[0].severity)

    def test_a_restart_changes_nothing(self) -> None:
        """Stored and loaded again in the middle of the trouble, it tells the same."""
        first, again, whole = Detection(One(PLAN)), Detection(One(PLAN)), Detection(One(PLAN))
        events = judged(first, KNOWN + TROUBLE[:4])
        assert {} == again.load(first.dump([VROUTER]).items())
        events += judged(again, TROUBLE[4:] + AFTER)

        assert judged(whole, KNOWN + TROUBLE + AFTER) == events
        assert whole.dump([VROUTER]) == again.dump([VROUTER])

    def test_batching_changes_nothing(self) -> None:
        """All at once is as one by one, links among them."""
        mixed = [one for bucket, use in enumerate(KNOWN + TROUBLE + AFTER) for one in (use, sample(bucket))]
        alone, together = Detection(One(PLAN)), Detection(One(PLAN))

        assert judged(alone, mixed) == list(together.judge(mixed, at(5000)).events)
        assert alone.dump(alone.known()) == together.dump(alone.known())

    def test_a_double_and_a_late_one_change_nothing(self) -> None:
        """The first of an interval wins; what is older than the newest is left out."""
        once, twice = Detection(One(PLAN)), Detection(One(PLAN))
        judged(once, KNOWN[:300])
        judged(twice, KNOWN[:300] + KNOWN[290:300] + usage([7], 500.0))

        assert once.dump([VROUTER]) == twice.dump([VROUTER])

    def test_columns_come_and_go(self) -> None:
        """Of many series, stored and forgotten and loaded, each is what it was."""
        many = [
            MetricSample.of(
                entity=f"uve/x/{number}",
                kind="uve-statistic",
                time=at(bucket),
                interval_s=300,
                labels={},
                metrics={"a": float(number), "b": float(bucket), "c_pct": 1.0},
            )
            for bucket in range(4)
            for number in range(40)
        ]
        detection = Detection(One(Plan(metrics={name: MetricPlan() for name in ("a", "b", "c_pct")})))
        detection.judge(many, at(9))
        stored = detection.dump(detection.known())
        detection.forget(detection.known())
        detection.load(stored.items())

        assert stored == detection.dump(detection.known())

    def test_what_is_accepted_is_learnt_anew(self) -> None:
        """A person's word ends the incident, and the series begins again."""
        detection = Detection(One(PLAN))
        opened = judged(detection, KNOWN + TROUBLE)
        assert detection.accept(VROUTER, "word")
        ended = judged(detection, usage(range(2 * DAY + 12, 2 * DAY + 40), 40.0))

        assert [IncidentOpened] == [type(event) for event in opened]
        assert [IncidentResolved] == [type(event) for event in ended]

    def test_without_a_method_there_is_no_memory(self) -> None:
        """A metric that has only a limit has no column."""
        limit = MetricPlan(method=Method.NONE, limit=Limit(20.0))
        detection = Detection(One(Plan(metrics={"cpu_share": limit})))
        judged(detection, KNOWN[:50])

        assert len(detection.dump([VROUTER])[VROUTER]) < 1000
