import gzip
import io
import sys
from pathlib import Path

import pytest

from satark.detector.replay.textfile import MAX_LINE_BYTES, STDIN, UnreadableFileError, opened


def lines(path: Path) -> list[tuple[int, bytes]]:
    """Read a file."""
    with opened(path) as file:
        return list(file.lines())


class TestLines:
    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_plain_or_gzipped(self, tmp_path: Path, pack: type[bytes]) -> None:
        """Lines are numbered from one and lose their line break, whatever the file is packed in."""
        path = tmp_path / "file"
        path.write_bytes(pack(b"one\r\n\nthree"))

        assert lines(path) == [(1, b"one"), (2, b""), (3, b"three")]

    def test_a_long_line_is_cut(self, tmp_path: Path) -> None:
        """Of a line that is too long one byte more than allowed is handed on, and the next line has its number."""
        path = tmp_path / "file"
        path.write_bytes(b"x" * (2 * MAX_LINE_BYTES + 500) + b"\nnext\n")

        first, second = lines(path)

        assert (first[0], len(first[1])) == (1, MAX_LINE_BYTES + 1)
        assert second == (2, b"next")

    def test_how_far_it_is(self, tmp_path: Path) -> None:
        """What is read and what there is are told in bytes on the disk."""
        path = tmp_path / "file"
        path.write_bytes(b"1\n2\n")

        with opened(path) as file:
            list(file.lines())

        assert (file.done, file.total) == (4, 4)

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A dash is standard input, whose size nobody knows."""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"one\n"))))

        with opened(STDIN) as file:
            assert list(file.lines()) == [(1, b"one")]
        assert file.total == 0


class TestDamage:
    def test_a_missing_file(self, tmp_path: Path) -> None:
        """A file that is not there is one error."""
        with pytest.raises(UnreadableFileError, match="No such file"):
            lines(tmp_path / "missing")

    @pytest.mark.parametrize("cut", [slice(-6), slice(12)])
    def test_a_cut_off_file(self, tmp_path: Path, cut: slice) -> None:
        """A gzipped file that ends too early is the same error."""
        path = tmp_path / "file.gz"
        path.write_bytes(gzip.compress(b"one\ntwo\n" * 1000)[cut])

        with pytest.raises(UnreadableFileError):
            lines(path)

    def test_a_broken_file(self, tmp_path: Path) -> None:
        """A gzipped file with wrong bytes within is the same error."""
        raw = bytearray(gzip.compress(bytes(range(256)) * 50))
        raw[20:40] = b"\xff" * 20
        path = tmp_path / "file.gz"
        path.write_bytes(bytes(raw))

        with pytest.raises(UnreadableFileError):
            lines(path)
