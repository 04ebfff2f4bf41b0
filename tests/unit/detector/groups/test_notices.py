import pytest

from satark.detector.groups.notices import (
    MAX_NAME_CHARS,
    Due,
    Told,
    UnreadableNoticeError,
    decode,
    encode,
    notice_of,
    scope_of,
)
from satark.schemas.incidents import IncidentResolved
from tests.unit.detector.groups.estate import NAMES, SCOPE, event, link, member, minutes


class TestNoticeOf:
    """What the grouping hears of an incident's event."""

    def test_names_the_incident_and_what_is_worst(self) -> None:
        """A member is its entity, severity, beginning and gravest symptom, with the names a person knows."""
        told = event(link(1, isp="Comcast"), at=3.0)
        found = notice_of(told)

        assert found is not None
        assert (SCOPE, 0, minutes(3)) == (found.member.scope, found.member.sequence, found.member.time)
        about = found.member.about
        assert (told.incident, told.entity, told.opened_at) == (about.incident, about.entity, about.opened_at)
        assert ("latency_ms_rx", 95.0, 20.0) == (about.worst.metric, about.worst.value, about.worst.normal)
        assert {"edge": "Edge 1", "link": "Link 1", "isp": "Comcast"} == about.labels
        assert NAMES == found.member.names
        assert found.member.is_open

    def test_a_resolved_incident_has_an_end(self) -> None:
        """The end is the incident's own."""
        told = event(link(1, isp="Comcast"), 0.0, 2, resolved_at=9.0)
        found = notice_of(told)

        assert isinstance(told, IncidentResolved)
        assert found is not None
        assert told.ended_at == found.member.about.ended_at
        assert not found.member.is_open

    def test_history_never_groups(self) -> None:
        """What nobody is told of is no part of what is told."""
        assert notice_of(event(link(1, isp="Comcast"), historical=True)) is None

    @pytest.mark.parametrize("shared", [{}, {"isp": "  "}, {"isp": "Unknown", "site": "n/a", "gateway": "-"}])
    def test_sharing_what_is_unknown_is_sharing_nothing(self, shared: dict[str, str]) -> None:
        """Two links of unknown providers have nothing in common."""
        assert notice_of(event(link(1, **shared))) is None

    @pytest.mark.parametrize("missing", ["orchestrator", "enterprise_id"])
    def test_an_entity_of_no_enterprise_never_groups(self, missing: str) -> None:
        """Without orchestrator and enterprise there is no scope."""
        assert scope_of({name: value for name, value in link(1).items() if name != missing}) is None

    def test_names_are_cut(self) -> None:
        """Hundreds of members with the longest names still fit into an event."""
        found = notice_of(event(link(1, isp="x" * 1024)))

        assert found is not None
        assert MAX_NAME_CHARS == len(found.member.about.labels["isp"])


class TestCodec:
    """Notices as records."""

    @pytest.mark.parametrize("notice", [Due(scope=SCOPE), Told(member=member(link(1, isp="Comcast")))])
    def test_what_is_written_is_read(self, notice: Due | Told) -> None:
        """Both kinds survive, under the scope as key."""
        key, value = encode(notice)

        assert SCOPE.encode() == key
        assert notice == decode(key, value)

    @pytest.mark.parametrize(
        "value", [None, b"", b"{", b"[]", b'{"type":"due"}', b"\xff", b'{"type":"odd","scope":"x"}']
    )
    def test_what_is_no_notice_is_refused(self, value: bytes | None) -> None:
        """A broken record is one kind of error, whatever is wrong with it."""
        with pytest.raises(UnreadableNoticeError):
            decode(SCOPE.encode(), value)

    def test_a_notice_under_another_scope_is_refused(self) -> None:
        """It would be judged where its scope is not."""
        with pytest.raises(UnreadableNoticeError):
            decode(b"elsewhere", encode(Due(scope=SCOPE))[1])
