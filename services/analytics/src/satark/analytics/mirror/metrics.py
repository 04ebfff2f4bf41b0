"""The metrics of the mirror; `satark.analytics.metrics` shows them to the reference."""

from prometheus_client import Counter, Gauge

RECORDS = Counter("satark_analytics_mirror_records_total", "Records of the mirrored topics, by outcome.", ["outcome"])
OBJECTS = Gauge("satark_analytics_mirror_objects", "Objects held in memory.")
SHARES = Gauge("satark_analytics_mirror_shares", "Shares of objects held in memory.")
BYTES = Gauge("satark_analytics_mirror_bytes", "Memory that the mirror takes, as far as it is counted.")
LAG_SECONDS = Gauge(
    "satark_analytics_mirror_lag_seconds", "Age of the record that was read last; 0 when there is no more to read."
)
BEHIND = Gauge("satark_analytics_mirror_behind_records", "States of objects that are written, and not read yet.")
