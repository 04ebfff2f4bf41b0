from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from satark.detector.groups.model import Member
from satark.detector.groups.notices import Due, Notice, Told
from satark.detector.groups.partition import ASK_AGAIN, FREE, Partition, Write
from satark.schemas.incident_groups import IncidentGroupEvent, IncidentGroupOpened, IncidentGroupResolved
from tests.unit.detector.groups.estate import MINUTE, RULES, SCOPE, link, member, minutes

NUMBER = 3
DUE = Due(scope=SCOPE)


class World:
    """A topic, a table and a process that can die at any write."""

    def __init__(self) -> None:
        self.table: dict[bytes, bytes] = {}
        self.published: list[IncidentGroupEvent] = []
        self.partition = Partition(NUMBER, RULES, (), minutes(0))

    def restart(self) -> None:
        """Begin anew from the table."""
        self.partition = Partition(NUMBER, RULES, self.table.items(), minutes(0))

    def process(self, notice: Notice, *, dies_after: int | None = None) -> None:
        """Publish, then write, and die after so many of these steps."""
        applied = self.partition.apply(notice, minutes(30))
        steps: list[IncidentGroupEvent | Write] = [*applied.events, *applied.writes]
        for step in steps[:dies_after]:
            if isinstance(step, tuple):
                self.table[step[0]] = step[1]
            else:
                self.published.append(step)

    @property
    def told(self) -> list[IncidentGroupEvent]:
        """What was published, doubles left out."""
        return list({event.id: event for event in self.published}.values())


def begun(count: int) -> list[Notice]:
    """Return notices of troubled links of a provider."""
    return [Told(member=each) for each in links(count)]


def links(count: int) -> list[Member]:
    """Return troubled links of a provider."""
    return [member(link(number, isp="Comcast")) for number in range(count)]


def over(count: int, at: float = 20.0) -> list[Notice]:
    """Return notices of their recovery."""
    return [Told(member=member(link(n, isp="Comcast"), 0.0, 2, resolved_at=at)) for n in range(count)]


STORY: list[Notice] = [
    *begun(4),
    DUE,
    *over(2),
    DUE,
    Told(member=member(link(9, isp="Comcast"), 6.0)),
    DUE,
    *over(4)[2:],
    Told(member=member(link(9, isp="Comcast"), 6.0, 2, resolved_at=22.0)),
    DUE,
    *[Told(member=member(link(number, isp="Comcast"), 25.0)) for number in range(3)],
    DUE,
]


class TestCrashes:
    """A process that dies anywhere and begins anew tells the same."""

    @given(st.lists(st.tuples(st.integers(0, len(STORY) - 1), st.integers(0, 7)), max_size=4), st.integers(0, 3))
    def test_dying_anywhere_changes_nothing(self, deaths: list[tuple[int, int]], back: int) -> None:
        """After any deaths, with notices read again, the same groups are told, each without a gap and to its end."""
        whole = World()
        for notice in STORY:
            whole.process(notice)
        world, at, left = World(), 0, sorted(deaths)
        while at < len(STORY):
            if left and left[0][0] <= at:
                _, steps = left.pop(0)
                world.process(STORY[at], dies_after=steps)
                world.restart()
                at = max(0, at - back)
            else:
                world.process(STORY[at])
                at += 1

        # A decision that is read again may tell of what the process knew already when it died: sooner, never otherwise.
        assert _courses(whole).keys() == _courses(world).keys()
        for group, events in _courses(world).items():
            assert list(range(len(events))) == [event.sequence for event in events]
            assert _end(_courses(whole)[group][-1]) == _end(events[-1])
        assert all(event == next(e for e in world.told if e.id == event.id) for event in world.published)

    def test_a_restart_finds_everything_again(self) -> None:
        """A group goes on after a restart with the members it had."""
        world = World()
        for notice in (*begun(4), DUE):
            world.process(notice)
        world.restart()
        for notice in (*over(4), DUE):
            world.process(notice)

        assert [IncidentGroupOpened, IncidentGroupResolved] == [type(event) for event in world.told]
        assert 4 == world.told[-1].member_count

    def test_rows_that_cannot_be_read_are_counted(self) -> None:
        """What is left goes on."""
        world = World()
        for notice in begun(4):
            world.process(notice)
        world.table[next(iter(world.table))] = b"\xc1"
        world.restart()
        world.process(DUE)

        assert 1 == world.partition.unreadable
        assert [3] == [event.member_count for event in world.told]


