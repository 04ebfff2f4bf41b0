"""The metrics of queries."""

from prometheus_client import Counter, Gauge, Histogram

QUERIES = Counter("satark_analytics_queries_total", "Queries that are over, answered or not.", ["outcome"])
QUERY_SECONDS = Histogram(
    "satark_analytics_query_seconds",
    "From when a query was handed in until its answer was there.",
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
)
QUERY_ROWS = Counter("satark_analytics_query_rows_total", "Rows in answers.")
QUERIES_UNFINISHED = Gauge("satark_analytics_queries_unfinished", "Queries that wait or run.")
ANSWER_BYTES = Gauge("satark_analytics_query_answers_bytes", "Room that kept answers take.")
