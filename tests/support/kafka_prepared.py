"""A broker's data folder, prepared as kafka.tools.StorageTool does it but without starting Java for it.

The tool writes two files: the identity, and a first snapshot of the cluster's metadata (versions of its features, and
the SCRAM user) that is alike for all nodes and clusters. So the snapshot is taken from one that the tool made.
"""

import base64
import secrets
import shutil
from pathlib import Path

SNAPSHOT = "bootstrap.checkpoint"
IDENTITY = "meta.properties"


def new_id() -> str:
    """Return an identifier as Kafka makes them: 16 random bytes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def prepare(data: Path, snapshot: Path, *, cluster_id: str, node_id: int) -> None:
    """Make the data folder of a node."""
    data.mkdir(parents=True)
    shutil.copy(snapshot, data / SNAPSHOT)
    lines = {"version": 1, "cluster.id": cluster_id, "node.id": node_id, "directory.id": new_id()}
    (data / IDENTITY).write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
