from pathlib import Path

import pytest

from tests.support.memory import folder_in_memory


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """What stands for the memory."""
    folder = tmp_path / "memory"
    folder.mkdir()
    return folder


class TestFolderInMemory:
    def test_is_in_memory(self, tmp_path: Path, memory: Path) -> None:
        """Each call makes a folder of its own in memory."""
        found = [folder_in_memory("kafka-", otherwise=tmp_path, memory=memory, enough_bytes=1) for _ in range(2)]

        assert set(found) == set(memory.glob("kafka-*"))
        assert len(set(found)) == 2

    def test_little_memory(self, tmp_path: Path, memory: Path) -> None:
        """Where too little is free, the folder is made in the other place."""
        found = folder_in_memory("kafka-", otherwise=tmp_path, memory=memory, enough_bytes=2**80)

        assert found.parent == tmp_path

    def test_no_memory(self, tmp_path: Path) -> None:
        """So it is on a system that has no such place."""
        found = folder_in_memory("kafka-", otherwise=tmp_path, memory=tmp_path / "absent")

        assert found.parent == tmp_path
