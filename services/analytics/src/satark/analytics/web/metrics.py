"""The metrics of the web part; `satark.analytics.metrics` shows them to the reference."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "satark_analytics_requests_total", "Requests answered, by the route's path.", ["route", "method", "status"]
)
REQUEST_SECONDS = Histogram(
    "satark_analytics_request_seconds",
    "From a request's head to the end of its answer; streams count when they end.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
REQUESTS_IN_PROGRESS = Gauge("satark_analytics_requests_in_progress", "Requests that are being answered, streams too.")
DENIALS = Counter("satark_analytics_denials_total", "Callers turned away, by reason.", ["reason"])
CREDENTIALS_RELOADS = Counter(
    "satark_analytics_credentials_reloads_total", "Changes of the credentials file that were seen.", ["outcome"]
)
