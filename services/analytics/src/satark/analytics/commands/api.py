"""The connection to the REST API. Rows of a query come as they are written: memory does not grow with their number."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec
import requests

from satark.runtime.api import ApiSettings

MAX_ROW_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 65_536
_FINE = range(200, 300)
_TOO_MANY = 429

_decode = msgspec.json.decode

Row = dict[str, Any]


class ApiError(Exception):
    """The server refused. `status` is HTTP's, `code` its short word; the text is for a person."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{detail} (HTTP {status})")
        self.status = status
        self.code = code

    @property
    def is_too_much(self) -> bool:
        """Whether a smaller question would have been answered."""
        return self.status == _TOO_MANY and self.code == "too_many_rows"


class UnreachableError(Exception):
    """No server answers, or what answers is none of Satark's."""


class Api:
    """A session with the server. Every call raises ApiError or UnreachableError."""

    def __init__(self, settings: ApiSettings) -> None:
        self._settings = settings
        self._base = settings.url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Accept"] = "application/json"
        if settings.ca_file:
            self._session.verify = str(settings.ca_file)
        if settings.token:
            self._session.headers["Authorization"] = f"Bearer {settings.token.reveal()}"
        elif settings.user and settings.password:
            self._session.auth = (settings.user, settings.password.reveal())

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Return what GET answers."""
        return self._json(self._send("GET", path, params=parameters))

    def post(self, path: str, body: Any) -> Any:
        """Return what POST answers; None when it answers nothing."""
        return self._json(self._send("POST", path, json=body))

    def delete(self, path: str) -> Any:
        """Return what DELETE answers; None when it answers nothing."""
        return self._json(self._send("DELETE", path))

    def query(self, query: Mapping[str, Any]) -> Iterator[Row]:
        """Yield the rows that a query finds, as they come."""
        answer = self._send("POST", "/analytics/query", json=query, stream=True)
        with answer:
            try:
                yield from rows_of(answer.iter_lines(chunk_size=_CHUNK_BYTES))
            except requests.RequestException as error:
                raise UnreachableError(f"{self._base} broke off in the middle of its answer: {_why(error)}") from error

    def _send(self, method: str, path: str, *, stream: bool = False, **what: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method,
                f"{self._base}{path}",
                timeout=self._settings.timeout_s,
                allow_redirects=False,
                stream=stream,
                **what,
            )
        except requests.RequestException as error:
            raise UnreachableError(f"no answer from {self._base}: {_why(error)}") from error
        if answer.status_code not in _FINE:
            raise refusal(answer.status_code, answer.content)
        return answer

    def _json(self, answer: requests.Response) -> Any:
        if not answer.content:
            return None
        try:
            return _decode(answer.content)
        except msgspec.DecodeError as error:
            raise UnreachableError(f"{self._base} answers something else than JSON: {error}") from error


def rows_of(lines: Iterator[bytes]) -> Iterator[Row]:
    """Yield the rows of an answer to a query, which is one JSON document with line breaks between batches of rows.

    Raises UnreachableError for an answer that is none, is cut short, or tells of a failure in its midst.
    """
    first = next(lines, b"").strip()
    if not first.startswith(b'{"value"'):
        raise UnreachableError(f"no answer to a query: {first[:80].decode(errors='replace')!r}")
    ended = first.endswith(b"]}")
    for line in lines:
        text = line.strip().strip(b",")
        if text == b"]}":
            ended = True
        elif text:
            yield from _batch(text)
    if not ended:
        raise UnreachableError("the answer is cut short: what was shown is not all")


def _batch(text: bytes) -> list[Row]:
    if len(text) > MAX_ROW_BYTES:
        raise UnreachableError(f"a line of {len(text)} bytes in the answer is too long")
    try:
        return msgspec.json.decode(b"[" + text + b"]", type=list[Row])
    except msgspec.DecodeError as error:
        raise UnreachableError(f"the answer is no JSON: {error}") from error


def refusal(status: int, content: bytes) -> ApiError:
    """Return the error that an answer tells: a problem of RFC 9457, or whatever text there is."""
    try:
        told = msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError:
        told = {"detail": content[:500].decode(errors="replace").strip()}
    detail = str(told.get("detail") or told.get("title") or f"HTTP error code: {status}")
    return ApiError(status, str(told.get("code", "")), detail)


def _why(error: requests.RequestException) -> str:
    """Return the innermost reason: the outer ones repeat the URL and name the library's classes."""
    reason: BaseException = error
    while reason.__cause__ or reason.__context__:
        reason = reason.__cause__ or reason.__context__ or reason
    return str(reason) or type(reason).__name__
