"""What a picture costs in a mail's way: milliseconds of the processor and bytes. Prints a table.

Run: python bench/chart.py [--rounds 20]

Times are of the process, so that neighbours on the machine count little. The first picture of a process loads the
library, which is told beside.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from satark.notifier.chart import Picture, chart
from satark.schemas.incidents import IncidentEvent
from tests.unit.notifier.chart.courses import BERLIN, level_then_bad, pictured, three
from tests.unit.notifier.scenes import WRITTEN, opened, resolved

MAX_BYTES = 60_000
METRICS = ("latency_ms_rx", "jitter_ms_rx", "loss_pct_rx")


def scenes() -> dict[str, IncidentEvent]:
    """Return incidents by what their pictures show."""
    long = [pictured(metric, 20.0, 80.0, level_then_bad(20.0, 80.0, samples=512, bad=128)) for metric in METRICS]
    return {
        "1 panel, 24 samples": opened(),
        "1 panel, 48 samples": opened(three()[0]),
        "1 panel, two clocks": opened(three()[0], labels=BERLIN),
        "1 panel, over": resolved(opened(three()[0]), three()[0]),
        "2 panels, 48 samples": opened(*three()[:2]),
        "3 panels, 48 samples": opened(*three()),
        "1 panel, 512 samples": opened(long[0]),
        "3 panels, 512 samples": opened(*long, labels=BERLIN),
    }


def drawn(event: IncidentEvent) -> Picture:
    """Return the picture of an incident that has one."""
    picture = chart(event, WRITTEN + timedelta(hours=1))
    assert picture is not None
    return picture


def main() -> None:
    """Draw, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    began = process_time()
    drawn(opened())
    print(f"the first, with loading the library: {process_time() - began:.2f} s\n")
    print(f"{'picture':<24} {'ms':>7} {'bytes':>7} {'of 60 kB':>9}  size")
    for name, event in scenes().items():
        began = process_time()
        for _ in range(rounds):
            picture = drawn(event)
        spent_ms = (process_time() - began) / rounds * 1000
        size = len(picture.png)
        print(f"{name:<24} {spent_ms:>7.1f} {size:>7} {size / MAX_BYTES:>8.0%}  {picture.width} x {picture.height}")


if __name__ == "__main__":
    main()
