"""Contender (b): what a Faust tutorial comes to: an agent, and one hopping-window table a metric.

An hour that starts every five minutes holds count, sum and sum of squares; the hour that ended with the sample before
the present one is the history. Faust's defaults but for what makes it run here: no web server, tables in memory, a
commit each second. Run by bench/detector.py: plain_faust.py BROKERS TOPIC TOLD PARTITIONS DATADIR.
"""

import sys
from math import sqrt

import faust

HISTORY_S, STEP_S = 3600, 300
KEEP_S = 30 * 86_400
"""Faust drops old windows by the clock on the wall, and the samples are of the days before."""

FACTOR, MIN_SAMPLES = 2.0, 6
FLOORS = {"latency_ms": 5.0, "jitter_ms": 2.5, "loss_pct": 0.5}
METRICS = [f"{stem}_{way}" for stem in FLOORS for way in ("rx", "tx")]
GROUP = "rival-faust"

brokers, samples_topic, told_topic, partitions, datadir = sys.argv[1:6]
app = faust.App(
    GROUP,
    broker=[f"kafka://{broker}" for broker in brokers.split(",")],
    store="memory://",
    topic_partitions=int(partitions),
    broker_commit_interval=1.0,
    datadir=datadir,
)


class Sample(faust.Record, coerce=False):
    """As much of a record as is needed."""

    entity: str
    time: str
    metrics: dict[str, float]


class Sums(faust.Record, coerce=False):
    """What a window holds."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, value: float) -> "Sums":
        """Return the sums with one more value."""
        return Sums(n=self.n + 1, total=self.total + value, squares=self.squares + value * value)


samples = app.topic(samples_topic, key_type=str, key_serializer="raw", value_type=Sample)
told = app.topic(told_topic, key_type=str, value_serializer="json")
tables = {
    name: app.Table(name, default=Sums, key_type=str, value_type=Sums, partitions=int(partitions))
    .hopping(HISTORY_S, STEP_S, expires=KEEP_S)
    .relative_to_stream()
    for name in METRICS
}


def beyond(sums: Sums, floor: float, value: float) -> bool:
    """Return whether a value is too far above the mean of a history."""
    if sums.n < MIN_SAMPLES:
        return False
    mean = sums.total / sums.n
    spread = sqrt(max(0.0, sums.squares - sums.n * mean * mean) / (sums.n - 1))
    return value > mean + FACTOR * max(spread, floor)


@app.agent(samples)
async def judge(stream):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 - as a tutorial has it
    """Judge each sample, then learn it."""
    async for sample in stream:
        for name, value in sample.metrics.items():
            window = tables[name][sample.entity]
            history = window.delta(HISTORY_S)
            if beyond(history, FLOORS[name[:-3]], value):
                await told.send(key=sample.entity, value={"metric": name, "time": sample.time, "value": value})
            tables[name][sample.entity] += value


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "--without-web", "-l", "warn"]
    app.main()
