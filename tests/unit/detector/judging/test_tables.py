from pathlib import Path

import pytest
from faust.types import TP

from satark.detector.codec import faust_app
from satark.detector.judging.tables import LinkTable, link_table
from satark.detector.settings import DetectorSettings
from satark.detector.transport import Span
from satark.runtime.groups import KafkaSettings
from satark.schemas.topics import DETECTOR_CHANGELOG
from tests.unit.detector.judging.logs import Raw

NUMBER = 1
PLACE = TP(DETECTOR_CHANGELOG, NUMBER)


class Change:
    """A chunk of the changelog as Faust hands it over."""

    def __init__(self, *rows: tuple[bytes | None, bytes | None], first: int = 0) -> None:
        self.message = self
        self.tp, self.partition, self.offset = PLACE, NUMBER, first + len(rows) - 1
        self.value = [Raw(NUMBER, first + at, key, value) for at, (key, value) in enumerate(rows)]


@pytest.fixture(params=["memory", "rocksdb"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> LinkTable:
    """A table that nothing was read into yet."""
    settings = DetectorSettings(store=request.param)
    app = faust_app(settings, KafkaSettings(brokers="127.0.0.1:1"), datadir=tmp_path)
    for folder in (app.conf.datadir, app.conf.appdir, app.conf.tabledir):
        folder.mkdir(exist_ok=True, parents=True)
    return link_table(app, name="links", partitions=4, on_disk=request.param == "rocksdb")


def test_a_changelog_is_taken_in_by_the_chunk(table: LinkTable) -> None:
    """The last value counts, none removes, and rows without a key, which nobody can have written, do no harm."""
    table.apply_changelog_batch(
        [Change((b"a", b"1"), (b"b", b"1"), (None, b"x")), Change((b"a", b"2"), (b"b", None), first=3)]
    )

    assert (b"2", None) == (table.stored(NUMBER, b"a"), table.stored(NUMBER, b"b"))
    assert table.stored(0, b"a") is None
    assert 4 == table.persisted_offset(PLACE)


def test_what_is_written_is_read_no_more(table: LinkTable) -> None:
    """The position follows our own rows as long as nothing lies between them."""
    table.apply_changelog_batch([Change((b"a", b"1"))])
    table.keep(NUMBER, [(b"a", b"2"), (b"b", b"1")], Span(1, 2, is_whole=True))

    assert (b"2", b"1", 2) == (table.stored(NUMBER, b"a"), table.stored(NUMBER, b"b"), table.persisted_offset(PLACE))


@pytest.mark.parametrize("span", [Span(3, 4, is_whole=True), Span(1, 4, is_whole=False), None])
def test_what_another_may_have_written_is_read_again(table: LinkTable, span: Span | None) -> None:
    """A hole before or between our rows may be somebody else's, of whom we do not know."""
    table.apply_changelog_batch([Change((b"a", b"1"))])
    table.keep(NUMBER, [(b"a", b"2"), (b"b", b"1")], span)

    assert table.persisted_offset(PLACE) in {None, 0}
    assert b"2" == table.stored(NUMBER, b"a")


def test_a_partition_begins_with_our_rows(table: LinkTable) -> None:
    """In a changelog that was empty ours are the first."""
    table.keep(NUMBER, [(b"a", b"1")], Span(0, 0, is_whole=True))

    assert (1, 0) == (table.count(), table.persisted_offset(PLACE))


async def test_partitions_of_others_are_forgotten(tmp_path: Path) -> None:
    """What is neither ours nor stood by for takes no memory."""
    app = faust_app(DetectorSettings(), KafkaSettings(brokers="127.0.0.1:1"), datadir=tmp_path)
    table = link_table(app, name="links", partitions=4, on_disk=False)
    table.keep(0, [(b"a", b"1")], Span(0, 0, is_whole=True))
    table.keep(NUMBER, [(b"b", b"1")], Span(0, 0, is_whole=True))
    await table.on_rebalance({PLACE}, set(), set())

    assert (1, b"1") == (table.count(), table.stored(NUMBER, b"b"))
    assert -1 == table.persisted_offset(TP(DETECTOR_CHANGELOG, 0)), "it is read from its beginning if it comes back"
