from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from satark.detector.replay.backtest import episodes
from satark.detector.replay.backtest.episodes import Episode, Episodes, TooManyIncidentsError
from satark.schemas.incidents import IncidentUpdated, Reason, Severity
from satark.schemas.metrics import JITTER_MS_RX, LATENCY_MS_RX
from tests.unit.detector.explain.incidents import LINK, NOON, after, opened, resolved, symptom


class TestEpisodes:
    def test_events_make_one(self) -> None:
        """An incident is told when its first event's sample has ended, and ends with its resolution."""
        first = opened()
        gathered = Episodes()
        for event in (first, resolved(first)):
            gathered.add(event)

        (episode,) = gathered
        assert episode == Episode(
            incident=first.incident,
            entity=LINK,
            place="LDN-BR-01 / Broadband B",
            began=NOON,
            told=after(1),
            severity=Severity.CRITICAL,
            metrics=(LATENCY_MS_RX,),
            ended=after(3),
        )

    def test_it_becomes_worse(self) -> None:
        """The severity is the worst, and every metric that joins is remembered."""
        first = changed(opened(), severity=Severity.WARNING)
        fields = {name: getattr(first, name) for name in first.__struct_fields__}
        worse = fields | {
            "sequence": 1,
            "severity": Severity.CRITICAL,
            "reason": Reason.SEVERITY_RAISED,
            "symptoms": (symptom(JITTER_MS_RX),),
        }
        gathered = Episodes()
        gathered.add(first)
        gathered.add(IncidentUpdated(**worse))

        (episode,) = gathered
        assert (episode.severity, episode.metrics) == (Severity.CRITICAL, (LATENCY_MS_RX, JITTER_MS_RX))
        assert (episode.ended, episode.until(after(9))) == (None, after(9))
        assert replace(episode, ended=after(2)).until(after(9)) == after(2)

    def test_what_nobody_is_told_is_none(self) -> None:
        """An incident that is for the record only does not count."""
        gathered = Episodes()
        gathered.add(opened(historical=True))

        assert len(gathered) == 0

    def test_it_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """More incidents than can be remembered are an error, not the end of the memory."""
        monkeypatch.setattr(episodes, "MAX_EPISODES", 1)
        gathered = Episodes()
        gathered.add(opened())

        with pytest.raises(TooManyIncidentsError, match="more than 1 incidents"):
            gathered.add(opened(since=after(5)))
