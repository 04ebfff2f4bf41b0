"""answers: every way in which an orchestrator says yes, no or nothing."""

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller import errors
from satark.poller.http.exchange import Answer, Asked
from satark.poller.velocloud.answers import cookies_of, result_of, session_of
from tests.unit.poller.doubles import MANIFEST, sample_answer

ASKED = Asked("vco.example.net", "edge/getEdge", ("geheim",))
JSON = {"content-type": "application/json"}

ERRORS: dict[str, type[errors.OrchestratorError]] = {
    "v1_login_failed.http": errors.AuthError,
    "v1_logout.http": errors.AuthError,
    "v1_login_page.html": errors.AuthError,
    "v1_error_token_expired.json": errors.AuthError,
    "v1_error_token_invalid.json": errors.AuthError,
    "v1_error_privilege.json": errors.PrivilegeError,
    "v1_error_method.json": errors.MethodError,
    "v1_error_validation_rest.json": errors.ValidationError,
    "v1_error_invalid_interval.json": errors.ValidationError,
    "v1_error_internal.json": errors.ServerError,
    "v1_error_502.html": errors.ServerError,
    "v1_error_truncated.json": errors.BrokenAnswerError,
}
GOOD = [
    name for name, row in MANIFEST.items() if name.startswith("v1_") and row.get("http") == 200 and name not in ERRORS
]


def answer(body: Any, *, status: int = 200, **headers: str) -> Answer:
    """Return an answer with a JSON body."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Answer(status, JSON | {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def error_of(given: Answer) -> errors.OrchestratorError:
    """Return the error that an answer means."""
    with pytest.raises(errors.OrchestratorError) as caught:
        result_of(given, ASKED)
    return caught.value


class TestSamples:
    def test_all_errors_are_here(self) -> None:
        """Every error payload of the samples has its line in the table above, but 429, which the caller tells apart."""
        assert {name for name in MANIFEST if name.startswith("v1_error")} == {
            name for name in ERRORS if name.startswith("v1_error")
        } | {"v1_error_429.http"}

    @pytest.mark.parametrize("file", ERRORS)
    def test_error(self, file: str) -> None:
        """An error payload means its error, and the message names orchestrator and method."""
        error = error_of(sample_answer(file))

        assert type(error) is ERRORS[file]
        assert str(error).startswith("vco.example.net: edge/getEdge: ")
        assert len(str(error)) < 400

    @pytest.mark.parametrize("file", [name for name in GOOD if name.endswith(".json")])
    def test_result(self, file: str) -> None:
        """A good payload gives its result: out of the envelope, or bare."""
        given = sample_answer(file)
        whole = msgspec.json.decode(given.body)
        result = result_of(given, ASKED)

        assert result is not None
        assert msgspec.json.decode(result) == (whole["result"] if "jsonrpc" in whole else whole)

    def test_validation_details(self) -> None:
        """A refused request is told with the details that the orchestrator gives."""
        assert "Missing required property: interval" in str(error_of(sample_answer("v1_error_validation_rest.json")))


class TestErrors:
    @pytest.mark.parametrize("status", range(500, 513))
    def test_server(self, status: int) -> None:
        """500 to 512 are the server's failure."""
        assert type(error_of(Answer(status, {}, b"oops"))) is errors.ServerError

    @pytest.mark.parametrize("status", [302, 303, 401, 403])
    def test_login_asked_for(self, status: int) -> None:
        """A redirect to the login page and 401 or 403 mean the credential."""
        error = error_of(Answer(status, {"location": "/login"}, b""))

        assert type(error) is errors.AuthError
        assert "/login" in str(error)

    @pytest.mark.parametrize("status", [404, 405, 410])
    def test_no_such_api(self, status: int) -> None:
        """A path that is not there means an orchestrator without this API."""
        assert type(error_of(Answer(status, {}, b"{}"))) is errors.MethodError

    @pytest.mark.parametrize("status", [204, 301, 308, 418])
    def test_unexpected_status(self, status: int) -> None:
        """Any other status is an error of its own that may pass."""
        assert type(error_of(Answer(status, {}, b"{}"))) is errors.UnknownApiError

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            ({"code": -32000, "message": "TOKENERROR [x]"}, errors.AuthError),
            ({"code": -32000, "message": "no Privilege"}, errors.PrivilegeError),
            ({"code": -32601, "message": "what?"}, errors.MethodError),
            ({"code": -32602, "message": "what?"}, errors.ValidationError),
            ({"code": -32603, "message": "what?"}, errors.ServerError),
            ({"code": 1, "message": "x", "data": {"valid": False}}, errors.ValidationError),
            ({"code": 1, "message": "something new"}, errors.UnknownApiError),
            ("text", errors.UnknownApiError),
            ([], errors.UnknownApiError),
            ({}, errors.UnknownApiError),
        ],
    )
    def test_message_fragments(self, error: object, kind: type[errors.OrchestratorError]) -> None:
        """Fragments of the message decide, then codes, and what nobody knows may pass."""
        assert type(error_of(answer({"jsonrpc": "2.0", "error": error, "id": 1}))) is kind

    def test_fragment_wins_over_status(self) -> None:
        """A missing privilege told with 403 or 500 is a missing privilege."""
        body = {"error": {"message": "user does not have the privilege"}}

        assert type(error_of(answer(body, status=403))) is errors.PrivilegeError
        assert type(error_of(answer(body, status=500))) is errors.PrivilegeError

    def test_validation_without_texts(self) -> None:
        """Details that are no texts are left out of the message."""
        data = {"valid": False, "error": [5, {"message": 5}, {"message": "a"}, {}]}

        assert str(error_of(answer({"error": {"message": "x", "data": data}}))).endswith(": x; a (HTTP 200)")

    def test_long_message(self) -> None:
        """A message without end, or with control characters, is told in part and on one line."""
        error = error_of(answer({"error": {"message": "privilege \x1b[31m\n" + "x" * 100_000}}))

        assert type(error) is errors.PrivilegeError
        assert len(str(error)) < 600
        assert str(error).isprintable()

    @pytest.mark.parametrize("text", ["geheim", "a geheim b", "x" * 398 + "geheim"])
    def test_secret_anywhere(self, text: str) -> None:
        """Wherever the message repeats a secret, it is masked."""
        assert "geheim" not in str(error_of(answer({"error": {"message": text}})))

    def test_error_with_401(self) -> None:
        """An unknown error with 401 is the credential's."""
        assert type(error_of(answer({"error": {"message": "no"}}, status=401))) is errors.AuthError

    def test_no_secret(self) -> None:
        """What the orchestrator echoes of a credential is masked."""
        error = error_of(answer({"error": {"message": "bad Token geheim\r\nhere"}}))

        assert "geheim" not in str(error)
        assert "Token *** here" in str(error)


