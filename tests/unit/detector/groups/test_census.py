"""How many entities share a value: counted by partition, added up by scope, told with a group."""

from datetime import timedelta

import pytest

from satark.detector.groups import census
from satark.detector.groups.census import AGAIN, COUNTS, GONE, SETTLED, Census, Totals
from satark.detector.groups.notices import Counted, Due, Size, Told, decode, encode
from satark.detector.groups.partition import Partition
from satark.schemas.baselines import BaselineState, EntityBaseline, MetricBaseline
from satark.schemas.incident_groups import Dimension, IncidentGroupOpened
from tests.unit.detector.groups.estate import BEGIN, RULES, SCOPE, link, member, minutes

COMCAST = Size(Dimension.ISP, "Comcast", 3)


def baseline(labels: dict[str, str]) -> EntityBaseline:
    """Return what is normal for a link with these labels."""
    metric = MetricBaseline(state=BaselineState.WATCHING, method="robust", n=40)
    entity = f"wan-link/vco.example.net/7/{labels['link_id']}"
    return EntityBaseline.of(entity=entity, kind="wan-link", time=BEGIN, metrics={"m": metric}, labels=labels)


def heard(links: int, partition: int = 2) -> Census:
    """Return a census of a partition whose links of a provider were told of half an hour ago, and are now."""
    found = Census()
    for at in (BEGIN - SETTLED, BEGIN):
        for number in range(links):
            found.see(partition, baseline(link(number, isp="Comcast")), at)
    return found


def counted(source: int, count: int, *, until: float = 60.0) -> Counted:
    """Return the notice of a partition."""
    size = Size(Dimension.ISP, "Comcast", count)
    return Counted(scope=SCOPE, source=source, until=minutes(until), sizes=(size,))


class TestCensus:
    def test_entities_are_counted_once(self) -> None:
        """However often they are told of; what shares nothing, or is of no enterprise, is not counted."""
        found = heard(3)
        found.see(2, baseline(link(7)), BEGIN)
        found.see(2, baseline({"link_id": "8", "isp": "Comcast"}), BEGIN)

        (notice,) = found.due(BEGIN)
        assert (SCOPE, 2, (COMCAST,), BEGIN + COUNTS) == (notice.scope, notice.source, notice.sizes, notice.until)

    def test_a_partition_is_heard_before_it_is_counted(self) -> None:
        """At first only some of its links have been told of."""
        assert [] == list(heard(3).due(BEGIN - timedelta(minutes=5)))

    def test_what_does_not_change_is_told_now_and_then(self) -> None:
        """Not at every look, but before what was told is forgotten."""
        found = heard(3)

        assert [1, 0, 1] == [len(list(found.due(at))) for at in (BEGIN, BEGIN + AGAIN / 2, BEGIN + AGAIN)]
        assert AGAIN < COUNTS

    def test_what_changes_is_told(self) -> None:
        """A link more; later all of them are gone, which is told too."""
        found = heard(3)
        list(found.due(BEGIN))
        found.see(2, baseline(link(9, isp="Comcast")), BEGIN)

        assert [(Size(Dimension.ISP, "Comcast", 4),)] == [each.sizes for each in found.due(BEGIN)]
        assert [()] == [each.sizes for each in found.due(BEGIN + GONE)]

    def test_memory_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A partition with too many entities is not counted: a wrong number is worse than none."""
        monkeypatch.setattr(census, "MOST", 2)

        assert [] == list(heard(3).due(BEGIN))

    def test_after_a_rebalance_all_is_heard_anew(self) -> None:
        """Other partitions may be ours then."""
        found = heard(3)
        found.clear()

        assert [] == list(found.due(BEGIN))

    def test_a_notice_of_it_is_read_as_it_was_written(self) -> None:
        """It goes to the process that has the scope."""
        notice = counted(0, 3)
        key, value = encode(notice)

        assert (SCOPE.encode(), notice) == (key, decode(key, value))


class TestTotals:
    def test_partitions_add_up(self) -> None:
        """Of each the last count holds, as long as it is said to."""
        totals, key = Totals(), (Dimension.ISP, "Comcast")
        for notice in (counted(0, 3), counted(1, 5), counted(0, 4), counted(2, 100, until=-1)):
            totals.take(notice, BEGIN)

        assert 9 == totals.of(key, BEGIN)
        assert 0 == totals.of(key, minutes(60)) == totals.of((Dimension.SITE, "Comcast"), BEGIN)


class TestTold:
    @pytest.mark.parametrize(("well", "total"), [(5, 8), (0, 3), (-1, None)])
    def test_a_group_says_how_many_there_are(self, well: int, total: int | None) -> None:
        """Of eight links of a provider three are in trouble; a count that cannot be is not told."""
        partition = Partition(0, RULES, (), minutes(0))
        partition.apply(counted(1, 3 + well), minutes(1))
        for number in range(3):
            partition.apply(Told(member=member(link(number, isp="Comcast"))), minutes(1))
        (event,) = partition.apply(Due(scope=SCOPE), minutes(2)).events

        assert isinstance(event, IncidentGroupOpened)
        assert total == event.total_count
