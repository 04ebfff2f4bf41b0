"""The receivers' metrics: received = published + dead-lettered + dropped (+ what is under way), by receiver."""

from prometheus_client import Counter, Gauge

LINES_RECEIVED = Counter("satark_gateway_lines_received_total", "Lines that arrived.", ["receiver", "transport"])
LINES_PUBLISHED = Counter("satark_gateway_lines_published_total", "Lines that Kafka has.", ["receiver", "transport"])
LINES_DEAD_LETTERED = Counter(
    "satark_gateway_lines_dead_lettered_total",
    "Lines that could not be understood, and that Kafka has as dead letters.",
    ["receiver", "transport", "cause"],
)
LINES_DROPPED = Counter(
    "satark_gateway_lines_dropped_total", "Lines that were dropped.", ["receiver", "transport", "cause"]
)
RECEIVER_REFUSED = Counter(
    "satark_gateway_receiver_connections_refused_total",
    "Connections that were closed before a line was read.",
    ["receiver", "transport", "cause"],
)
RECEIVER_CLOSED = Counter(
    "satark_gateway_receiver_connections_closed_total",
    "Connections that ended, by cause.",
    ["receiver", "transport", "cause"],
)
RECEIVER_CONNECTIONS = Gauge(
    "satark_gateway_receiver_connections", "Connections that are open.", ["receiver", "transport"]
)
WAITING_BYTES = Gauge("satark_gateway_receiver_waiting_bytes", "Bytes of datagrams that wait.", ["receiver"])
