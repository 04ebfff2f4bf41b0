"""What one sample costs the detector, without Kafka: decode, judge, remember; by method and number of links.

Run: python bench/detector_step.py [--links 170,1700,17000] [--buckets 12]
A batch is all links of one bucket, as a poller tells them. Absolute times are noisy: compare within one table.
"""

import argparse
import random
from datetime import UTC, datetime, timedelta
from time import perf_counter

from satark.detector.detection.detection import Detection
from satark.detector.judging.rulebooks import seed_rulebook
from satark.detector.rules import Rulebook, default_rulebook
from satark.schemas import codec, topics
from satark.schemas.metrics import WAN_LINK, WAN_LINK_METRICS, MetricSample

BEGIN = datetime(2026, 3, 10, tzinfo=UTC)
STAGES = ("decode", "judge", "dump")


def bucket_of(links: int, bucket: int, draw: random.Random) -> list[bytes]:
    """Return the encoded samples of all links of one bucket."""
    return [
        codec.encode(
            MetricSample.of(
                entity=f"wan-link/vco/4101/{link}",
                kind=WAN_LINK,
                time=BEGIN + timedelta(minutes=5 * bucket),
                interval_s=300,
                metrics={
                    name: 0.0 if name.startswith("loss") else float(round(draw.gauss(20, 1)))
                    for name in WAN_LINK_METRICS
                },
                labels={"edge": f"edge-{link}", "link": "GE3", "orchestrator": "vco"},
            ),
            source="/bench",
        ).value
        for link in range(links)
    ]


def measured(rulebook: Rulebook, links: int, buckets: int) -> tuple[dict[str, float], int]:
    """Return microseconds a sample of each stage, and the bytes of a link's state."""
    draw, detection = random.Random(1), Detection(rulebook)  # noqa: S311 - a world, no secret
    spent = dict.fromkeys(STAGES, 0.0)
    size = 0
    for bucket in range(buckets):
        raw = bucket_of(links, bucket, draw)
        began = perf_counter()
        samples = [codec.decode(topics.METRICS, value) for value in raw]
        decoded = perf_counter()
        dirty = detection.judge(samples, samples[0].time).dirty
        judged = perf_counter()
        stored = detection.dump(dirty)
        ended = perf_counter()
        for stage, seconds in zip(STAGES, (decoded - began, judged - decoded, ended - judged), strict=True):
            spent[stage] += seconds
        size = sum(map(len, stored.values())) // len(stored)
    return {stage: 1e6 * seconds / (links * buckets) for stage, seconds in spent.items()}, size


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="cost of the detector's hot path by stage")
    parser.add_argument("--links", default="170,1700,17000", help="numbers of links, six series each")
    parser.add_argument("--buckets", type=int, default=12, help="samples of each link")
    options = parser.parse_args()
    print(
        f"{'method':<8}{'links':>8}{'series':>9}"
        + "".join(f"{stage + ' µs':>12}" for stage in STAGES)
        + f"{'B/series':>10}"
    )
    for name, rulebook in (("robust", default_rulebook()), ("seed", seed_rulebook())):
        for links in map(int, options.links.split(",")):
            spent, size = measured(rulebook, links, options.buckets)
            costs = "".join(f"{spent[stage]:>12.1f}" for stage in STAGES)
            print(f"{name:<8}{links:>8,}{6 * links:>9,}{costs}{size // 6:>10,}")


if __name__ == "__main__":
    main()
