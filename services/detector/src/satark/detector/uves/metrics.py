"""The metrics of UVEs and alarms."""

from prometheus_client import Counter, Gauge, Histogram

SHARES = Counter("satark_detector_uve_shares_total", "Shares and withdrawals taken in.", ["outcome"])
STATES = Counter("satark_detector_uve_states_total", "States of objects published.", ["change"])
ROWS = Counter("satark_detector_uve_rows_total", "Rows written to the table of UVEs.")
OBJECTS = Gauge("satark_detector_uve_objects", "Objects held by this process.")
ODDITIES = Counter("satark_detector_uve_oddities_total", "What was odd about what generators tell.", ["kind", "reason"])
BATCH_SECONDS = Histogram(
    "satark_detector_uve_batch_seconds",
    "Time to take in a batch of shares, publish and store what it changed.",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ALARM_EVENTS = Counter("satark_detector_alarm_events_total", "Alarm events published.", ["event", "severity"])
ALARM_FINDINGS = Counter("satark_detector_alarm_findings_total", "Rules that fail, or work again, by object.", ["what"])
ACKNOWLEDGEMENTS = Counter("satark_detector_alarm_acknowledgements_total", "Acknowledgements, by answer.", ["answer"])
RULE_LOADS = Counter("satark_detector_alarm_rule_loads_total", "Loads of alarm rules, by outcome.", ["outcome"])
STATES_LOST = Counter("satark_detector_uve_rows_lost_total", "Stored rows that could not be read.")
TOO_LARGE = Counter(
    "satark_detector_uve_records_refused_total", "Records that no broker takes for their size.", ["topic"]
)
