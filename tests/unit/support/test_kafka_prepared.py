import base64
from pathlib import Path

from tests.support.kafka_prepared import IDENTITY, SNAPSHOT, new_id, prepare


def test_ids_are_kafka_s() -> None:
    """An identifier is sixteen bytes in Base64 for URLs, without padding, and never the same."""
    found = {new_id() for _ in range(100)}

    assert len(found) == 100
    assert {len(base64.urlsafe_b64decode(f"{each}==")) for each in found} == {16}


def test_a_folder_is_prepared(tmp_path: Path) -> None:
    """The folder holds the node's identity, with a directory of its own, and the snapshot."""
    (tmp_path / "made").write_bytes(b"snapshot")

    for node in (1, 2):
        prepare(tmp_path / f"node-{node}", tmp_path / "made", cluster_id="c", node_id=node)

    identities = [
        dict(line.split("=") for line in (tmp_path / f"node-{node}" / IDENTITY).read_text().splitlines())
        for node in (1, 2)
    ]
    assert [("1", "c", "1"), ("1", "c", "2")] == [
        (each["version"], each["cluster.id"], each["node.id"]) for each in identities
    ]
    assert identities[0]["directory.id"] != identities[1]["directory.id"]
    assert (tmp_path / "node-2" / SNAPSHOT).read_bytes() == b"snapshot"
