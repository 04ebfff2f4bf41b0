from typing import Any

import pytest

from satark.poller.errors import (
    AuthError,
    BrokenAnswerError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnknownApiError,
    ValidationError,
)
from satark.poller.http.exchange import Answer, Asked
from satark.poller.mapped.answers import document_of
from satark.poller.mapped.expressions import expression

ASKED = Asked("sdwan.example.net", "samples", ("a-secret",))
ERROR = expression("error.message")


def read(status: int, body: bytes, expired: frozenset[int] = frozenset({401})) -> Any:
    """Return what an answer holds."""
    answer = Answer(status, {"content-type": "application/json"}, body)
    return document_of(answer, ASKED, error=ERROR, expired=expired)


class TestDocument:
    def test_good(self) -> None:
        """Any status of success gives its JSON."""
        assert read(200, b"[1]") == [1]
        assert read(206, b"null") is None

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (400, b"{}", ValidationError),
            (401, b"{}", AuthError),
            (403, b"{}", PrivilegeError),
            (404, b"", MethodError),
            (302, b"", AuthError),
            (200, b"<html></html>", AuthError),
            (500, b"<html></html>", ServerError),
            (418, b"", UnknownApiError),
            (200, b'{"a":', BrokenAnswerError),
            (200, b"", BrokenAnswerError),
            (200, b'{"error": {"message": "no"}}', UnknownApiError),
        ],
    )
    def test_refused(self, status: int, body: bytes, kind: type[OrchestratorError]) -> None:
        """Everything else is of a kind that says what can be done about it."""
        with pytest.raises(OrchestratorError) as caught:
            read(status, body)

        assert kind is type(caught.value)

    def test_words(self) -> None:
        """The vendor's words are told, without secrets."""
        with pytest.raises(ValidationError, match=r"bad \*\*\* \(HTTP 400\)"):
            read(400, b'{"error": {"message": "bad a-secret"}}')

    def test_expired(self) -> None:
        """The mapping says which statuses mean that a session ended."""
        with pytest.raises(AuthError):
            read(403, b"{}", frozenset({403}))
