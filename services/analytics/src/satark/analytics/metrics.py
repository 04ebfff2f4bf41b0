"""The metrics of analytics."""

from prometheus_client import Counter, Gauge, Histogram

from satark.analytics.desk import metrics as desk
from satark.analytics.mirror import metrics as mirror
from satark.analytics.routes.actions import metrics as actions
from satark.analytics.streams import metrics as streams
from satark.analytics.web import metrics as web

PARTS = (actions, desk, mirror, streams, web)
"""Parts that have metrics of their own, for the reference."""

ROWS = Counter("satark_analytics_rows_total", "Rows that were inserted.", ["table"])
EXPIRED = Counter(
    "satark_analytics_rows_expired_total", "Rows that were older than what is kept, and not inserted.", ["table"]
)
REPEATED = Counter("satark_analytics_ranges_repeated_total", "Inserts that were cut short and completed.")
INSERT_SECONDS = Histogram(
    "satark_analytics_insert_seconds",
    "Time to insert what was read, all tables.",
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)
INSERT_LAG = Gauge("satark_analytics_insert_lag_seconds", "Age of the newest inserted record when it was inserted.")
STORE_FAILURES = Counter(
    "satark_analytics_store_failures_total", "Calls that the store did not answer as it should.", ["reason"]
)
DROPPED = Counter("satark_analytics_partitions_dropped_total", "Partitions dropped for their age or size.", ["kept"])
STORED_BYTES = Gauge("satark_analytics_stored_bytes", "Bytes on disk, by class.", ["kept"])
OLDEST = Gauge("satark_analytics_oldest_timestamp_seconds", "Time of the oldest row, by class.", ["kept"])
UNUSABLE = Counter(
    "satark_analytics_unusable_records_total",
    "Records without rows: not decodable, or not as they should be.",
    ["topic", "reason"],
)
COSTS_DROPPED = Counter(
    "satark_analytics_costs_dropped_total", "Costs of reads and queries that were not kept: too many, or no store."
)
SHED = Counter(
    "satark_analytics_rows_shed_total", "Rows of little severity that were left out since the disk is full.", ["table"]
)
STATES = Gauge("satark_analytics_states", "Entities of which pollers said how they are, as held in memory.")
