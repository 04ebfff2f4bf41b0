"""The detector's metrics."""

from prometheus_client import Counter, Gauge, Histogram

OBSERVATIONS = Counter("satark_detector_observations_total", "Values judged, by what became of them.", ["verdict"])
SAMPLES = Counter("satark_detector_samples_total", "Samples processed.", ["outcome"])
INCIDENT_EVENTS = Counter("satark_detector_incident_events_total", "Incident events published.", ["event", "severity"])
ENTITIES = Gauge("satark_detector_entities", "Entities remembered by this process, standby copies included.")
STATES_LOST = Counter("satark_detector_states_lost_total", "Stored states that could not be read; learning began anew.")
END_TO_END_SECONDS = Histogram(
    "satark_end_to_end_latency_seconds",
    "From the end of the measured interval to the incident event.",
    ["topic"],
    buckets=(1, 10, 60, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 86400),
)
BATCH_SECONDS = Histogram(
    "satark_detector_batch_seconds",
    "Time to judge the samples that waited, telling and storage included.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30),
)
BATCH_SAMPLES = Histogram(
    "satark_detector_batch_samples",
    "How many samples were judged together.",
    buckets=(1, 3, 10, 30, 100, 300, 1000, 3000, 10_000),
)
BASELINES = Counter("satark_detector_baselines_total", "Baselines published, by the entity's state.", ["state"])
PUBLISH_RETRIES = Counter("satark_detector_publish_retries_total", "Records that Kafka did not take at once.")
GROUPS = Gauge("satark_detector_groups", "Open groups of incidents of this process's partitions.")
GROUP_EVENTS = Counter(
    "satark_detector_group_events_total", "Events of incident groups published.", ["event", "dimension"]
)
GROUPS_FULL = Counter(
    "satark_detector_ungrouped_incidents_total", "Incidents not grouped: their enterprise has too many already."
)
RULES_RELOADS = Counter(
    "satark_detector_rules_reloads_total",
    "Changes of the rules file that were seen, by what became of them.",
    ["outcome"],
)
RULES_CURRENT = Gauge(
    "satark_detector_rules_current", "1: the file's rules count; 0: older ones, for the file is wrong."
)
