"""What an HTTP answer of any vendor means: the status, a page for people where data should be, the vendor's words. Pure."""

from typing import Any

import msgspec

from satark.poller.errors import (
    AuthError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnknownApiError,
    ValidationError,
)
from satark.poller.http.exchange import Answer, Asked, is_html, seen
from satark.poller.mapped.expressions import Expression

_GOOD = range(200, 300)
_LOGIN = frozenset({302, 303})
_KINDS: dict[int, type[OrchestratorError]] = {
    400: ValidationError,
    401: AuthError,
    403: PrivilegeError,
    404: MethodError,
    405: MethodError,
    410: MethodError,
    415: ValidationError,
    422: ValidationError,
}
_SERVER_STATUS = range(500, 600)


def document_of(answer: Answer, asked: Asked, *, error: Expression | None, expired: frozenset[int]) -> Any:
    """Return the decoded JSON of an answer.

    `expired` are the statuses by which the vendor says that a session ended; `error` finds its words, and tells a refusal
    that comes with a good status. Raises OrchestratorError.
    """
    document, is_json = _decoded(answer.body)
    words = error.text_in(document) if error is not None and is_json else ""
    looks = f"{words} (HTTP {answer.status})" if words else seen(answer)
    if answer.status in expired or answer.status in _LOGIN or (answer.status in _GOOD and is_html(answer)):
        raise asked.fail(AuthError, f"login is asked for: {looks}")
    if answer.status not in _GOOD:
        kind = ServerError if answer.status in _SERVER_STATUS else _KINDS.get(answer.status, UnknownApiError)
        raise asked.fail(kind, looks)
    if not is_json:
        raise asked.broken(answer, f"not JSON, perhaps cut off: {looks}")
    if words:
        raise asked.fail(UnknownApiError, looks)
    return document


def _decoded(body: bytes) -> tuple[Any, bool]:
    try:
        return msgspec.json.decode(body), True
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, False
