"""The poller's own metrics."""

from prometheus_client import Counter, Gauge, Histogram

from satark.poller.telling.link_gauges import LinkGauges

REQUESTS = Counter(
    "satark_poller_requests_total", "Requests to the orchestrator.", ["orchestrator", "method", "outcome"]
)
REQUEST_SECONDS = Histogram(
    "satark_poller_request_seconds",
    "Time a request to the orchestrator took.",
    ["orchestrator", "method"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
LOGINS = Counter("satark_poller_logins_total", "Session logins.", ["orchestrator", "outcome"])
CYCLES = Counter("satark_poller_cycles_total", "Looks at the orchestrator.", ["orchestrator", "outcome"])
CYCLE_SECONDS = Gauge("satark_poller_cycle_seconds", "Time the last look took.", ["orchestrator"])
DATA_AGE = Gauge(
    "satark_poller_data_age_seconds",
    "Age of the end of an enterprise's newest sample by the orchestrator's clock.",
    ["orchestrator", "enterprise"],
)
CLOCK_SKEW = Gauge(
    "satark_poller_clock_skew_seconds", "The orchestrator's clock minus this machine's.", ["orchestrator"]
)
SAMPLES = Counter("satark_poller_samples_total", "Samples by what became of them.", ["orchestrator", "outcome"])
SKIPPED = Counter("satark_poller_skipped_total", "Parts of answers that were left out.", ["orchestrator", "reason"])
WINDOWS_SKIPPED = Counter(
    "satark_poller_windows_skipped_total", "Sample intervals of an edge that were given up.", ["orchestrator", "cause"]
)
INVENTORY = Gauge("satark_poller_inventory", "What the orchestrator has.", ["orchestrator", "what"])
FAILED = Gauge("satark_poller_failed_calls", "Calls that failed in the last look, after all retries.", ["orchestrator"])
DATA_DELAY = Gauge(
    "satark_poller_data_delay_seconds",
    "How long the orchestrator needs until a sample is complete, as learnt.",
    ["orchestrator"],
)
LATE = Gauge("satark_poller_late_samples", "Samples that are still expected, by links.", ["orchestrator"])
TOKEN_EXPIRY = Gauge(
    "satark_poller_token_expiry_timestamp_seconds", "When the API token expires, as it says itself.", ["orchestrator"]
)
OWNED = Gauge("satark_poller_orchestrators", "Orchestrators by whether this process polls them.", ["state"])
STATES = Gauge("satark_poller_links", "Links by state.", ["orchestrator", "state"])
EVENTS = Counter(
    "satark_poller_vendor_events_total", "Events of the orchestrator that were published as messages.", ["orchestrator"]
)
HEARTBEATS = Counter("satark_poller_heartbeats_total", "Requests to the heartbeat URL.", ["outcome"])
LINKS = LinkGauges()
"""Exported once it is registered, which the setting `export_links` decides."""
