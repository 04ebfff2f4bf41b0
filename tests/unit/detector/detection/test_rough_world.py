"""A world in which everything happens at once: gaps filled late, doubles, labels that change, states stored and read back."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from satark.detector.detection.detection import Detection
from satark.detector.rules import default_rulebook
from satark.schemas.metrics import WAN_LINK_METRICS, MetricSample

LINKS, STEPS = 14, 240
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("Broadband 1", "MPLS", "LTE", "other", "Starlink")
USUAL = (20, 20, 3, 3, 0, 0)
NOISE = (1, 1, 0.7, 0.7, 0, 0)
TROUBLE = (60, 50, 30, 30, 8, 9)

Told = list[tuple[str, str]]


def _metrics(link: int, step: int, dice: Random) -> dict[str, float]:
    values = {}
    for row, name in enumerate(WAN_LINK_METRICS):
        if dice.random() < 0.01:
            continue
        value = float(round(max(0.0, USUAL[row] * (1 + link % 3) + dice.gauss(0, NOISE[row]))))
        if (step // 23 + link) % 19 == 0 and row == link % 6:
            value += TROUBLE[row]
        values[name] = value + (500 if dice.random() < 0.003 else 0)
    if link % 7 == 0:
        values["throughput_bps_rx"] = dice.random() * 1e6
    if link % 13 == 0:
        values["failed_cycles"] = 3.0 if dice.random() < 0.05 else 0.0
    return values or {"throughput_bps_rx": 1.0}


def _sample(link: int, step: int, dice: Random) -> MetricSample:
    labels = {"edge": f"e{link}", "link": NAMES[link % 5], "link_id": str(link), "timezone": "Europe/Berlin"}
    if link % 9 == 0 and step > STEPS // 2:
        labels["isp"] = "New DSL"
    return MetricSample.of(
        entity=f"wan-link/v/1/{link}",
        kind="wan-link" if link % 17 else "thing",
        time=BEGIN + timedelta(minutes=5 * step),
        interval_s=300,
        metrics=_metrics(link, step, dice),
        labels=labels,
        backfilled=dice.random() < 0.005,
    )


def _stream(seed: int) -> list[MetricSample]:
    """Return samples as they arrive: some links are held back for a while, some samples are lost, some come twice."""
    dice = Random(seed)  # noqa: S311 - a world, not a secret
    held: dict[int, tuple[int, list[MetricSample]]] = {}
    stream: list[MetricSample] = []
    for step in range(STEPS):
        for link in range(LINKS):
            sample, fate = _sample(link, step, dice), dice.random()
            if link in held:
                held[link][1].append(sample)
                if step >= held[link][0]:
                    late = held.pop(link)[1]
                    if fate < 0.5:
                        stream.append(late.pop())
                    stream += late
            elif fate < 0.004:
                held[link] = (step + dice.randrange(1, 12), [sample])
            elif fate >= 0.008:
                stream += [sample, sample] if fate < 0.012 else [sample]
    return stream


def _judged(stream: list[MetricSample], cut: int) -> tuple[Told, dict[str, bytes]]:
    """Judge a stream in batches that `cut` decides; return the events by entity, and what is remembered in the end."""
    detection, dice, told = Detection(default_rulebook()), Random(cut), Told()  # noqa: S311 - as above
    place = 0
    while place < len(stream):
        size = dice.choice([3, 50, 700]) if cut else 1_000
        judged = detection.judge(stream[place : place + size], BEGIN + timedelta(days=60))
        told += [(event.entity, repr(event)) for event in judged.events]
        place += size
        if dice.random() < 0.05:
            some = sorted(detection.known())[::3]
            stored = detection.dump(some)
            detection.forget(some)
            assert {} == detection.load(stored.items())
    return sorted(told, key=lambda one: one[0]), detection.dump(sorted(detection.known()))


@pytest.mark.parametrize("seed", [1, 56])
def test_batches_and_restarts_change_nothing(seed: int) -> None:
    """However samples are cut into batches, and whenever states are stored and read back: same events, same memory."""
    stream = _stream(seed)

    whole, pieces = _judged(stream, 0), _judged(stream, seed)

    assert whole[0]
    assert whole == pieces
