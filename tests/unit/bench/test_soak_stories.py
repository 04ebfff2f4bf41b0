from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from bench.soaking.mails import PAIR, doubled, failed, states_of, unpaired
from bench.soaking.stories import Told, attributed, groups_of, judged, told_of
from bench.soaking.week import KINDS, OUTAGE, Episode, Kind, Week, world_of
from satark.notifier.outbox.notices import WHY, Reason
from satark.schemas import examples_groups
from satark.schemas import incidents as schema
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved, Severity
from satark.schemas.notifications import Notification, Outcome
from satark.simulators.mail.parse import Summary

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
BY_NAME = {kind.name: kind for kind in (*KINDS, OUTAGE)}


def week(*episodes: Episode, buckets: int = 300) -> Week:
    """Return a week with these episodes."""
    return Week(world_of(20), BEGIN, buckets, episodes)


def episode(kind: str, begin: int, *entities: str) -> Episode:
    """Return an episode."""
    return Episode(BY_NAME[kind], begin, entities or ("a",))


def told(entity: str, begin: int, end: int | None, name: str = "i") -> Told:
    """Return an incident that began and ended in buckets, as it should be told."""
    times = week()
    return Told(name, (entity,), times.time(begin), None if end is None else times.time(end), 1, int(end is not None))


def events(entity: str, *kinds: type[IncidentOpened] | type[IncidentResolved]) -> Iterable[IncidentEvent]:
    """Yield events of one incident."""
    for number, kind in enumerate(kinds):
        more = {"ended_at": BEGIN, "duration_s": 0} if kind is IncidentResolved else {}
        yield kind(
            id=f"{entity}-{number}",
            incident=f"incident of {entity}",
            sequence=number,
            entity=entity,
            kind="wan-link",
            severity=Severity.WARNING,
            reason=schema.Reason.FIRST_SYMPTOM,
            method="robust",
            opened_at=BEGIN,
            time=BEGIN,
            interval_s=300,
            symptoms=(),
            **more,  # type: ignore[arg-type]
        )


def test_events_add_up_to_incidents() -> None:
    """An incident is whole when it was opened and resolved, also if an event came twice under one id."""
    both = [*events("a", IncidentOpened, IncidentResolved)]
    found = told_of([*both, *both, *events("b", IncidentOpened)])

    assert found["incident of a"].is_whole
    assert not found["incident of b"].is_whole
    assert None is found["incident of b"].ended_at


def test_opened_twice_is_not_whole() -> None:
    """Two openings under different ids are two too many mails."""
    assert 2 == told_of(events("a", IncidentOpened, IncidentOpened))["incident of a"].opened


def test_incident_belongs_to_the_episode_in_which_it_began() -> None:
    """On another link, or at another time, it belongs to none."""
    step = episode("step", 100)
    found = {str(at): told("a", at, None, str(at)) for at in (90, 99, 118, 124, 125)} | {"b": told("b", 100, None)}

    assert {"99", "118", "124"} == set(attributed(week(step), found))


def test_one_whole_incident_for_each_link_is_right() -> None:
    """Nothing is missed, nothing is false, nothing is wrong."""
    result = judged(week(episode("step", 100), episode("spike", 150, "b")), {"i": told("a", 100, 118)}, {})

    assert (1, 1, [], [], []) == (result.right, result.expected, result.false, result.missed, result.wrong)
    assert (1.0, 1.0) == (result.precision, result.recall)


def test_what_nobody_told_is_missed() -> None:
    """It counts against recall."""
    result = judged(week(episode("step", 100), episode("loss", 150, "b")), {"i": told("a", 100, 118)}, {})

    assert ["loss at bucket 150, b"] == result.missed
    assert 0.5 == result.recall


@pytest.mark.parametrize("kind", ["spike", "maintenance", "flap"])
def test_what_must_not_be_told_is_false(kind: str) -> None:
    """As is what belongs to no episode."""
    result = judged(week(episode(kind, 100)), {"i": told("a", 100, 110), "n": told("b", 20, 30, "n")}, {})

    assert [f"{kind} at bucket 100, a", "no episode at bucket 20, b"] == result.false
    assert 0.0 == result.precision


