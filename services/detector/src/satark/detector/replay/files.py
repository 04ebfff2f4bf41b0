"""Samples from a file: JSON Lines of metric samples, or a table (CSV), plain or gzipped; told apart by the first byte."""

import csv
from collections.abc import AsyncGenerator, Iterator
from itertools import chain
from pathlib import Path

from satark.detector.replay.columns import BadRowError, Columns
from satark.detector.replay.sightings import BATCH, Order, Period, Reject, Rejecting, Sighting
from satark.detector.replay.textfile import TextFile, opened
from satark.schemas import codec
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS

DELIMITERS = ",;\t"
Lines = Iterator[tuple[int, bytes]]


class FileSource:
    """A file's samples. What is none is handed to `reject` with the number of its line."""

    def __init__(
        self, path: Path, *, reject: Rejecting, period: Period, interval_s: int, order: Order = Order.TIME
    ) -> None:
        self._path = path
        self._reject = reject
        self._period = period
        self._interval_s = interval_s
        self.order = order
        self.done = 0
        self.total = 0

    async def batches(self) -> AsyncGenerator[list[Sighting], None]:
        """Yield the samples in the file's order. Raises UnreadableFileError, and BadHeaderError for a table's."""
        with opened(self._path) as file:
            self.total = file.total
            batch: list[Sighting] = []
            for sample in self._samples(file):
                if sample.time not in self._period:
                    continue
                batch.append(Sighting.timely(sample))
                if len(batch) >= BATCH:
                    self.done = file.done
                    yield batch
                    batch = []
            self.done = file.done
            yield batch

    def _samples(self, file: TextFile) -> Iterator[MetricSample]:
        lines = ((number, line) for number, line in file.lines() if line.strip())
        first = next(lines, None)
        if first is None:
            return iter(())
        read = self._json if first[1].lstrip().startswith(b"{") else self._table
        return read(chain([first], lines))

    def _json(self, lines: Lines) -> Iterator[MetricSample]:
        for number, line in lines:
            try:
                yield codec.decode(METRICS, line)
            except codec.UndecodableEventError as error:
                self._reject(Reject(f"line {number}", str(error), _text(line)))

    def _table(self, lines: Lines) -> Iterator[MetricSample]:
        """Read a table, one row a line: a quoted cell does not hold a line break."""
        number, header = next(lines)
        text = _text(header).removeprefix("\ufeff")
        delimiter = max(DELIMITERS, key=text.count)
        columns = Columns(next(csv.reader([text], delimiter=delimiter)), interval_s=self._interval_s)
        for number, line in lines:
            try:
                yield columns.sample(next(csv.reader([_text(line)], delimiter=delimiter)))
            except (BadRowError, csv.Error) as error:
                self._reject(Reject(f"line {number}", str(error), _text(line)))


def _text(line: bytes) -> str:
    return line.decode(errors="replace")
