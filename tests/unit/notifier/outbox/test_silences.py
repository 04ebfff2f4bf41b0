"""What silences make of one event."""

import pytest
from msgspec.structs import replace

from satark.notifier.events import Event
from satark.notifier.outbox.silences import MOST_NAMED, Cover, cover, holding, is_no_graver
from satark.notifier.outbox.subjects import subjects
from satark.runtime.said import Said
from satark.schemas.incidents import Reason, Severity
from satark.schemas.silences import Silence
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.outbox.outboxes import NOW, OPENED, UPDATED, later
from tests.unit.notifier.sayings import HOUR_S, silence

A, B, C = (incident(number) for number in range(3))
GROUP = group(A, B, C)


def names(event: Event, *silences: Silence) -> tuple[str, ...] | None:
    """Return which silences cover an event."""
    found = cover(event, silences, NOW)
    return None if found is None else found.silences


class TestHolding:
    def test_is_what_holds_now(self) -> None:
        """What has ended, and what is to begin, holds nothing; what ends last comes first."""
        said = Said()
        short, long = silence(length_s=60), silence(length_s=HOUR_S)
        for each in (silence(starts=later(30)), short, long, silence("site").ended(time=NOW, by="ben")):
            said.take(each)

        assert holding(said, NOW) == [long, short]
        assert holding(said, later(HOUR_S)) == []


class TestCover:
    def test_an_incident(self) -> None:
        """Its labels, its kind and its severity can be silenced, and nothing else of it."""
        bad = silence("severity", "warning")

        assert names(OPENED, bad) == (bad.silence,)
        assert names(UPDATED, bad) is None
        assert names(OPENED, silence("edge", "elsewhere")) is None

    def test_a_group_all_of_whose_members_are_silenced(self) -> None:
        """It is covered until the first of them is not any more."""
        edges = [silence("edge", f"Edge {number}", length_s=60.0 * (number + 1)) for number in range(3)]

        assert cover(GROUP, edges, NOW) == Cover(tuple(each.silence for each in edges), later(60))
        assert names(GROUP, silence("isp", "British*")) is not None

    def test_a_group_with_somebody_who_is_not_silenced(self) -> None:
        """It is told, also when nobody knows all of its members."""
        assert names(GROUP, silence("edge", "Edge 0"), silence("edge", "Edge 1")) is None
        assert names(group(A, B, C, member_count=600), silence("isp", "British*")) is None

    def test_a_member_has_what_its_group_has(self) -> None:
        """An orchestrator, which a member does not name, is that of the group."""
        assert {"vco.example.net"} == {subject["orchestrator"] for subject in subjects(GROUP)}
        assert [each.incident for each in (A, B, C)] == [subject["incident"] for subject in subjects(GROUP)]

    def test_an_outcome_names_only_some(self) -> None:
        """A group of hundreds that hundreds of silences cover is said in a line."""
        ids = tuple(f"s{number}" for number in range(MOST_NAMED + 2))

        assert Cover(ids, NOW).detail == "silence s0, s1, s2, s3, s4 and 2 more, until 2026-11-21 12:15:00 UTC"


class TestGravity:
    @pytest.mark.parametrize(
        ("told", "severity", "no_graver"),
        [
            (Severity.WARNING, Severity.WARNING, True),
            (Severity.CRITICAL, Severity.WARNING, True),
            (Severity.WARNING, Severity.CRITICAL, False),
            (Severity.MINOR, Severity.MAJOR, False),
        ],
    )
    def test_is_held_against_what_was_told(self, told: Severity, severity: Severity, no_graver: bool) -> None:
        """Only what is graver than people know is news to who has seen it."""
        assert no_graver is is_no_graver(replace(UPDATED, severity=severity), told)

    def test_without_knowledge_its_reason_decides(self) -> None:
        """Of what was told before outcomes named the severity."""
        assert is_no_graver(UPDATED, None)
        assert not is_no_graver(replace(UPDATED, reason=Reason.SEVERITY_RAISED), None)