def test_two_incidents_of_one_step_are_counted() -> None:
    """But a link that comes and goes may be told more than once."""
    twice = {"1": told("a", 100, 106, "1"), "2": told("a", 112, 118, "2")}

    assert ["step at bucket 100, a: 2 incidents"] == judged(week(episode("step", 100)), twice, {}).again
    assert [] == judged(week(episode("wobble", 100)), twice, {}).again


def test_what_does_not_end_is_wrong() -> None:
    """An incident ends soon after its episode, for people."""
    ends = {"o": told("a", 100, None, "o"), "l": told("b", 100, 130, "l")}
    result = judged(week(episode("step", 100), episode("step", 100, "b")), ends, {})

    assert ["step at bucket 100, a: opened 1, resolved 0", "step at bucket 100, b: ended in bucket 130"] == result.wrong


def test_what_had_no_time_to_end_is_not_judged() -> None:
    """A soak may be cut short."""
    result = judged(week(episode("step", 100), buckets=110), {"i": told("a", 100, None)}, {})

    assert (0, [], [], []) == (result.expected, result.false, result.missed, result.wrong)


def test_provider_is_one_group_of_all_its_links() -> None:
    """A group of less, or none, is wrong."""
    outage = week(episode("provider", 100, "a", "b", "c"))
    links = {name: told(name, 100, 136, name) for name in "abc"}
    whole = Told("g", ("a", "b", "c"), BEGIN, BEGIN, 1, 1)
    less = Told("g", ("a", "b"), BEGIN, BEGIN, 1, 1)

    assert [] == judged(outage, links, {"g": whole}).wrong
    assert ["provider at bucket 100: 0 groups of all its links"] == judged(outage, links, {}).wrong
    assert 2 == len(judged(outage, links, {"g": less}).wrong)


def test_group_events_add_up_to_groups() -> None:
    """Members are all that were ever named."""
    given = examples_groups.groups(
        "wan-link/vco/1/2",
        dict.fromkeys(("orchestrator", "enterprise", "enterprise_id", "edge", "link"), "x"),
        BEGIN,
        timedelta(minutes=5),
    )
    (found,) = groups_of([*given, *given]).values()

    assert found.is_whole
    assert {member.entity for event in given for member in event.members} == set(found.entities)


def mail(incident: str, state: str, message_id: str) -> Summary:
    """Return a mail's headers."""
    marks = {"X-Satark-Incident": incident, "X-Satark-State": state}
    return Summary(message_id, "", "", "", "", message_id, "", (), (), marks, 1)


def outcome(incident: str, result: Outcome, detail: str) -> Notification:
    """Return an outcome."""
    return Notification(
        id=incident,
        event=incident,
        incident=incident,
        entity="a",
        channel="email",
        receiver="noc@example.net",
        outcome=result,
        time=BEGIN,
        attempts=1,
        detail=detail,
    )


def test_pair_of_mails_is_right() -> None:
    """One that is missing or too much is told; members of a group that was told need none."""
    wanted = {name: told(name, 0, 1, name) for name in ("pair", "half", "twice", "member")}
    caught = [
        mail(name, state, f"{name} {state} {number}")
        for name, states in (("pair", PAIR), ("half", Counter(opened=1)), ("twice", PAIR + PAIR))
        for state, times in states.items()
        for number in range(times)
    ]
    wrong = unpaired(
        wanted, states_of(caught), [outcome("member", Outcome.SUPPRESSED, f"{Reason.GROUPED}: {WHY[Reason.GROUPED]}")]
    )

    assert ["half", "twice"] == [line.split()[0] for line in wrong]


def test_mail_that_came_twice_is_found() -> None:
    """By its Message-ID."""
    assert Counter({"x": 1}) == doubled([mail("i", "opened", "x"), mail("i", "opened", "x"), mail("i", "opened", "y")])


def test_only_failures_count_as_failed() -> None:
    """What was suppressed was so for a reason."""
    given = [outcome("i", Outcome.FAILED, "550"), outcome("j", Outcome.SUPPRESSED, f"{Reason.NEVER_TOLD}: x")]

    assert Counter({"550": 1}) == failed(given)


def test_kinds_have_names_of_their_own() -> None:
    """So that a line of the verdict says which was meant."""
    kinds: tuple[Kind, ...] = (*KINDS, OUTAGE)

    assert len(BY_NAME) == len(kinds)