class TestExpires:
    @pytest.mark.parametrize("body", [b"", b"   ", b'{"jsonrpc":"2.0","id":1}', b'{"error":{"message":"x"}}', b"oops"])
    def test_without_result(self, body: bytes) -> None:
        """`Expires: 0` without a result is an expired session."""
        assert type(error_of(answer(body, expires="0"))) is errors.AuthError

    def test_with_result(self) -> None:
        """`Expires: 0` with a result is a header against caches."""
        assert result_of(answer({"jsonrpc": "2.0", "result": {}}, expires="0"), ASKED) is not None


class TestResult:
    def test_missing_result(self) -> None:
        """An envelope without a result, or with null, is no data and no error."""
        assert result_of(answer({"jsonrpc": "2.0", "id": 1}), ASKED) is None
        assert result_of(answer({"jsonrpc": "2.0", "result": None}), ASKED) is None
        assert result_of(answer(b"null"), ASKED) is None

    @pytest.mark.parametrize("body", [[], [1], {}, {"a": 1}, 5, "text"])
    def test_bare(self, body: object) -> None:
        """A bare result is one."""
        result = result_of(answer(body), ASKED)

        assert result is not None
        assert msgspec.json.decode(result) == body

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"result":[1,', b"[" * 100_000])
    def test_broken(self, body: bytes) -> None:
        """What is no JSON is a broken answer that may be asked for again."""
        error = error_of(answer(body))

        assert type(error) is errors.BrokenAnswerError
        assert error.retryable

    @given(
        st.sampled_from([200, 200, 302, 400, 401, 429, 500, 204]), st.binary(max_size=60), st.sampled_from(["0", ""])
    )
    def test_any_bytes(self, status: int, body: bytes, expires: str) -> None:
        """Any answer is a result or a typed error."""
        with contextlib.suppress(errors.OrchestratorError):
            result_of(answer(body, status=status, expires=expires), ASKED)


class TestLogin:
    def test_ok(self) -> None:
        """A login is good when the session cookie is there, whatever the status."""
        good = sample_answer("v1_login_ok.http")

        assert session_of(good, ASKED) == "SAMPLE-SESSION-VALUE"
        assert session_of(Answer(302, {}, b"", good.cookies), ASKED) == "SAMPLE-SESSION-VALUE"

    def test_refused(self) -> None:
        """A refused login tells the orchestrator's words, decoded whole."""
        with pytest.raises(errors.LoginRefusedError, match="Invalid username or password"):
            session_of(sample_answer("v1_login_failed.http"), ASKED)

    def test_no_cookie_with_200(self) -> None:
        """A login page with 200 is no login."""
        with pytest.raises(errors.LoginRefusedError, match="no session cookie"):
            session_of(sample_answer("v1_login_page.html"), ASKED)

    def test_empty_cookie(self) -> None:
        """An empty session cookie is none."""
        with pytest.raises(errors.LoginRefusedError):
            session_of(sample_answer("v1_logout.http"), ASKED)

    def test_refusal_without_end(self) -> None:
        """What a refused login says is decoded, bounded and on one line."""
        line = "velocloud.message=no%0Aentry%1B%20geheim" + "%20x" * 5_000
        with pytest.raises(errors.LoginRefusedError, match=r"no entry +\*\*\* x") as caught:
            session_of(Answer(302, {}, b"", (line,)), ASKED)

        assert len(str(caught.value)) < 600
        assert str(caught.value).isprintable()

    @pytest.mark.parametrize(
        ("lines", "value"),
        [
            (["velocloud.session=a; Path=/; Secure"], "a"),
            (['velocloud.session="a b"'], "a b"),
            (["velocloud.session=a=b=="], "a=b=="),
            (["velocloud.session=old", "velocloud.session=new; HttpOnly"], "new"),
            ([" velocloud.session = a ;x"], "a"),
            (["velocloud.session", ""], ""),
            (["xvelocloud.session=a"], ""),
        ],
    )
    def test_cookie_lines(self, lines: list[str], value: str) -> None:
        """The session is what stands between the first `=` and the first `;`; the last line of a name counts."""
        assert cookies_of(lines).get("velocloud.session", "") == value

    @given(st.lists(st.text(max_size=30), max_size=4))
    def test_any_cookie_lines(self, lines: list[str]) -> None:
        """Any Set-Cookie lines give names and values."""
        assert all(isinstance(value, str) for value in cookies_of(lines).values())
