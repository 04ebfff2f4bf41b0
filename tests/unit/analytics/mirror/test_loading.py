from satark.analytics.mirror.loading import Loading
from tests.unit.analytics.mirror.records import record


class TestLoading:
    def test_it_tells_how_far_it_is(self) -> None:
        """The share of offsets that lie behind, over all topics and partitions."""
        loading = Loading({("a", 0): 60, ("a", 1): 0, ("b", 0): 40})
        told = [loading.words]

        loading.take([record("a", b"", b"", offset=29), record("b", b"", b"", offset=12)])
        told.append(loading.words)
        loading.take([record("a", b"", b"", offset=59), record("b", b"", b"", offset=1_000)])
        told.append(loading.words)

        assert ["reading the objects, 0 %", "reading the objects, 43 %", "reading the objects, 100 %"] == told

    def test_without_ends_it_says_no_number(self) -> None:
        """Of topics that are empty, or of which nothing is known, there is no share."""
        loading = Loading({})

        loading.take([record("a", b"", b"", offset=3)])

        assert "reading the objects" == loading.words
