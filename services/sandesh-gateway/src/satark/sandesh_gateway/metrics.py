"""The gateway's metrics. By daemon there are none here: its counters are in its UVE and in introspect."""

from prometheus_client import Counter, Gauge

from satark.sandesh_gateway.receivers.metrics import (
    LINES_DEAD_LETTERED,
    LINES_DROPPED,
    LINES_PUBLISHED,
    LINES_RECEIVED,
    RECEIVER_CLOSED,
    RECEIVER_CONNECTIONS,
    RECEIVER_REFUSED,
    WAITING_BYTES,
)

__all__ = [
    "BUFFERED_BYTES",
    "CLOSED",
    "CONNECTIONS",
    "DEAD_LETTERED",
    "DROPPED",
    "EVENTS",
    "GENERATORS",
    "LINES_DEAD_LETTERED",
    "LINES_DROPPED",
    "LINES_PUBLISHED",
    "LINES_RECEIVED",
    "PAUSED",
    "PENDING_BYTES",
    "PROBLEMS",
    "PUBLISHED",
    "RECEIVED",
    "RECEIVED_BYTES",
    "RECEIVER_CLOSED",
    "RECEIVER_CONNECTIONS",
    "RECEIVER_REFUSED",
    "REFUSED",
    "TASKS",
    "WAITING_BYTES",
    "WITHDRAWALS",
]

RECEIVED = Counter("satark_gateway_messages_received_total", "Messages that came from daemons, by type.", ["type"])
RECEIVED_BYTES = Counter("satark_gateway_bytes_received_total", "Bytes of messages that came from daemons.")
PUBLISHED = Counter("satark_gateway_messages_published_total", "Messages that Kafka has, by type.", ["type"])
DROPPED = Counter(
    "satark_gateway_messages_dropped_total", "Messages that were given up, by type and cause.", ["type", "cause"]
)
DEAD_LETTERED = Counter(
    "satark_gateway_messages_dead_lettered_total", "Messages that were set aside with their cause.", ["type", "cause"]
)
EVENTS = Counter("satark_gateway_events_total", "Events that were made of messages, by event.", ["event"])
PROBLEMS = Counter(
    "satark_gateway_statistics_problems_total", "Statistics that were not recorded since their annotations are wrong."
)
CONNECTIONS = Gauge("satark_gateway_connections", "Open connections.")
GENERATORS = Gauge("satark_gateway_generators", "Daemons that have a session.")
REFUSED = Counter("satark_gateway_connections_refused_total", "Connections that were not taken, by cause.", ["cause"])
CLOSED = Counter("satark_gateway_sessions_closed_total", "Connections that ended, by cause.", ["cause"])
PENDING_BYTES = Gauge("satark_gateway_pending_bytes", "What waits for Kafka, of all daemons.")
BUFFERED_BYTES = Gauge("satark_gateway_buffered_bytes", "Parts of messages that have not come whole, of all daemons.")
PAUSED = Gauge("satark_gateway_paused_connections", "Connections that are not read, since too much waits for Kafka.")
TASKS = Gauge(
    "satark_gateway_tasks", "Tasks of the event loop: one for each connection, and some that are always there."
)
WITHDRAWALS = Counter("satark_gateway_withdrawals_total", "Times that a daemon's shares were withdrawn.", ["reason"])
