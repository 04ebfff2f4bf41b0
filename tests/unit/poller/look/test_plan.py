"""plan: everything that is missing is asked for, in the fewest calls, oldest first, the present on its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.inventory import Enterprise
from satark.poller.look.plan import Job, Lane, Plan, plan
from satark.poller.memory.progress import EdgeKey, Gap
from satark.poller.readings import Coverage, Scope
from satark.poller.schedule import Window
from tests.unit.poller.doubles import NOON

STEP = timedelta(minutes=5)
GOAL = 12
ONE, TWO, THREE = (Enterprise(number, f"Customer {number}") for number in (1, 2, 3))
EVERYTHING = Scope((ONE, TWO, THREE), Coverage.ORCHESTRATOR)
OF_ONE = Scope((ONE,), Coverage.ENTERPRISE)
OF_TWO = Scope((TWO,), Coverage.ENTERPRISE)
SCOPES = st.sampled_from([(), (EVERYTHING,), (OF_ONE,), (OF_ONE, OF_TWO)])
EDGES = st.tuples(st.sampled_from("123"), st.sampled_from(["", "a", "b", "c"]))
MISSING = st.dictionaries(
    EDGES, st.sets(st.integers(0, GOAL - 1), min_size=1).map(lambda starts: tuple(sorted(starts)))
)
Missing = dict[EdgeKey, tuple[int, ...]]


def at(number: int) -> datetime:
    """Return the start of a sample, counted from noon."""
    return NOON + number * STEP


def planned(missing: Missing, scopes: Sequence[Scope], *, detail_buckets: int = 288) -> Plan:
    """Return the plan for edges that lack samples before one o'clock."""
    gaps = [Gap((key,), tuple(at(number) for number in numbers)) for key, numbers in missing.items()]
    return plan(gaps, scopes, at(GOAL), step=STEP, detail_buckets=detail_buckets)


