from pathlib import Path

import pytest

from satark.detector.replay.columns import BadHeaderError
from satark.detector.replay.files import FileSource
from satark.detector.replay.sightings import BATCH, Period, Reject, Rejecting
from satark.schemas.metrics import MetricSample
from tests.unit.detector.replay.links import STEP_S, at, no_reject, sample, write


async def read(path: Path, reject: Rejecting = no_reject, period: Period = Period()) -> list[MetricSample]:  # noqa: B008
    """Read a file's samples."""
    source = FileSource(path, reject=reject, period=period, interval_s=STEP_S)
    found = [sighting.sample async for batch in source.batches() for sighting in batch]
    assert source.done == source.total
    return found


class TestJsonLines:
    async def test_samples_are_read(self, tmp_path: Path) -> None:
        """Samples come as they were written, in batches of a bounded size."""
        samples = [sample(i) for i in range(BATCH + 3)]

        assert await read(write(tmp_path / "file", samples)) == samples

    async def test_only_those_of_the_period(self, tmp_path: Path) -> None:
        """A period has its beginning and not its end."""
        path = write(tmp_path / "file", [sample(i) for i in range(10)])

        assert await read(path, period=Period(at(3), at(5))) == [sample(3), sample(4)]

    async def test_bad_lines_are_named(self, tmp_path: Path) -> None:
        """What is no sample is handed over with its line; the rest is read."""
        path = tmp_path / "file"
        write(path, [sample(1)])
        path.write_bytes(path.read_bytes() + b'\n{"id": 1}\nnonsense\n' + path.read_bytes())
        rejects: list[Reject] = []

        assert await read(path, rejects.append) == [sample(1), sample(1)]
        assert [(reject.place, reject.text) for reject in rejects] == [("line 3", '{"id": 1}'), ("line 4", "nonsense")]
        assert rejects[0].reason.startswith("invalid: ")

    async def test_an_empty_file(self, tmp_path: Path) -> None:
        """A file of nothing has no samples."""
        (tmp_path / "file").write_text("\n \n")

        assert await read(tmp_path / "file") == []


class TestTable:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    async def test_rows_are_read(self, tmp_path: Path, delimiter: str) -> None:
        """A table may be divided by commas, semicolons or tabs, and begin with a byte order mark."""
        rows = [
            ["time", "entity", "label.edge", "label.link", "latency_ms_rx"],
            [at(0).isoformat(), "wan-link/b", "LDN-BR-01", "Broadband B", "20"],
        ]
        path = tmp_path / "file.csv"
        path.write_text("\ufeff" + "\n".join(delimiter.join(row) for row in rows), encoding="utf-8")

        assert await read(path) == [sample(0)]

    async def test_bad_rows_are_named(self, tmp_path: Path) -> None:
        """What is no row is handed over with its line, also a cell that never ends; the rest is read."""
        path = tmp_path / "file.csv"
        path.write_text(
            f"time,entity,latency_ms_rx\n2026-03-10,a,x\n{'y' * 200_000}\n\n2026-03-10,a,5\n", encoding="utf-8"
        )
        rejects: list[Reject] = []

        assert [each.metrics for each in await read(path, rejects.append)] == [{"latency_ms_rx": 5.0}]
        assert [reject.place for reject in rejects] == ["line 2", "line 3"]

    async def test_a_bad_header_ends_it(self, tmp_path: Path) -> None:
        """Without a header that can be used nothing can be read."""
        (tmp_path / "file.csv").write_text("a,b,c\n1,2,3\n")

        with pytest.raises(BadHeaderError):
            await read(tmp_path / "file.csv")
