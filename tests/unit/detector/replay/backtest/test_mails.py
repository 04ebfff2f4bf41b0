"""Groups of incidents in two versions, and the mails that they come to."""

import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from msgspec.structs import replace as changed
from rich.console import Console

from satark.detector.explain.words import Clock
from satark.detector.replay.backtest import screen
from satark.detector.replay.backtest.comparison import Change, compared
from satark.detector.replay.backtest.mails import Mails
from satark.detector.replay.backtest.page import page
from satark.detector.replay.backtest.report import Report
from satark.schemas.incidents import IncidentEvent
from tests.unit.detector.explain.incidents import after, opened, resolved
from tests.unit.detector.replay.backtest.episodes import report
from tests.unit.detector.replay.test_grouping import link


def mails(events: Iterable[IncidentEvent]) -> Mails:
    """Return what events come to."""
    found = Mails()
    found.add(sorted(events, key=lambda event: event.time))
    found.settle()
    return found


LINKS = [link(number) for number in range(4)]
ENDS = [resolved(each, intervals=9) for each in LINKS]
STRANGER = opened("wan-link/x")


def tried(running: Mails, new: Mails) -> Report:
    """Return the report of two versions."""
    return replace(
        report([], []),
        differences=compared(running.incidents, new.incidents, after(99)),
        groups=compared(running.groups, new.groups, after(99)),
        mails=(running.count, new.count),
    )


class TestMails:
    def test_a_group_is_one_mail(self) -> None:
        """Four links of a site and a stranger are five incidents and two mails."""
        found = mails([*LINKS, *ENDS, STRANGER])

        (group,) = found.groups
        assert (5, 2, 4) == (len(found.incidents), found.count, group.members)
        assert "site London" == group.place
        assert max(end.time for end in ENDS) >= (group.ended or after(99)) > group.began

    def test_what_is_open_has_no_end(self) -> None:
        """A group whose members are not over is not over."""
        (group,) = mails(LINKS).groups

        assert group.ended is None

    def test_what_is_for_the_record_is_in_no_group(self) -> None:
        """Nobody is told of it."""
        found = mails(changed(each, historical=True) for each in LINKS)

        assert (0, ()) == (found.count, found.groups)


class TestComparison:
    def test_a_group_is_lost_with_its_incidents(self) -> None:
        """Rules that tell of two links of a site make no group of them."""
        running, new = mails([*LINKS, *ENDS]), mails([*LINKS[:2], *ENDS[:2]])
        found = tried(running, new)

        assert [Change.LOST] == [one.change for one in found.groups]
        assert Counter({Change.LOST: 2, Change.SAME: 2}) == Counter(one.change for one in found.differences)
        assert (1, 2) == found.mails

    def test_a_member_less_is_a_change(self) -> None:
        """The same group with three members is told so."""
        (one,) = tried(mails([*LINKS, *ENDS]), mails([*LINKS[:3], *ENDS[:3]])).groups

        assert Change.CHANGED is one.change
        assert "3 members, were 4" in one.notes()

    def test_it_is_shown(self) -> None:
        """On the screen with the mails that it comes to, as JSON with its members, and on the page."""
        found, out = tried(mails([*LINKS, *ENDS]), mails(LINKS[:2])), io.StringIO()
        screen.show(Console(file=out, width=160), found, Clock(), limit=9)
        shown = [" ".join(line.split()) for line in out.getvalue().splitlines()]

        assert "1 group now, 0 with the new rules (0 gained, 1 lost, 0 changed)" in shown
        assert "1 mail about beginnings now, 2 with the new rules" in shown
        line = shown[shown.index("groups of incidents") + 1]
        assert " lost critical site London 4 members: download latency" in line
        plain = json.loads(json.dumps(found.as_json()["groups"], default=str))
        assert 4 == plain["differences"][0]["running"]["members"]
        assert 1 == plain["total"]["lost"]
        assert "Groups of incidents that differ" in page(found, Clock())

    def test_without_groups_nothing_is_said_of_them(self) -> None:
        """Neither on the screen nor on the page."""
        found, out = tried(mails([STRANGER]), mails([])), io.StringIO()
        screen.show(Console(file=out, width=160), found, Clock(), limit=9)

        assert "group" not in out.getvalue()
        assert "mail" not in out.getvalue()
        assert "Groups" not in page(found, Clock())
