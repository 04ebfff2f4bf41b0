"""One broker for a whole test run, shared by all pytest-xdist workers.

The first worker that needs it starts it; each holds a leash; when the last lets go, or dies, the reaper ends it.
"""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.kafka import KafkaCluster
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.reaper import Leash, locked
from tests.support.waiting import blocking

_started: list[KafkaCluster] = []
"""Clusters that outlive their starter on purpose; kept so that their processes raise no ResourceWarning."""


@contextlib.contextmanager
def shared_kafka(root: Path) -> Iterator[KafkaEndpoint]:
    """Hold the broker of this run; `root` is a folder that all its processes share, and nobody else."""
    folder = root / "kafka"
    with locked(folder / "lock"):
        leash = Leash.join(folder / "leash") or Leash.shared(folder / "leash", folder / "lock")
        try:
            endpoint = _running(folder / "broker.json") or _start(folder, leash)
        except BaseException:
            leash.close()
            raise
    try:
        yield endpoint
    finally:
        leash.close()


def _running(state: Path) -> KafkaEndpoint | None:
    """Return the broker that the state file names, if it answers."""
    if not state.exists():
        return None
    endpoint = KafkaEndpoint(json.loads(state.read_text())["brokers"])
    return endpoint if blocking(endpoint.node_ids()) else None


def _start(folder: Path, leash: Leash) -> KafkaEndpoint:
    cluster = KafkaCluster(Path(tempfile.mkdtemp(prefix="broker-", dir=folder)), leash=leash)
    blocking(cluster.start())
    _started.append(cluster)
    state = {"pid": cluster.nodes[1].pid, "brokers": cluster.endpoint().brokers, "data": str(cluster.data)}
    (folder / "broker.json").write_text(json.dumps(state))
    return cluster.endpoint()
