"""Rows 28 and 38 of the feature table: samples through the built-in rules to incidents, and from those to groups."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from satark.detector.detection.detection import Detection
from satark.detector.groups.model import GroupRules
from satark.detector.groups.notices import notice_of
from satark.detector.groups.scope import Scope
from satark.detector.rules import default_rulebook
from satark.poller.telling.missing import MISSING_CYCLES
from satark.schemas.incident_groups import Dimension, IncidentGroupOpened, IncidentGroupResolved
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved
from satark.schemas.metrics import WAN_LINK, MetricSample

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
STEP = timedelta(minutes=5)
DAYS = 3
TROUBLE = DAYS * 288
"""The first bad sample of five minutes; it lasts two hours."""

LINKS = range(6)


def labels(link: int) -> dict[str, str]:
    """Return the labels of one of a provider's links, each at a site of its own."""
    return {
        "orchestrator": "vco.example.net",
        "enterprise": "Example Retail",
        "enterprise_id": "7",
        "edge": f"Edge {link}",
        "link": "Broadband",
        "link_id": str(link),
        "isp": "Example Telecom",
        "site": f"Site {link}",
    }


def sample(link: int, step: int, metrics: dict[str, float]) -> MetricSample:
    """Return a sample of a link."""
    return MetricSample.of(
        entity=f"wan-link/vco.example.net/7/{link}",
        kind=WAN_LINK,
        time=BEGIN + step * STEP,
        interval_s=300,
        metrics=metrics,
        labels=labels(link),
    )


def measured(link: int, step: int, random: Random) -> MetricSample:
    """Return what is measured: calm around 20 ms, and 90 ms more while five of the links have their trouble."""
    is_bad = link != 0 and TROUBLE <= step < TROUBLE + 24
    latency = 20 + random.gauss(0, 1) + (90 if is_bad else 0)
    return sample(link, step, {"latency_ms_rx": latency, "latency_ms_tx": 18 + random.gauss(0, 1), "loss_pct_rx": 0.0})


def judged(samples: Iterable[list[MetricSample]]) -> list[IncidentEvent]:
    """Return what the built-in rules make of samples, look after look."""
    detection = Detection(default_rulebook())
    return [event for look in samples for event in detection.judge(look, look[0].time + STEP).events]


def test_row_28_five_of_six_links_of_one_isp() -> None:
    """Five of six links of one provider degrade: one group "ISP" with five members, opened once and resolved once."""
    random = Random(28)  # noqa: S311 - noise
    looks = ([measured(link, step, random) for link in LINKS] for step in range(TROUBLE + 60))
    scope = Scope(GroupRules())
    told = []
    for event in judged(looks):
        notice = notice_of(event)
        if notice is not None:
            scope.fold(notice.member)
            told += scope.decide(event.time + STEP).events if isinstance(event, IncidentResolved) else []
        if len(scope) == 5 and not told:
            told += scope.decide(event.time + STEP).events

    assert isinstance(told[0], IncidentGroupOpened)
    assert isinstance(told[-1], IncidentGroupResolved)
    assert 1 == len({event.group for event in told})
    assert (Dimension.ISP, "Example Telecom", 5) == (told[0].dimension, told[0].value, told[0].member_count)
    assert {f"Edge {link}" for link in LINKS} - {"Edge 0"} == {each.labels["edge"] for each in told[0].members}


def test_row_38_no_data_is_an_incident_in_the_sixth_cycle() -> None:
    """A link that is missed is no incident five times, one the sixth time, and resolved when it is back."""
    counts = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.0]
    events = judged([[sample(1, step, {MISSING_CYCLES: count})] for step, count in enumerate(counts)])

    assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
    assert [5 * STEP, 7 * STEP] == [event.time - BEGIN for event in events]
    assert [MISSING_CYCLES] == [symptom.metric for symptom in events[0].symptoms]