class TestRows:
    """Rows of the table."""

    def test_one_notice_is_one_row(self) -> None:
        """Ten thousand members make small writes, not ten thousand times ten thousand."""
        partition = Partition(NUMBER, RULES, (), minutes(0))
        written = [len(partition.apply(notice, minutes(0)).writes) for notice in begun(500)]

        assert [1] * 500 == written

    def test_slots_are_used_again(self) -> None:
        """After many incidents that came and went the table is as large as it had to be at once."""
        world = World()
        for number in range(50):
            at = 120.0 * number
            world.partition.apply(Told(member=member(link(number, isp="Comcast"), at)), minutes(at))
            over_ = member(link(number, isp="Comcast"), at, 2, resolved_at=at + 5)
            applied = world.partition.apply(Told(member=over_), minutes(at))
            world.table |= dict([*applied.writes, *world.partition.apply(DUE, minutes(at + 100)).writes])

        assert {b"3/0": FREE} == world.table


class TestDue:
    """When a decision is asked for."""

    def test_a_scope_is_due_when_it_has_settled(self) -> None:
        """Not at the third link at once, but some seconds later; and once more when nothing came of it."""
        partition = Partition(NUMBER, RULES, (), minutes(0))
        for notice in begun(3):
            partition.apply(notice, minutes(0))

        assert () == partition.due(minutes(0.1))
        assert (DUE,) == partition.due(minutes(0.2))
        assert () == partition.due(minutes(0.2) + ASK_AGAIN / 2)
        assert (DUE,) == partition.due(minutes(0.2) + ASK_AGAIN)

    def test_a_clock_that_was_ahead_holds_nothing_up(self) -> None:
        """What began by a clock that was an hour ahead is decided when that is right again, and not an hour later."""
        partition = Partition(NUMBER, RULES, (), minutes(0))
        for notice in begun(3):
            partition.apply(notice, minutes(60))

        assert (DUE,) == partition.due(minutes(0.2))
        assert () == partition.due(minutes(0.2) + ASK_AGAIN / 2)

    def test_a_decision_is_not_asked_for_again(self) -> None:
        """Once it came there is nothing to do until something changes."""
        partition = Partition(NUMBER, RULES, (), minutes(0))
        for notice in (*begun(3), DUE):
            partition.apply(notice, minutes(0))

        assert () == partition.due(minutes(60))
        assert 1 == partition.open_groups

    def test_what_another_process_left_is_decided(self) -> None:
        """A process that takes a partition over asks for what was not decided."""
        world = World()
        for notice in begun(3):
            world.process(notice)
        world.restart()

        assert (DUE,) == world.partition.due(minutes(0) + MINUTE)

    def test_a_scope_without_incidents_is_forgotten(self) -> None:
        """Asking for a decision on nothing leaves nothing behind."""
        partition = Partition(NUMBER, RULES, (), minutes(0))
        partition.apply(DUE, minutes(0))

        assert {} == partition._scopes


def _courses(world: World) -> dict[str, list[IncidentGroupEvent]]:
    courses: dict[str, list[IncidentGroupEvent]] = {}
    for event in world.told:
        courses.setdefault(event.group, []).append(event)
    return courses


def _end(event: IncidentGroupEvent) -> Sequence[object]:
    return type(event), event.entity, event.members, event.member_count, event.open_count
