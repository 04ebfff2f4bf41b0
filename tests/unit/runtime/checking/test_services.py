from datetime import UTC, datetime, timedelta

import pytest

from satark.runtime.checking.findings import State
from satark.runtime.checking.services import About, Answered, about_of, ahead, service_found

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "state", "detail"),
    [
        (200, b'{"ready": true, "conditions": []}', State.OK, "poller 1.0 ready"),
        (
            503,
            b'{"ready": false, "conditions": [{"name": "kafka", "ready": false, "reason": "no broker"}]}',
            State.BAD,
            "poller 1.0 not ready: kafka: no broker",
        ),
        (
            503,
            b'{"ready": false, "version": "1", "parts": [{"name": "store", "ready": false, "reason": ""}]}',
            State.BAD,
            "poller 1.0 not ready: store",
        ),
        (503, b'{"ready": false}', State.BAD, "poller 1.0 not ready: it does not say why"),
        (200, b"<html>", State.UNKNOWN, "is something else: status 200, and no readiness"),
        (404, b'{"ready": true}', State.UNKNOWN, "is something else: status 404, and no readiness"),
        (401, b"", State.UNKNOWN, "alive, but it does not let us ask (status 401)"),
    ],
)
def test_a_service_is_what_it_says_of_itself(status: int, body: bytes, state: State, detail: str) -> None:
    """Readiness with its reasons; what is no service of ours is unknown."""
    found = service_found("p:9100", Answered(status, body), About("poller", "1.0"))

    assert (state, detail) == (found.state, found.detail)


def test_a_reason_cannot_move_the_cursor() -> None:
    """What a process says is shown as text."""
    body = b'{"ready": false, "conditions": [{"name": "a", "ready": false, "reason": "\\u001b[2J"}]}'

    assert "not ready: a: \\x1b[2J" == service_found("p", Answered(503, body)).detail


def test_what_is_no_version_is_none() -> None:
    """Another server's answer says nothing of ours."""
    assert About("poller", "1") == about_of(Answered(200, b'{"service": "poller", "version": "1"}'))
    assert about_of(Answered(200, b"nothing")) is None


def test_a_clock_is_told_by_the_answers_date() -> None:
    """Without a date there is nothing to compare."""
    assert timedelta(minutes=1) == ahead(Answered(200, b"", NOW + timedelta(minutes=1)), NOW)
    assert ahead(Answered(200, b""), NOW) is None
