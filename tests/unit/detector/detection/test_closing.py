"""An incident that a person closes."""

import pytest
from msgspec.structs import replace

from satark.detector.closing.command import word
from satark.detector.detection.detection import Detection
from satark.detector.rules import Flapping, Limit, Method, MetricPlan, Persistence, Plan
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved, Reason
from satark.schemas.metrics import MetricSample
from tests.unit.detector.detection.links import DAY, LINK, ROBUST, SEED, One, at, days, entity, judged, sample
from tests.unit.detector.detection.test_detection import OPENED, told
from tests.unit.detector.detection.test_series import PLAN, usage

SLOW = {"latency_ms_rx": 60.0, "latency_ms_tx": 60.0}
LIMIT = Plan(metrics={"latency_ms": MetricPlan(method=Method.NONE, limit=Limit(45.0, Persistence(3, 4, 2)))})


def troubled(plan: Plan = ROBUST, samples: list[MetricSample] | None = None) -> tuple[Detection, IncidentEvent]:
    """Return a detection with an open incident, and the incident's last event."""
    detection = Detection(One(plan))
    events = judged(detection, samples or days(range(100)) + days(range(100, 110), SLOW))
    assert [OPENED] == told(events)
    return detection, events[-1]


def closed(detection: Detection, last: IncidentEvent) -> IncidentEvent | None:
    """Close an incident."""
    return detection.close(word(last, "alice", "known", at(2000)))


class TestEnding:
    @pytest.mark.parametrize("plan", [ROBUST, SEED, LIMIT])
    def test_it_ends_at_once(self, plan: Plan) -> None:
        """Without a sample, by whatever way it was judged: who closed it and why, where, and the evidence."""
        detection, last = troubled(plan)
        end = closed(detection, last)

        assert isinstance(end, IncidentResolved)
        assert (Reason.CLOSED, "alice", "known") == (end.reason, end.closed_by, end.because)
        assert (last.incident, last.sequence + 1, LINK) == (end.incident, end.sequence, end.labels)
        assert (at(109), at(110), False) == (end.time, end.ended_at, end.historical)
        assert not any(symptom.active for symptom in end.symptoms)
        assert all(symptom.recent for symptom in end.symptoms)

    def test_a_series_of_no_known_kind_too(self) -> None:
        """Its alarm ends with the incident."""
        detection, last = troubled(PLAN, usage(range(2 * DAY)) + usage(range(2 * DAY, 2 * DAY + 4), 40.0))

        assert isinstance(closed(detection, last), IncidentResolved)
        assert [] == judged(detection, usage(range(2 * DAY + 4, 2 * DAY + 30)))

    def test_what_flaps_ends_too(self) -> None:
        """It is not held open until it has been calm."""
        limit = Limit(45.0, Persistence(1, 1, 1))
        plan = Plan(metrics={"latency_ms": MetricPlan(Method.NONE, limit=limit)}, flapping=Flapping(4, 7200, 7200))
        detection = Detection(One(plan))
        events = judged(detection, [sample(i, {"latency_ms_rx": 60.0 * (i % 2)}) for i in range(20)])
        assert events[-1].flapping

        assert isinstance(closed(detection, events[-1]), IncidentResolved)

    def test_only_the_incident_that_is_meant(self) -> None:
        """Another one, one that is over, and one of an entity that is not known stay as they are."""
        detection, last = troubled()
        other = word(last, "alice", "", at(2000))
        before = detection.dump([entity(0)])

        assert detection.close(replace(other, incident="another")) is None
        assert detection.close(replace(other, entity="wan-link/other")) is None
        assert before == detection.dump([entity(0)])
        assert closed(detection, last) is not None
        assert closed(detection, last) is None


class TestAfterwards:
    @pytest.mark.parametrize("plan", [ROBUST, SEED, LIMIT])
    def test_what_is_normal_stays(self, plan: Plan) -> None:
        """Band and limit are those of before, and calm samples open nothing."""
        detection, last = troubled(plan)
        before = detection.normals([entity(0)])[entity(0)]
        closed(detection, last)

        assert before == detection.normals([entity(0)])[entity(0)]
        assert [] == judged(detection, days(range(110, 160)))

    @pytest.mark.parametrize(("plan", "least"), [(ROBUST, 2), (LIMIT, 3), (SEED, 1)])
    def test_trouble_that_goes_on_is_another_incident(self, plan: Plan, least: int) -> None:
        """Once it has been seen as often as any other."""
        detection, last = troubled(plan)
        closed(detection, last)
        (opened, *_) = judged(detection, days(range(110, 130), SLOW))

        assert isinstance(opened, IncidentOpened)
        assert last.incident != opened.incident
        assert at(109 + least) <= opened.time <= at(120)
        assert opened.opened_at >= at(110)

    def test_late_samples_of_it_open_nothing(self) -> None:
        """What was told to be over stays so."""
        detection = Detection(One(LIMIT))
        course = days(range(100)) + days(range(100, 110), SLOW)
        last = judged(detection, [*course[:105], *course[106:]])[-1]
        closed(detection, last)

        assert [] == judged(detection, [course[105]])

    @pytest.mark.parametrize("plan", [ROBUST, SEED, LIMIT])
    def test_it_survives_a_restart(self, plan: Plan) -> None:
        """What is stored has no incident, and an incident that is read from what is stored can be closed."""
        detection, last = troubled(plan)
        again, third = Detection(One(plan)), Detection(One(plan))
        again.load(detection.dump([entity(0)]).items())
        assert closed(again, last) == closed(detection, last)
        third.load(again.dump([entity(0)]).items())

        calm = days(range(110, 130))
        assert [] == judged(third, calm) == judged(detection, calm)

    def test_what_a_person_accepted_before_is_accepted(self) -> None:
        """A word that waits for the next sample is not lost."""
        detection, last = troubled(samples=days(range(100)) + days(range(100, 120), SLOW))
        detection.accept(entity(0), "first")
        closed(detection, last)

        assert [] == judged(detection, days(range(120, 150), SLOW))
