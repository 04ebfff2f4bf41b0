"""`satark incidents` and `satark silence`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from satark.analytics.commands import incident_lines
from satark.analytics.commands.silence import silence_of
from satark.analytics.commands.usage import UsageError
from tests.unit.analytics.commands.conftest import Answer, Asked, FakeServer, problem

Satark = Callable[..., int]

INCIDENT: dict[str, Any] = {
    "incident": "i1",
    "entity": "wan-link/vco/1/2",
    "state": "open",
    "severity": "critical",
    "opened_at": "2026-11-21T10:00:00Z",
    "ended_at": None,
    "metrics": ["latency_ms_rx"],
    "alarm": "",
    "labels": {"edge": "LDN", "link": "[b]BT", "site": "London"},
    "acknowledged": None,
}
NOW = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)


def _json(value: Any) -> Answer:
    return 200, json.dumps(value).encode()


def test_an_incident_is_a_row_with_what_matters_first() -> None:
    """An incident is a row with what matters first."""
    expected = {
        "state": "open",
        "severity": "critical",
        "what": "LDN / [b]BT",
        "metrics": "latency_ms_rx",
        "opened": "2026-11-21 10:00",
        "for": "2 h 5 min",
        "incident": "i1",
    }

    assert expected == incident_lines.row(INCIDENT, now=NOW, zone=UTC)


def test_an_incident_that_somebody_has_seen_says_so() -> None:
    """An incident that somebody has seen says so; what has no names goes by its key."""
    seen = INCIDENT | {"acknowledged": {"by": "me"}, "labels": {}}

    assert ("open, seen", "wan-link/vco/1/2") == (incident_lines.state(seen), incident_lines.subject(seen))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=1, hours=3, minutes=9), "1 d 3 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_a_length_of_time_has_at_most_two_units(span: timedelta, expected: str) -> None:
    """A length of time has at most two units."""
    assert expected == incident_lines.length(span)


def test_pages_are_read_until_there_is_enough(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages are read one after the other until there is enough."""

    def answer(asked: Asked) -> Answer:
        cursor = parse_qs(urlsplit(asked.path).query).get("cursor", ["0"])[0]
        found = [INCIDENT | {"incident": f"i{cursor}{n}"} for n in range(2)]
        return _json({"incidents": found, "next": str(int(cursor) + 1)})

    server.answer = answer

    assert satark("incidents", "--limit", "3", "--json") == 0

    assert ["i00", "i01", "i10"] == [each["incident"] for each in json.loads(capsys.readouterr().out)]
    assert ["state=open", "state=open&cursor=1"] == [urlsplit(each.path).query for each in server.asked]


def test_what_is_listed_is_as_the_options_say(server: FakeServer, satark: Satark) -> None:
    """What is listed is as the options say."""
    server.answer = lambda _: _json({"incidents": [], "next": None})
    options = ("--state", "all", "--severity", "critical", "major", "--label", "site=Lon*", "--entity", "e")

    assert satark("incidents", *options, "--start-time", "2026-01-05T10:00:00") == 0

    asked = parse_qs(urlsplit(server.asked[0].path).query)
    assert (["critical", "major"], ["site=Lon*"], ["e"]) == (asked["severity"], asked["label"], asked["entity"])
    assert datetime.fromisoformat(asked["start"][0]).tzinfo is not None


