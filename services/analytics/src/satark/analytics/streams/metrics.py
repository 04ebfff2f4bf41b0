"""The metrics of streams; `satark.analytics.metrics` shows them to the reference."""

from prometheus_client import Counter, Gauge

STREAMS = Gauge("satark_analytics_streams", "Streams that are open, by what they are of.", ["stream"])
DROPPED = Counter(
    "satark_analytics_streams_dropped_total", "Streams ended because their readers were too slow.", ["stream"]
)
BYTES = Counter("satark_analytics_stream_bytes_total", "Bytes sent in streams.", ["stream"])
