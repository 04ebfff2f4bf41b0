"""missing: the sample that says that a link was missed."""

from satark.poller.telling.missing import MISSING_CYCLES, is_missing, missing
from satark.schemas.metrics import MetricSample
from tests.unit.poller.links import STEP, VALUES, at, entity, sample

LABELS = {"orchestrator": "vco.example.net", "link": "Fibre A"}


def test_is_a_sample_of_the_link() -> None:
    """It says of the link, in the sample where it was missed, how often in a row."""
    told = missing(entity("a"), LABELS, sample(3), 6)

    assert (told.entity, told.kind, told.time) == (entity("a"), "wan-link", at(3))
    assert (told.interval_s, told.metrics, told.labels) == (300, {MISSING_CYCLES: 6.0}, LABELS)
    assert is_missing(told)


def test_is_told_apart_from_the_link_s_values() -> None:
    """The values of the same sample may still come: they are another sample, with an id of its own."""
    values = MetricSample.of(
        entity=entity("a"),
        kind="wan-link",
        time=at(3),
        interval_s=int(STEP.total_seconds()),
        metrics=VALUES,
        labels=LABELS,
    )

    assert values.id != missing(entity("a"), LABELS, sample(3), 1).id
    assert not is_missing(values)
