"""Contender (c): Quix Streams, the seed's rule on its sliding windows: RocksDB state, changelogs on, a commit a second.

The window of an event is the hour before it, itself included; the event is taken out again before it is judged. Run by
bench/detector.py in the virtual environment of `make bench-install`: quix.py BROKERS TOPIC TOLD FOLDER.
"""

import sys
from datetime import datetime
from math import sqrt
from typing import Any

from quixstreams import Application

HISTORY_MS = 3_600_000
FACTOR, MIN_SAMPLES = 2.0, 6
FLOORS = {"latency_ms": 5.0, "jitter_ms": 2.5, "loss_pct": 0.5}
GROUP = "rival-quix"

Json = dict[str, Any]


def event_time_ms(value: Json, _headers: Any, _timestamp: float, _kind: Any) -> int:
    """Return the time of a sample, from its value."""
    return int(datetime.fromisoformat(value["time"]).timestamp() * 1000)


def first(sample: Json) -> Json:
    """Return a window of one sample: count, sum and sum of squares by metric, and the newest sample."""
    return {
        "entity": sample["entity"],
        "last": sample["metrics"],
        "sums": {name: [1, value, value * value] for name, value in sample["metrics"].items()},
    }


def more(window: Json, sample: Json) -> Json:
    """Return a window with one more sample."""
    sums = window["sums"]
    for name, value in sample["metrics"].items():
        n, total, squares = sums.get(name, (0, 0.0, 0.0))
        sums[name] = [n + 1, total + value, squares + value * value]
    return {"entity": window["entity"], "last": sample["metrics"], "sums": sums}


def beyond(result: Json) -> Json:
    """Return which metrics of the newest sample are too far above the history without it."""
    window, found = result["value"], []
    for name, value in window["last"].items():
        n, total, squares = window["sums"][name]
        n, total, squares = n - 1, total - value, squares - value * value
        if n < MIN_SAMPLES:
            continue
        mean = total / n
        spread = sqrt(max(0.0, squares - n * mean * mean) / (n - 1))
        if value > mean + FACTOR * max(spread, FLOORS[name[:-3]]):
            found.append(name)
    return {"entity": window["entity"], "metrics": found}


def main(brokers: str, samples: str, told: str, folder: str) -> None:
    """Judge until ended."""
    app = Application(
        broker_address=brokers,
        consumer_group=GROUP,
        auto_offset_reset="earliest",
        state_dir=folder,
        commit_interval=1.0,
        loglevel="WARNING",
    )
    stream = app.dataframe(app.topic(samples, value_deserializer="json", timestamp_extractor=event_time_ms))
    stream = stream.sliding_window(duration_ms=HISTORY_MS).reduce(reducer=more, initializer=first).current()
    stream = stream.apply(beyond)
    stream = stream[stream.apply(lambda judged: bool(judged["metrics"]))]
    stream.to_topic(app.topic(told, value_serializer="json"))
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:5])