def within(job: Job) -> tuple[int, ...]:
    """Return the numbers of the samples that a call reads."""
    return tuple(range((job.window.start - NOON) // STEP, (job.window.end - NOON) // STEP))


def jobs_of(*lanes: Lane) -> list[Job]:
    """Return the calls of lanes."""
    return [job for lane in lanes for job in lane]


def detail_calls(missing: Missing, detail_buckets: int) -> int:
    """Return how many calls by edge cover the samples, counted one sample at a time."""
    calls = 0
    for numbers in missing.values():
        reach = -1
        for number in numbers:
            if number >= reach:
                calls += 1
                reach = number + detail_buckets
    return calls


class TestPlan:
    def test_steady(self) -> None:
        """When only the newest sample is missing, one bulk call reads it for all edges."""
        missing: Missing = {("1", "a"): (11,), ("2", "b"): (11,)}

        assert planned(missing, [EVERYTHING]) == Plan(
            present=((Job(Window(at(11), at(12)), tuple(missing), scope=EVERYTHING),),), past=()
        )

    def test_nothing(self) -> None:
        """When nothing is missing nobody is called."""
        assert planned({}, [EVERYTHING]) == Plan((), ())

    def test_outage_of_many(self) -> None:
        """After an outage many edges are read in bulk, a call a sample, oldest first."""
        missing: Missing = {("1", edge): (8, 9, 10, 11) for edge in "abcdef"}
        todo = planned(missing, [EVERYTHING])

        assert [within(job) for job in jobs_of(*todo.past)] == [(8,), (9,), (10,)]
        assert todo.past_calls == 3
        assert len(todo.past) == 1

    def test_outage_of_one(self) -> None:
        """One edge's long gap is one call by edge."""
        todo = planned({("1", "a"): tuple(range(12))}, [EVERYTHING])

        assert [(job.edge, within(job)) for job in jobs_of(*todo.past)] == [(("1", "a"), tuple(range(11)))]
        assert [within(job) for job in jobs_of(*todo.present)] == [(11,)]

    def test_out_of_every_scope(self) -> None:
        """An edge that no bulk call reads is read by edge, the newest sample in the same call as the past."""
        todo = planned({("3", "a"): (9, 10, 11)}, [OF_ONE])

        assert todo == Plan(present=((Job(Window(at(9), at(12)), (("3", "a"),), edge=("3", "a")),),), past=())

    def test_unlisted_edges(self) -> None:
        """An enterprise whose edges are not known can only be read in bulk, however many calls that takes."""
        todo = planned({("1", ""): tuple(range(12)), ("3", ""): (11,)}, [OF_ONE])

        assert [within(job) for job in jobs_of(*todo.past)] == [(number,) for number in range(11)]
        assert all(job.scope is OF_ONE for job in jobs_of(*todo.past, *todo.present))

    def test_chunks(self) -> None:
        """A gap that is longer than one call's answer is cut, from one missing sample to the next."""
        todo = planned({("3", "a"): (0, 1, 2, 3, 8, 10)}, [], detail_buckets=3)

        assert [within(job) for job in jobs_of(*todo.present)] == [(0, 1, 2), (3,), (8, 9, 10)]

    def test_least_chunk(self) -> None:
        """A driver that reads less than a sample at once still reads one."""
        assert len(jobs_of(*planned({("3", "a"): (0, 1)}, [], detail_buckets=-2).present)) == 2

    @given(MISSING, SCOPES, st.integers(1, 20))
    def test_covers(self, missing: Missing, scopes: tuple[Scope, ...], detail_buckets: int) -> None:
        """Each missing sample of each edge that can be read is asked for in exactly one call, which answers for it."""
        todo = planned(missing, scopes, detail_buckets=detail_buckets)
        covered = [
            (key, number)
            for job in jobs_of(*todo.present, *todo.past)
            for key in job.edges
            for number in within(job)
            if number in missing[key]
        ]
        in_bulk = {enterprise for scope in scopes for enterprise in scope.keys}
        readable = {key: numbers for key, numbers in missing.items() if key[1] or key[0] in in_bulk}

        assert sorted(covered) == sorted((key, number) for key, numbers in readable.items() for number in numbers)

    @given(MISSING, SCOPES, st.integers(1, 20))
    def test_one_target(self, missing: Missing, scopes: tuple[Scope, ...], detail_buckets: int) -> None:
        """A call is a scope's over one sample and for its own enterprises, or one edge's within the chunk limit."""
        for job in jobs_of(*(todo := planned(missing, scopes, detail_buckets=detail_buckets)).present, *todo.past):
            assert (job.scope is None) is not (job.edge is None)
            if job.scope is not None:
                assert len(within(job)) == 1
                assert {key[0] for key in job.edges} <= job.scope.keys
                assert all(within(job)[0] in missing[key] for key in job.edges)
            else:
                assert job.edges == (job.edge,)
                assert 1 <= len(within(job)) <= detail_buckets

    @given(MISSING, SCOPES, st.integers(1, 20))
    def test_fewest(self, missing: Missing, scopes: tuple[Scope, ...], detail_buckets: int) -> None:
        """The past of a scope never takes more calls than the cheaper of bulk and by edge."""
        todo = planned(missing, scopes, detail_buckets=detail_buckets)
        for scope in scopes:
            older = {key: tuple(n for n in numbers if n < GOAL - 1) for key, numbers in missing.items()}
            older = {key: numbers for key, numbers in older.items() if numbers and key[0] in scope.keys}
            bulk = len({number for numbers in older.values() for number in numbers})
            listed = all(edge for _, edge in older)
            taken = sum(bool({key[0] for key in job.edges} & scope.keys) for job in jobs_of(*todo.past))

            assert taken == (min(bulk, detail_calls(older, detail_buckets)) if listed else bulk)

    @given(MISSING, SCOPES, st.integers(1, 20))
    def test_lanes(self, missing: Missing, scopes: tuple[Scope, ...], detail_buckets: int) -> None:
        """Lanes go from the oldest to the newest, and no two lanes of the past concern the same edge."""
        todo = planned(missing, scopes, detail_buckets=detail_buckets)
        for lane in (*todo.present, *todo.past):
            starts = [job.window.start for job in lane]
            assert lane
            assert starts == sorted(set(starts))
        edges = [key for lane in todo.past for key in {key for job in lane for key in job.edges}]

        assert len(edges) == len(set(edges))
        assert todo.past_calls == len(jobs_of(*todo.past))

    @given(MISSING, SCOPES, st.integers(1, 20))
    def test_present(self, missing: Missing, scopes: tuple[Scope, ...], detail_buckets: int) -> None:
        """The newest sample is never in the past, and a scope reads it in one call at most."""
        todo = planned(missing, scopes, detail_buckets=detail_buckets)
        newest = [job.scope for job in jobs_of(*todo.present) if job.scope is not None]

        assert all(job.window.end < at(GOAL) for job in jobs_of(*todo.past))
        assert len(newest) == len(set(newest))
