"""Detection over many entities: what it tells, and that batching, storage and order of arrival change nothing."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.detection import memory
from satark.detector.detection.detection import Detection, FutureSampleError
from satark.detector.rules import Flapping, Limit, Method, MetricPlan, Persistence, Plan, Rate
from satark.detector.seed.judgement import Verdict
from satark.schemas.incidents import Cause, IncidentEvent, IncidentOpened, IncidentResolved, Reason, Severity
from satark.schemas.metrics import MetricSample
from tests.unit.detector.detection.links import DAY, LINK, SEED, One, at, days, entity, judged, sample

SLOW = {"latency_ms_rx": 60.0, "latency_ms_tx": 60.0}
BUSY = days(range(60)) + days(range(60, 68), SLOW) + days(range(68, 80))


def told(events: list[IncidentEvent]) -> list[tuple[type, Reason]]:
    """Return what the events say, in short, updates left out."""
    return [(type(e), e.reason) for e in events if isinstance(e, IncidentOpened | IncidentResolved)]


OPENED, RESOLVED = (IncidentOpened, Reason.FIRST_SYMPTOM), (IncidentResolved, Reason.ALL_CLEAR)


class TestTelling:
    def test_a_link_that_goes_bad_is_told_once_and_its_end(self) -> None:
        """Forty minutes of latency are one incident, opened within a quarter of an hour, with its symptoms."""
        events = judged(Detection(One()), BUSY)

        assert [OPENED, RESOLVED] == told(events)
        opened = events[0]
        assert (at(60), at(62)) >= (opened.opened_at, opened.time)
        assert {"latency_ms_rx", "latency_ms_tx"} == {s.metric for s in opened.symptoms}
        assert ("robust", ("test",), LINK) == (opened.method, opened.rules, opened.labels)

    def test_the_evidence_is_in_the_metrics_unit(self) -> None:
        """Centre near what is usual, the value above the limit, the cause named, two hours of samples."""
        symptom = judged(Detection(One()), BUSY)[0].symptoms[0]

        assert 15 < symptom.baseline.centre < 25
        assert symptom.baseline.centre < symptom.limit < symptom.value
        assert symptom.cause in {Cause.UNUSUAL, Cause.RECENT, Cause.SHIFT}
        assert 20 <= len(symptom.recent) <= 26
        assert symptom.recent[-1].anomalous

    def test_what_was_trouble_is_no_normal_just_after_it(self) -> None:
        """A new incident a quarter of an hour after one is told against what is usual, not against the one before."""
        trouble = days(range(600, 636), SLOW | {"loss_pct_rx": 3.0})
        after = days(range(636, 639)) + days(range(639, 642), {"loss_pct_rx": 0.6}) + days(range(642, 660))
        events = judged(Detection(One()), days(range(600)) + trouble + after)
        compared = [s for event in events for s in event.symptoms]

        assert [OPENED, RESOLVED, OPENED, RESOLVED] == told(events)
        assert [] == [s for s in compared if s.baseline.centre >= s.limit]

    def test_six_hours_of_trouble_are_one_incident(self) -> None:
        """A lasting step does not become the normal it is measured by: it stays open until it is over."""
        events = judged(Detection(One()), days(range(DAY)) + days(range(DAY, DAY + 72), SLOW) + days(range(360, 372)))

        assert [OPENED, RESOLVED] == told(events)
        assert isinstance(events[-1], IncidentResolved)
        assert 6 * 3600 - 900 <= events[-1].duration_s <= 6 * 3600 + 900

    def test_silence_neither_opens_nor_ends(self) -> None:
        """A gap of an hour within the trouble: the incident stays open, and ends when good samples say so."""
        trouble = days(range(60, 66), SLOW)
        events = judged(Detection(One()), days(range(60)) + trouble + days(range(78, 84), SLOW))

        assert [OPENED] == told(events)

    def test_a_metric_of_which_nothing_is_known_leaves_no_memory(self) -> None:
        """What no rule watches is counted and forgotten."""
        other = MetricSample.of(
            entity="uve/x", kind="uve-statistic", time=at(0), interval_s=60, labels={}, metrics={"n": 1.0}
        )
        detection = Detection(One(Plan()))
        outcome = detection.judge([other], at(1))

        assert (0, {Verdict.UNWATCHED: 1}, frozenset()) == (len(detection), outcome.verdicts, outcome.dirty)

    def test_a_rule_for_other_metrics_leaves_no_memory(self) -> None:
        """The rules of links are in force for every kind; who has none of their metrics is not remembered by them."""
        other = MetricSample.of(
            entity="statistic/x/y", kind="statistic", time=at(0), interval_s=60, labels={}, metrics={"sum.n": 1.0}
        )
        detection = Detection(One())
        outcome = detection.judge([other], at(1))

        assert (0, {Verdict.UNWATCHED: 1}, frozenset()) == (len(detection), outcome.verdicts, outcome.dirty)

    def test_memory_begins_with_the_first_value_that_is_watched(self) -> None:
        """A sample with nothing to judge changes nothing of what comes after it."""
        empty = MetricSample.of(
            entity=sample(0).entity, kind=sample(0).kind, time=at(0), interval_s=300, labels={}, metrics={"n": 1.0}
        )
        before, after = Detection(One()), Detection(One())
        events = judged(before, [empty, *days(range(1, 60)), *days(range(60, 70), SLOW)])

        assert judged(after, [*days(range(1, 60)), *days(range(60, 70), SLOW)]) == events
        assert [OPENED] == told(events)

    def test_one_direction_alone_is_named(self) -> None:
        """Loss on the way up is told as loss on the way up."""
        events = judged(Detection(One()), days(range(60)) + days(range(60, 70), {"loss_pct_tx": 8.0}))

        assert ["loss_pct_tx"] == [s.metric for s in events[0].symptoms]


class TestLimits:
    PLAN = Plan(metrics={"latency_ms": MetricPlan(limit=Limit(45.0, Persistence(3, 5, 2), Severity.WARNING))})

    @pytest.mark.parametrize(("bad", "expected"), [({0, 2, 4}, [OPENED]), ({0, 4}, [])])
    def test_three_of_five_open_and_two_do_not(self, bad: set[int], expected: list[object]) -> None:
        """A limit counts the bad samples among the last ones, in a row or not."""
        plan = Plan(metrics={"latency_ms": MetricPlan(method=Method.NONE, limit=self.PLAN.metrics["latency_ms"].limit)})
        last = [sample(60 + i, {"latency_ms_rx": 40.0 if i in bad else 0.0}) for i in range(5)]

        assert expected == told(judged(Detection(One(plan)), days(range(60)) + last))

    def test_a_limit_holds_for_what_is_usual_too(self) -> None:
        """A link that was always at 60 ms is told of where its class may have 45, as a warning, by the limit."""
        usual = [sample(i, {"latency_ms_rx": 40.0}) for i in range(60)]
        events = judged(Detection(One(self.PLAN)), usual)

        assert [OPENED] == told(events)
        symptom = events[0].symptoms[0]
        assert ("limit", Severity.WARNING, 45.0, Cause.LIMIT) == (
            events[0].method,
            events[0].severity,
            symptom.limit,
            symptom.cause,
        )
        assert len(symptom.recent) == 3

    def test_a_rate_tells_what_rises_too_fast(self) -> None:
        """Ten more within half an hour is wrong, wherever it starts."""
        plan = Plan(metrics={"latency_ms": MetricPlan(method=Method.NONE, rate=Rate(10.0, 1800, Persistence(1, 1, 2)))})
        events = judged(Detection(One(plan)), days(range(20)) + days(range(20, 30), {"latency_ms_rx": 20.0}))

        assert [OPENED, RESOLVED] == told(events)
        assert Cause.RATE == events[0].symptoms[0].cause


class TestFlapping:
    def test_what_comes_and_goes_is_one_incident(self) -> None:
        """After so many turns it is held open, told once as flapping, and ends when it was calm long enough."""
        limit = Limit(45.0, Persistence(1, 1, 1))
        plan = Plan(
            metrics={"latency_ms": MetricPlan(method=Method.NONE, limit=limit)}, flapping=Flapping(4, 7200, 1800)
        )
        restless = [sample(i, {"latency_ms_rx": 60.0 * (i % 2)}) for i in range(20)]
        events = judged(Detection(One(plan)), restless + days(range(20, 40)))

        assert [OPENED, RESOLVED, OPENED, (IncidentResolved, Reason.CALM)] == told(events)
        assert 1 == sum(event.reason is Reason.FLAPPING for event in events)
        assert events[-1].flapping


class TestAccepting:
    def test_the_present_becomes_normal_with_the_next_sample(self) -> None:
        """The incident ends because a person said so, and the new level opens none; a further rise does."""
        detection = Detection(One())
        trouble = judged(detection, days(range(100)) + days(range(100, 120), SLOW))
        assert detection.accept(entity(0), "first")
        end = judged(detection, days(range(120, 160), SLOW))
        worse = judged(detection, days(range(160, 166), dict.fromkeys(SLOW, 140.0)))

        assert ([OPENED], [(IncidentResolved, Reason.ACCEPTED)], [OPENED]) == (told(trouble), told(end), told(worse))

    def test_it_survives_a_restart(self) -> None:
        """What a person said is part of what is stored."""
        detection, again = Detection(One()), Detection(One())
        judged(detection, days(range(100)) + days(range(100, 120), SLOW))
        detection.accept(entity(0), "first")
        again.load(detection.dump([entity(0)]).items())

        assert [(IncidentResolved, Reason.ACCEPTED)] == told(judged(again, days([120], SLOW)))

    def test_a_word_is_taken_once(self) -> None:
        """Read again after a crash it changes nothing, also when it was acted on."""
        detection = Detection(One())
        judged(detection, days(range(100)))

        assert [True, False] == [detection.accept(entity(0), "first") for _ in range(2)]
        judged(detection, days([100]))
        assert [False, True] == [detection.accept(entity(0), word) for word in ("first", "second")]

    def test_nobody_accepts_what_is_not_known(self) -> None:
        """There is nothing to accept of an entity without a memory."""
        assert not Detection(One()).accept(entity(9), "first")

    @pytest.mark.parametrize("plan", [SEED])
    def test_the_seeds_method_takes_it_too(self, plan: Plan) -> None:
        """Its history holds what was trouble, as if it had been normal."""
        detection = Detection(One(plan))
        opened = judged(detection, days(range(20)) + days(range(20, 40), SLOW))
        detection.accept(entity(0), "first")

        assert [OPENED] == told(opened)
        assert [(IncidentResolved, Reason.ACCEPTED)] == told(judged(detection, days(range(40, 60), SLOW)))


class Sundays:
    """Maintenance in the trouble."""

    def __contains__(self, when: object) -> bool:
        """Return whether the time lies in the trouble."""
        return at(60) <= when < at(70)  # type: ignore[operator]


class TestRules:
    def test_announced_maintenance_tells_and_teaches_nothing(self) -> None:
        """The same trouble within a window opens nothing, and is no part of what is usual later."""
        plan = Plan(metrics={"latency_ms": MetricPlan(), "jitter_ms": MetricPlan()}, calendar=Sundays())

        assert [] == judged(Detection(One(plan)), BUSY)

    def test_what_the_rules_give_up_is_no_symptom(self) -> None:
        """An incident about a metric that is judged no longer ends with the next sample."""
        detection = Detection(One())
        first = judged(detection, days(range(60)) + days(range(60, 66), SLOW))
        detection.rulebook = One(Plan(metrics={"loss_pct": MetricPlan()}))

        assert ([OPENED], [RESOLVED]) == (told(first), told(judged(detection, days([66], SLOW))))

    def test_an_impact_floor_silences_what_does_not_matter(self) -> None:
        """Sixty milliseconds more are nothing to somebody who asks for a hundred."""
        plan = Plan(metrics={"latency_ms": MetricPlan(material=100.0)})

        assert [] == judged(Detection(One(plan)), BUSY)


class TestBatches:
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(0, 1000))
    def test_batching_changes_nothing(self, sizes: list[int], seed: int) -> None:
        """Any way to cut the stream into batches, entities mixed, gives the same events and the same states."""
        draw = Random(seed)  # noqa: S311 - an order
        links = [days(range(50), link=link) + days(range(50, 56), SLOW, link=link) for link in range(3)]
        stream = [own.pop(0) for own in (draw.choice([k for k in links if k]) for _ in range(168)) if own]
        alone, together = Detection(One()), Detection(One())
        events: list[IncidentEvent] = []
        rest, turn = list(stream), 0
        while rest:
            size = sizes[turn % len(sizes)]
            events += together.judge(rest[:size], at(1000)).events
            rest, turn = rest[size:], turn + 1

        assert sorted(e.id for e in judged(alone, stream)) == sorted(e.id for e in events)
        names = [entity(link) for link in range(3)]
        assert alone.dump(names) == together.dump(names)

    def test_a_double_changes_nothing(self) -> None:
        """Each sample twice, at once and later: the same events, the same state."""
        once, twice = Detection(One()), Detection(One())
        doubled = [again for one in BUSY for again in (one, one)]

        assert judged(once, BUSY) == judged(twice, doubled)
        judged(twice, BUSY)
        assert once.dump([entity(0)]) == twice.dump([entity(0)])

    def test_a_restart_changes_nothing(self) -> None:
        """Stored and loaded again after each sample, it tells the same."""
        detection, events = Detection(One()), list[IncidentEvent]()
        for one in BUSY:
            events += detection.judge([one], at(1000)).events
            stored = detection.dump([entity(0)])
            detection = Detection(One())
            assert {} == detection.load(stored.items())

        assert judged(Detection(One()), BUSY) == events

    def test_columns_are_used_again(self) -> None:
        """A thousand links come, are stored, forgotten and loaded, and are as they were."""
        detection = Detection(One())
        detection.judge([sample(bucket, link=link) for bucket in range(3) for link in range(300)], at(9))
        stored = detection.dump([entity(link) for link in range(300)])
        detection.forget(detection.known())
        assert 0 == len(detection)
        detection.load(stored.items())

        assert stored == detection.dump(detection.known())


class TestBadInput:
    def test_a_sample_from_the_future_spoils_no_batch(self) -> None:
        """It is refused before anything is judged."""
        detection = Detection(One())

        with pytest.raises(FutureSampleError):
            detection.judge([sample(0), sample(50)], at(1))
        assert 0 == len(detection)

    @pytest.mark.parametrize("raw", [b"", b"\xc1", b"\x94\x63\x00\x80\xc0"])
    def test_a_state_that_is_not_ours_is_named_and_begins_anew(self, raw: bytes) -> None:
        """The entity is lost to memory, the others are not."""
        detection = Detection(One())
        judged(detection, days(range(3)))
        stored = detection.dump([entity(0)])
        lost = Detection(One())

        assert ["broken"] == list(lost.load([("broken", raw), *stored.items()]))
        assert (entity(0),) == lost.known()


class TestGaps:
    def test_the_present_before_the_past_comes_to_the_same(self) -> None:
        """A link is seen first as it is now, then as it was: in the end what is known is what order would have given."""
        ordered, mixed = Detection(One()), Detection(One())
        past, present = days(range(100)), days(range(100, 110))
        judged(ordered, past + present)
        judged(mixed, present[:6] + past[:50] + present[6:] + past[50:])

        assert _bank(ordered) == _bank(mixed)

    def test_trouble_in_a_gap_is_history(self) -> None:
        """What was wrong while nobody read is recorded, and nobody is told of it."""
        detection = Detection(One())
        first = days(range(100)) + days(range(140, 144))
        assert [] == judged(detection, first)
        trouble = [sample(bucket, SLOW if 110 <= bucket < 120 else None, backfilled=True) for bucket in range(100, 140)]
        events = judged(detection, trouble)

        assert [OPENED, RESOLVED] == told(events)
        assert all(event.historical for event in events)
        assert [] == judged(detection, days(range(144, 160)))

    def test_trouble_that_lasts_into_the_present_is_one_incident(self) -> None:
        """It began in the gap and is bad now: told as still open when the gap is filled, resolved once."""
        detection = Detection(One())
        judged(detection, days(range(100)))
        now = judged(detection, days(range(120, 124), SLOW))
        past = judged(detection, [sample(bucket, SLOW, backfilled=True) for bucket in range(105, 120)])
        end = judged(detection, days(range(124, 126), SLOW) + days(range(126, 132)))

        events = now + past + end
        assert len(events) == len({event.id for event in events})
        heard = [event for event in events if not event.historical]
        assert 1 == sum(isinstance(event, IncidentResolved) for event in heard)
        assert all(isinstance(each[-1], IncidentResolved) for each in _by_incident(events).values())

    def test_what_is_said_of_the_silence_does_not_fill_it(self) -> None:
        """A link that is missed has samples that say so; its true ones are read later, and teach as if in order."""
        ordered, missed = Detection(One()), Detection(One())
        silence = [
            MetricSample.of(
                entity=entity(0),
                kind="wan-link",
                time=at(bucket),
                interval_s=300,
                labels=LINK,
                metrics={"missing_cycles": bucket - 99.0},
            )
            for bucket in range(100, 110)
        ]
        judged(ordered, days(range(114)))
        judged(missed, days(range(100)) + silence + days(range(110, 112)) + days(range(100, 110)) + days([112, 113]))

        assert _bank(ordered) == _bank(missed)

    def test_a_gap_outlives_a_restart(self) -> None:
        """Stored in the middle of being filled, it goes on."""
        detection, ordered = Detection(One()), Detection(One())
        judged(ordered, days(range(112)))
        judged(detection, days(range(40)) + days(range(100, 110)) + days(range(40, 70)))
        stored = detection.dump([entity(0)])
        again = Detection(One())
        again.load(stored.items())
        judged(again, days(range(70, 100)) + days(range(110, 112)))

        assert _bank(ordered) == _bank(again)


def _bank(detection: Detection) -> bytes | None:
    """Return the memory of the vectorised method."""
    return memory.load(detection.dump([entity(0)])[entity(0)]).bank


def _by_incident(events: list[IncidentEvent]) -> dict[str, list[IncidentEvent]]:
    found: dict[str, list[IncidentEvent]] = {}
    for event in events:
        found.setdefault(event.incident, []).append(event)
    return found


def test_the_horizon_is_generous_enough_for_the_tests() -> None:
    """Samples are judged as of much later, so that none is refused."""
    assert Detection(One()).judge([sample(0)], at(0) - timedelta(minutes=30)).dirty
