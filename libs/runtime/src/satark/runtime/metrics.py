"""The metrics that every process has. A service's own are in its `metrics.py`; nothing else declares metrics."""

from prometheus_client import Counter, Gauge, Histogram

BUILD_INFO = Gauge("satark_build_info", "1, with the running version and service.", ["version", "service"])
READY = Gauge("satark_ready", "1 when the condition is ready.", ["condition"])
EVENTS_PRODUCED = Counter("satark_events_produced_total", "Records written to Kafka and acknowledged.", ["topic"])
EVENTS_CONSUMED = Counter("satark_events_consumed_total", "Records read from Kafka.", ["topic"])
EVENTS_DEAD_LETTERED = Counter(
    "satark_events_dead_lettered_total", "Records moved to a dead letter topic.", ["topic", "reason"]
)
EVENTS_UNREADABLE = Counter(
    "satark_events_unreadable_total",
    "Records that could not be read and were passed over: their topic has no dead letters, or another service keeps them.",
    ["topic"],
)
EVENT_PROCESSING_SECONDS = Histogram("satark_event_processing_seconds", "Time to process one record.", ["topic"])
CONSUMER_LAG = Gauge(
    "satark_consumer_lag_records", "Records between the read position and the end.", ["topic", "partition"]
)
KAFKA_RETRIES = Counter("satark_kafka_retries_total", "Attempts at Kafka that failed and were repeated.", ["action"])
REBALANCES = Counter(
    "satark_consumer_rebalances_total", "Times that this process was given its share of the partitions."
)
