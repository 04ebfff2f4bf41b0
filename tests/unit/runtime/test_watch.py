"""A file that is looked at while it changes. What a settled file is spared is in the tests of files of rules."""

import os
from pathlib import Path

import pytest

from satark.runtime.watch import Watch

OLD_NS = 1_700_000_000_000_000_000


class TestChanged:
    def test_young(self, tmp_path: Path) -> None:
        """A young file is read each time: it may be changed again without looking younger."""
        path = tmp_path / "file"
        path.write_bytes(b"abc")
        watch = Watch(path, 10)

        assert [watch.changed(), watch.changed()] == [b"abc", b"abc"]

    def test_old(self, tmp_path: Path) -> None:
        """An old file is read once."""
        path = tmp_path / "file"
        path.write_bytes(b"abc")
        os.utime(path, ns=(OLD_NS, OLD_NS))
        watch = Watch(path, 10)

        assert [watch.changed(), watch.changed()] == [b"abc", None]

    def test_large(self, tmp_path: Path) -> None:
        """Of a large file so much is read that it is seen to be too large."""
        path = tmp_path / "file"
        path.write_bytes(b"x" * 100)

        assert Watch(path, 10).changed() == b"x" * 11

    def test_gone_and_back(self, tmp_path: Path) -> None:
        """After a time in which it could not be read it counts as changed."""
        path, away = tmp_path / "file", tmp_path / "away"
        path.write_bytes(b"abc")
        os.utime(path, ns=(OLD_NS, OLD_NS))
        watch = Watch(path, 10)
        watch.changed()
        path.rename(away)
        with pytest.raises(FileNotFoundError):
            watch.changed()
        away.rename(path)

        assert watch.changed() == b"abc"
