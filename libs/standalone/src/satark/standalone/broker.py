"""The embedded broker: librdkafka's in-process cluster, for trying out only.

It keeps nothing on disk, drops the oldest records at 5 MB a partition, and has no admin API: a topic appears when it
is touched, with four partitions. Run as a process: `python -m satark.standalone.broker ADDRESS_FILE`; it writes its
address to that file and, as a JSON line, to stdout.
"""

import json
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from confluent_kafka import Producer

from satark.schemas.topics import all_topics

PARTITIONS = 4
"""What librdkafka's in-process cluster gives every topic; it has no setting for it."""

TOUCH_TIMEOUT_S = 10.0


class EmbeddedBroker:
    """The in-process cluster. Opened by `start`; it lives until the process ends."""

    def __init__(self) -> None:
        self._client: Producer | None = None

    def start(self, topics: Iterable[str]) -> str:
        """Start the cluster and touch the topics; return its address, host:port.

        Raises RuntimeError when it does not come up.
        """
        self._client = Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0})
        brokers = list(self._client.list_topics(timeout=TOUCH_TIMEOUT_S).brokers.values())
        if not brokers:
            raise RuntimeError("librdkafka's in-process cluster did not start")
        for topic in topics:
            self._client.list_topics(topic, timeout=TOUCH_TIMEOUT_S)
        return f"{brokers[0].host}:{brokers[0].port}"


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    broker = EmbeddedBroker()
    address = broker.start(topic.name for topic in all_topics())
    target = Path(sys.argv[1])
    partial = target.with_suffix(".partial")
    partial.write_text(address)
    partial.rename(target)
    print(json.dumps({"event": "embedded_broker_ready", "address": address}), flush=True)  # noqa: T201 - its log
    ended.wait()


if __name__ == "__main__":
    main()
