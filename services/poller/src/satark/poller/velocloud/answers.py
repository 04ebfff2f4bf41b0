"""What an HTTP answer of the v1 portal API means. It is not in the status: a bad token comes with 200.

Rules, in their order (specification of the orchestrator, 1.1 to 1.3):
An error object tells by fragments of its message, whatever the status, for the vendor declares texts and codes
changeable. 302 and HTML where JSON should be are the login page. 401 and 403 are
the credential. 500 to 512 and "internal error" are the server. `Expires: 0` without any result is an expired session.
What remains is a JSON-RPC envelope, or the bare result as the REST-like form gives it.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Raw, Struct

from satark.poller.errors import (
    AuthError,
    LoginRefusedError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnknownApiError,
    ValidationError,
)
from satark.poller.http.exchange import Answer, Asked, is_html, seen
from satark.poller.velocloud.decoding import text_of

SESSION_COOKIE = "velocloud.session"
MESSAGE_COOKIE = "velocloud.message"

_INTERNAL_ERROR = -32603
_METHOD_NOT_FOUND = -32601
_INVALID = frozenset({-32600, -32602})
_SERVER_STATUS = range(500, 513)
_FRAGMENTS = {"tokenerror": AuthError, "privilege": PrivilegeError, "methoderror": MethodError}
_REDIRECTS = frozenset({302, 303})
_NOT_THERE = frozenset({404, 405, 410})
"""Without an error object these are a server that has no such API at all."""

_WORDS_CHARS = 400


class _Envelope(Struct):
    jsonrpc: Any = None
    result: Raw = Raw(b"")
    error: Any = None


def result_of(answer: Answer, asked: Asked) -> Raw | None:
    """Return the result as undecoded JSON, None when there is none (no data, which is no error).

    Raises OrchestratorError of the kind that `errors` lists; 429 was told apart before.
    """
    looks = seen(answer)
    envelope = _envelope(answer.body)
    if envelope is not None and envelope.error is not None:
        raise asked.fail(_kind_of_error(envelope.error, answer), f"{_message(envelope.error)} (HTTP {answer.status})")
    if answer.status in _REDIRECTS or answer.status in {401, 403} or (answer.status == 200 and is_html(answer)):  # noqa: PLR2004
        raise asked.fail(AuthError, f"login is asked for: {looks}")
    if answer.status in _SERVER_STATUS:
        raise asked.fail(ServerError, looks)
    if answer.status in _NOT_THERE:
        raise asked.fail(MethodError, looks)
    if answer.status != 200:  # noqa: PLR2004 - the only good one
        raise asked.fail(UnknownApiError, looks)
    return _good(answer, envelope, asked, looks)


def _good(answer: Answer, envelope: _Envelope | None, asked: Asked, looks: str) -> Raw | None:
    """Return the result of an answer with 200 that holds no error."""
    if envelope is not None and bytes(envelope.result):
        return _unless_null(envelope.result)
    is_bare = envelope is None or envelope.jsonrpc is None
    if is_bare and _is_json(answer.body):
        return _unless_null(Raw(answer.body))
    if answer.headers.get("expires", "").strip() == "0":
        raise asked.fail(AuthError, f"no result and the header Expires: 0, as with an expired session: {looks}")
    if is_bare:
        raise asked.broken(answer, f"not JSON, perhaps cut off: {looks}")
    return None


def _unless_null(result: Raw) -> Raw | None:
    return None if bytes(result).strip() == b"null" else result


def session_of(answer: Answer, asked: Asked) -> str:
    """Return the session cookie's value after a login.

    The cookie alone tells: the status is 302 for success and failure alike.
    Raises LoginRefusedError with the orchestrator's own words.
    """
    cookies = cookies_of(answer.cookies)
    if session := cookies.get(SESSION_COOKIE, ""):
        return session
    words = (
        text_of(unquote(cookies.get(MESSAGE_COOKIE, "")))[:_WORDS_CHARS] or f"no session cookie came: {seen(answer)}"
    )
    raise asked.fail(LoginRefusedError, words)


def cookies_of(lines: Iterable[str]) -> dict[str, str]:
    """Return name and value of Set-Cookie lines (RFC 6265, 5.2); the last of a name counts."""
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _envelope(body: bytes) -> _Envelope | None:
    """Return the body's envelope, None when it is no JSON object."""
    try:
        return msgspec.json.decode(body, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _kind_of_error(error: Any, answer: Answer) -> type[OrchestratorError]:
    message = _message(error).lower()
    fields = error if isinstance(error, dict) else {}
    code, data = fields.get("code"), fields.get("data")
    for fragment, kind in _FRAGMENTS.items():
        if fragment in message:
            return kind
    if code == _METHOD_NOT_FOUND:
        return MethodError
    if answer.status == 400 or code in _INVALID or (isinstance(data, dict) and data.get("valid") is False):  # noqa: PLR2004
        return ValidationError
    if answer.status in {401, 403}:
        return AuthError
    if answer.status in _SERVER_STATUS or code == _INTERNAL_ERROR:
        return ServerError
    return AuthError if answer.headers.get("expires", "").strip() == "0" else UnknownApiError


def _message(error: Any) -> str:
    fields = error if isinstance(error, dict) else {"message": error}
    text = text_of(fields.get("message")) or "an error without a message"
    data = fields.get("data")
    details = data.get("error") if isinstance(data, dict) else None
    rows = [row for row in details if isinstance(row, dict)] if isinstance(details, list) else []
    told = (text, *(text_of(row.get("message")) for row in rows[:3]))
    return "; ".join(words[:_WORDS_CHARS] for words in told if words)
