"""The notifier's metrics, named after Alertmanager's where it has them."""

from prometheus_client import Counter, Gauge, Histogram

NOTIFICATIONS = Counter("satark_notifier_notifications_total", "Notifications that were accepted.", ["channel"])
FAILED = Counter(
    "satark_notifier_notifications_failed_total", "Notifications that were given up, by reason.", ["channel", "reason"]
)
SUPPRESSED = Counter(
    "satark_notifier_suppressed_total", "Notifications that were not to be told, by reason.", ["reason"]
)
MESSAGES = Counter(
    "satark_notifier_messages_total",
    "Messages that were accepted, by kind: event, reminder, escalation, fallback, digest, heartbeat.",
    ["channel", "kind"],
)
TARGET_FAILING = Gauge(
    "satark_notifier_target_failing", "1 while the last attempt to reach a target failed.", ["channel", "receiver"]
)
RETRIES = Counter("satark_notifier_retries_total", "Attempts that are to be repeated later.", ["channel"])
LATENCY = Histogram(
    "satark_notifier_latency_seconds",
    "From an incident event's publication to the acceptance of its notification.",
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400),
)
PENDING = Gauge("satark_notifier_pending", "Notifications that wait for delivery.")
SILENCED = Gauge("satark_notifier_silenced", "Notifications that silences keep back.")
OPEN_INCIDENTS_TOO_LARGE = Gauge(
    "satark_notifier_open_incidents_too_large",
    "Events since the start that no record of what is open has room for: they are told, and not reminded of.",
)
OPEN_INCIDENTS = Gauge("satark_notifier_open_incidents", "Incidents and groups that are not over.")
CHARTS_FAILED = Counter(
    "satark_notifier_charts_failed_total", "Pictures that could not be drawn; their mails went without."
)
TEMPLATES_BROKEN = Counter(
    "satark_notifier_templates_broken_total",
    "Parts of mails for which the built-in template was used because one of the user's is broken.",
    ["template"],
)
ROUTES_RELOADS = Counter(
    "satark_notifier_routes_reloads_total",
    "Changes of the file of routes: taken, refused for its mistakes, or unreadable.",
    ["outcome"],
)
ROUTES_CURRENT = Gauge(
    "satark_notifier_routes_current", "1 when the routing is that of the present file, 0 when the file is wrong."
)
