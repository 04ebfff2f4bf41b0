from pathlib import Path

import pytest

from satark.simulators.files import write_atomically


class TestWriteAtomically:
    def test_writes(self, tmp_path: Path) -> None:
        """A file is written whole, over an older one, readable by others, and nothing is left beside it."""
        path = tmp_path / "port"
        for content in (b"80\n", b"8080\n"):
            write_atomically(path, content)

        assert path.read_bytes() == b"8080\n"
        assert path.stat().st_mode & 0o777 == 0o644
        assert list(tmp_path.iterdir()) == [path]

    def test_no_folder(self, tmp_path: Path) -> None:
        """A folder that is not there is an error of the operating system."""
        with pytest.raises(FileNotFoundError):
            write_atomically(tmp_path / "none" / "port", b"")

    def test_cannot_replace(self, tmp_path: Path) -> None:
        """What cannot take the old one's place is not left behind."""
        (tmp_path / "port").mkdir()

        with pytest.raises(IsADirectoryError):
            write_atomically(tmp_path / "port", b"80\n")
        assert [path.name for path in tmp_path.iterdir()] == ["port"]
