"""The poller's own metrics."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("satark_poller_requests_total", "Requests to the orchestrator.", ["method", "outcome"])
REQUEST_SECONDS = Histogram(
    "satark_poller_request_seconds",
    "Time a request to the orchestrator took.",
    ["method"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
LOGINS = Counter("satark_poller_logins_total", "Session logins.", ["outcome"])
CYCLES = Counter("satark_poller_cycles_total", "Looks at the orchestrator.", ["outcome"])
CYCLE_SECONDS = Gauge("satark_poller_cycle_seconds", "Time the last look took.")
DATA_AGE = Gauge(
    "satark_poller_data_age_seconds",
    "Age of the end of an enterprise's newest sample by the orchestrator's clock.",
    ["enterprise"],
)
CLOCK_SKEW = Gauge("satark_poller_clock_skew_seconds", "The orchestrator's clock minus this machine's.")
SAMPLES = Counter("satark_poller_samples_total", "Samples by what became of them.", ["outcome"])
SKIPPED = Counter("satark_poller_skipped_total", "Parts of answers that were left out.", ["reason"])
WINDOWS_SKIPPED = Counter(
    "satark_poller_windows_skipped_total", "Sample intervals of an edge that were given up.", ["cause"]
)
INVENTORY = Gauge("satark_poller_inventory", "What the orchestrator has.", ["what"])
FAILED_EDGES = Gauge("satark_poller_failed_edges", "Edges that could not be read in the last look.")
