"""What an HTTP answer of the v2 API means: the status tells, not the text (1.2 of the specification). Pure.

Errors have `code` and `message`, and either `displayMessage` (schema) or `developerMessage` and `errors` (prose). An
answer with 200 is read as the v1 API's is, for a bad session shows itself there alike: as an error object, a page for
people, or `Expires: 0` without any result.
"""

from typing import Any

import msgspec
from msgspec import Raw

from satark.poller.errors import (
    AuthError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnknownApiError,
    ValidationError,
)
from satark.poller.http.exchange import Answer, Asked, seen
from satark.poller.velocloud.answers import result_of

MAX_MESSAGES = 3

_OK = 200
_FORBIDDEN = 403
_NOT_FOUND = 404
_LOGIN = frozenset({302, 303})
_MOVED = frozenset({301, 307, 308})
_INVALID = frozenset({400, 415, 422})
_SERVER_STATUS = range(500, 513)
_CREDENTIAL_WORDS = ("token", "credential", "session", "expired", "login", "unauthorized")
_NO_SUCH_RESOURCE = "resourcenotfounderror"


class NotFoundError(ValidationError):
    """There is no such enterprise or edge any more."""

    reason = "not_found"


class MovedError(UnknownApiError):
    """The API is somewhere else: `location`, as the answer gave it."""

    reason = "moved"
    retryable = False

    def __init__(self, orchestrator: str, method: str, detail: str, *, location: str) -> None:
        super().__init__(orchestrator, method, detail)
        self.location = location


def body_of(answer: Answer, asked: Asked) -> Raw:
    """Return the body as undecoded JSON.

    Raises OrchestratorError of the kind that `errors` lists; 429 was told apart before.
    """
    if answer.status == _OK:
        result = result_of(answer, asked)
        if result is None:
            raise asked.broken(answer, f"no result: {seen(answer)}")
        return result
    if answer.status in _MOVED:
        location = answer.headers.get("location", "")
        raise MovedError(asked.orchestrator, asked.method, asked.clean(seen(answer)), location=location)
    code, words = _error(answer.body)
    raise asked.fail(_kind(answer, code, words), f"{words} (HTTP {answer.status})" if words else seen(answer))


def _kind(answer: Answer, code: str, words: str) -> type[OrchestratorError]:
    status = answer.status
    if status == _FORBIDDEN:
        return PrivilegeError if words and not _is_about_the_credential(words) else AuthError
    if status == _NOT_FOUND:
        return NotFoundError if code.lower() == _NO_SUCH_RESOURCE else MethodError
    if status in _LOGIN or status == 401 or "tokenerror" in words.lower():  # noqa: PLR2004 - HTTP's own name
        return AuthError
    if status in _INVALID:
        return ValidationError
    return ServerError if status in _SERVER_STATUS else UnknownApiError


def _is_about_the_credential(words: str) -> bool:
    return any(word in words.lower() for word in _CREDENTIAL_WORDS)


def _error(body: bytes) -> tuple[str, str]:
    """Return the code and the words of an error, both empty where the body is none."""
    try:
        fields: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", ""
    if isinstance(fields, dict) and isinstance(fields.get("error"), dict):
        fields = fields["error"]
    if not isinstance(fields, dict):
        return "", ""
    texts = [fields.get(name) for name in ("message", "displayMessage", "developerMessage")]
    words = next((text for text in texts if isinstance(text, str) and text), "")
    listed = fields.get("errors")
    rows = listed[:MAX_MESSAGES] if isinstance(listed, list) else []
    details = [str(row.get("message", "")) if isinstance(row, dict) else str(row) for row in rows]
    return str(fields.get("code", "")), "; ".join(text for text in (words, *details) if text)
