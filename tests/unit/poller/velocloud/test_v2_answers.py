import json
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
from satark.poller.velocloud.v2_answers import MovedError, NotFoundError, body_of
from tests.unit.poller.velocloud.v2_server import sample

ASKED = Asked("vco.example.net", "edges", ("a-secret",))
JSON = {"content-type": "application/json"}


def refusal(status: int, body: Any = b"", **headers: str) -> OrchestratorError:
    """Return the error that an answer is."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(OrchestratorError) as caught:
        body_of(Answer(status, {**JSON, **headers}, content), ASKED)
    return caught.value


class TestGood:
    def test_the_body(self) -> None:
        """An answer with 200 gives its body, an object or a bare array."""
        for text in (b"[]", b'{"data":[]}'):
            assert text == bytes(body_of(Answer(200, JSON, text), ASKED))

    def test_expires_0_beside_a_result(self) -> None:
        """A server that forbids caching with `Expires: 0` but gives data did not end the session."""
        assert bytes(body_of(Answer(200, {**JSON, "expires": "0"}, b"[]"), ASKED)) == b"[]"


class TestKinds:
    @pytest.mark.parametrize(
        ("file", "status", "kind"),
        [
            ("v2_error_400", 400, ValidationError),
            ("v2_error_401", 401, AuthError),
            ("v2_error_404", 404, NotFoundError),
            ("v2_error_500", 500, ServerError),
        ],
    )
    def test_samples(self, file: str, status: int, kind: type[OrchestratorError]) -> None:
        """The documented errors are of the kind that their status says, and keep the orchestrator's words."""
        error = refusal(status, sample(file))

        assert kind is type(error)
        assert json.loads(sample(file))["message"] in str(error)

    @pytest.mark.parametrize("status", [400, 415, 422])
    def test_prose_shape(self, status: int) -> None:
        """The shape that the prose of the documentation promises is read, too, with its details."""
        body = {"code": "x", "developerMessage": "bad query", "errors": [{"message": "start"}, "end"]}

        error = refusal(status, body)

        assert isinstance(error, ValidationError)
        assert "bad query; start; end" in str(error)

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (403, {"code": "Forbidden", "message": "No privilege READ EDGE"}, PrivilegeError),
            (403, {"code": "Forbidden", "message": "Session expired"}, AuthError),
            (403, b"<html>blocked</html>", AuthError),
            (302, b"", AuthError),
            (200, b"<html>login</html>", AuthError),
            (200, {"error": {"message": "tokenError [expired session cookie]"}}, AuthError),
            (409, {"error": {"message": "tokenError"}}, AuthError),
            (404, b"Cannot GET /api/sdwan/v2", MethodError),
            (502, b"<html>502 Bad Gateway</html>", ServerError),
            (512, b"", ServerError),
            (418, b"", UnknownApiError),
            (200, b'[{"link":', BrokenAnswerError),
            (200, b"", BrokenAnswerError),
            (200, b"null", BrokenAnswerError),
            (401, b"[" * 5_000, AuthError),
            (500, b'["not an object"]', ServerError),
        ],
    )
    def test_other_answers(self, status: int, body: Any, kind: type[OrchestratorError]) -> None:
        """Whatever else comes is of a kind that says what can be done about it."""
        assert kind is type(refusal(status, body))

    def test_expires_0_without_a_result(self) -> None:
        """No result and `Expires: 0` is an expired session."""
        assert isinstance(refusal(200, b"", expires="0"), AuthError)

    def test_redirect(self) -> None:
        """A redirect is not followed here, but tells where to."""
        error = refusal(308, b"", location="/api/sdwan/v2/enterprises")

        assert isinstance(error, MovedError)
        assert error.location == "/api/sdwan/v2/enterprises"
        assert not error.retryable

    def test_secrets(self) -> None:
        """An error's text does not hold the credential, even where the orchestrator repeats it."""
        assert "a-secret" not in str(refusal(400, {"message": "what is a-secret?"}))