def test_an_incident_is_told_with_its_story(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """An incident is told with why, what happened, who was told and who has seen it."""
    told = {
        "incident": INCIDENT
        | {"acknowledged": {"by": "asha", "time": "2026-11-21T10:20:00Z", "comment": "ticket 4711"}},
        "events": [
            {"time": "2026-11-21T10:00:00Z", "event": "opened", "reason": "first_symptom", "severity": "critical"}
        ],
        "notifications": [
            {
                "time": "2026-11-21T10:01:00Z",
                "channel": "email",
                "receiver": "noc@example.net",
                "outcome": "sent",
                "detail": "250 Ok",
                "occasion": "escalation",
            }
        ],
        "silences": [
            {
                "silence": "s1",
                "by": "ben@example.net",
                "starts": "2026-11-21T10:02:00Z",
                "ends": "2026-11-21T10:12:00Z",
                "ended_by": "asha",
                "comment": "from mail m1",
            }
        ],
        "silenced_by": ["s1"],
    }
    server.answer = lambda asked: _json({"sentences": ["It is slow."]} if asked.path.endswith("/explain") else told)

    assert satark("incidents", "i1") == 0

    out = capsys.readouterr().out
    parts = (
        "CRITICAL LDN / [b]BT",
        "It is slow.",
        "opened: first symptom",
        "email noc@example.net: sent, escalation (250 Ok)",
        "asha",
        "ticket 4711",
        "silenced by ben@example.net from 2026-11-21 10:02 to 2026-11-21 10:12, ended by asha: from mail m1",
        "nobody is told now: silenced by s1",
    )
    assert [True] * len(parts) == [part in out for part in parts]


def test_an_incident_is_acknowledged(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """An incident is acknowledged with a comment; its id cannot lead elsewhere."""
    server.answer = lambda _: _json({"by": "asha"})

    assert satark("incidents", "ack", "../x", "--comment", "mine") == 0

    assert ("POST", "/v1/incidents/..%2Fx/acknowledge", {"comment": "mine"}) == (
        server.asked[0].method,
        server.asked[0].path,
        server.asked[0].body,
    )
    assert "seen by asha\n" == capsys.readouterr().out


def test_an_incident_that_is_not_there_has_status_1(server: FakeServer, satark: Satark) -> None:
    """An incident that is not there has status 1."""
    server.answer = lambda _: problem(404, "not_found", "incident x is not known")

    assert satark("incidents", "x") == 1


@pytest.mark.parametrize("arguments", [["a", "b"], ["ack"], ["--label", "x"], ["--start-time", "then"]])
def test_arguments_that_make_no_sense_have_status_2(satark: Satark, arguments: list[str]) -> None:
    """Arguments that make no sense have status 2."""
    assert satark("incidents", *arguments) == 2


def test_a_silence_is_made_of_matchers_and_a_length() -> None:
    """A silence is made of matchers and a length of time."""
    expected = {
        "matchers": [
            {"name": "provider", "pattern": "BT*", "negated": False},
            {"name": "severity", "pattern": "critical", "negated": True},
        ],
        "duration_s": 7200,
        "comment": "why",
    }

    assert expected == silence_of(["provider=BT*", "severity!=critical"], "2h", "why")


@pytest.mark.parametrize(
    ("matchers", "length"), [(["site"], "2h"), (["=x"], "2h"), (["site=x"], None), (["site=x"], "2w")]
)
def test_a_silence_that_makes_no_sense_is_refused(matchers: list[str], length: str | None) -> None:
    """A silence that makes no sense is refused."""
    with pytest.raises(UsageError):
        silence_of(matchers, length, "")


def test_silences_are_added_listed_and_ended(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silences are added, listed without those that are over, and ended."""
    silence = {
        "silence": "s1",
        "matchers": [{"name": "site", "pattern": "London"}],
        "starts": "2026-11-21T10:00:00Z",
        "ends": "2026-11-21T12:00:00Z",
        "by": "asha",
    }
    told = {"state": "active", "silence": silence}
    over = {"state": "expired", "silence": silence | {"silence": "s0"}}
    server.answer = lambda asked: _json({"silences": [told, over], "next": None} if asked.method == "GET" else told)

    statuses = [
        satark("silence", "add", "site=London", "--for", "2h"),
        satark("silence"),
        satark("silence", "end", "s1"),
    ]

    out = capsys.readouterr().out
    assert [0, 0, 0] == statuses
    assert (3, 0) == (out.count("s1"), out.count("s0"))
    assert ["POST /v1/silences", "GET /v1/silences", "DELETE /v1/silences/s1"] == [
        f"{each.method} {each.path}" for each in server.asked
    ]
