"""The mail about an incident that a person has closed."""

import pytest
from msgspec.structs import replace

from satark.notifier.mail.incident_view import view
from satark.schemas.incidents import IncidentOpened, Reason
from tests.unit.notifier.scenes import NOON, blind, opened, resolved, silent


@pytest.mark.parametrize("incident", [opened(), blind(), silent()])
def test_it_says_who_and_why_and_not_that_all_is_well(incident: IncidentOpened) -> None:
    """Also of an orchestrator that cannot be read, and of a link of which nothing is heard."""
    end = replace(resolved(incident), reason=Reason.CLOSED, closed_by="alice", because="taken down\nfor good.")
    found = view(end, now=NOON)

    assert "closed by alice after 35 min" == found.gists[0]
    assert found.sentences[0].endswith("was closed by alice: taken down for good.")
    assert found.sentences[1] == "It had lasted 35 min, since 2026-11-21 12:00 UTC."
    assert not any("back to normal." in each and "not be" not in each for each in found.sentences)


def test_nobody_need_have_a_name() -> None:
    """Without a name and a reason it was closed by hand."""
    found = view(replace(resolved(opened()), reason=Reason.CLOSED), now=NOON)

    assert found.sentences[0].endswith("was closed by hand.")
