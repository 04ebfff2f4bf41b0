"""What one sample costs the detector, without Kafka: decode, recall, judge, remember. Prints a table.

Run: python bench/detector_step.py [--links 500] [--buckets 60]
Compare two versions in pairs within one run of the machine; absolute times are noisy.
"""

import argparse
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter

from satark.detector.seed.engine import SeedEngine
from satark.detector.settings import DetectorSettings
from satark.schemas import codec, topics
from satark.schemas.metrics import WAN_LINK, WAN_LINK_METRICS, MetricSample

BEGIN = datetime(2026, 3, 10, tzinfo=UTC)


def world(links: int, buckets: int) -> list[bytes]:
    """Return the encoded samples of a seeded world, bucket by bucket."""
    draw = random.Random(1)  # noqa: S311 - a world, no secret
    return [
        codec.encode(
            MetricSample.of(
                entity=f"wan-link/vco/4101/{link}",
                kind=WAN_LINK,
                time=BEGIN + timedelta(minutes=5 * bucket),
                interval_s=300,
                metrics={name: float(round(draw.gauss(20, 1))) for name in WAN_LINK_METRICS},
                labels={"edge": f"edge-{link}", "link": "Broadband", "orchestrator": "vco"},
            ),
            source="/bench",
        ).value
        for bucket in range(buckets)
        for link in range(links)
    ]


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Return seconds and count of a piece of work."""
    began = perf_counter()
    count = work()
    return perf_counter() - began, count


def main() -> None:
    """Measure each stage alone and the whole."""
    parser = argparse.ArgumentParser(description="cost of the detector's hot path by stage")
    parser.add_argument("--links", type=int, default=500)
    parser.add_argument("--buckets", type=int, default=60)
    options = parser.parse_args()
    raw = world(options.links, options.buckets)
    engine = SeedEngine(DetectorSettings())
    samples = [codec.decode(topics.METRICS, value) for value in raw]
    stored: dict[str, bytes] = {}

    def decode() -> int:
        return sum(1 for value in raw if codec.decode(topics.METRICS, value))

    def whole() -> int:
        for value in raw:
            sample = codec.decode(topics.METRICS, value)
            known = stored.get(sample.entity)
            step = engine.step(engine.load(known) if known else None, sample, sample.time)
            stored[sample.entity] = engine.dump(step.state)
        return len(raw)

    def storage() -> int:
        for sample in samples:
            engine.dump(engine.load(stored[sample.entity]))
        return len(samples)

    print(f"{'stage':<28}{'samples/s':>12}{'µs a sample':>14}")
    for name, work in (("decode", decode), ("all (decode, judge, store)", whole), ("load and dump state", storage)):
        seconds, count = timed(work)
        print(f"{name:<28}{count / seconds:>12,.0f}{seconds / count * 1e6:>14.1f}")
    sizes = sorted(len(value) for value in stored.values())
    print(f"state of a link: {sizes[len(sizes) // 2]} bytes (median), {sizes[-1]} (largest)")


if __name__ == "__main__":
    main()
