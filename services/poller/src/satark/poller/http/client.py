"""HTTP to one orchestrator by `requests`: one exchange at a time, bounded in time and bytes, no redirect followed."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from satark.poller.errors import BrokenAnswerError, InsecureError, OrchestratorError, TooLargeError, UnreachableError
from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.orchestrator import Orchestrator
from satark.runtime.hosts import is_loopback

CHUNK_BYTES = 65_536

T = TypeVar("T")


class _Headers(AuthBase):
    """Puts the credential's headers on a request; being there, it keeps `requests` from reading a .netrc."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with its credential."""
        request.headers.update(self._headers)
        return request


class HttpClient:
    """Sends requests. Holds connections, but no cookies: who one is goes with each request."""

    def __init__(self, orchestrator: Orchestrator, *, version: str) -> None:
        self._orchestrator = orchestrator
        self._base_url = orchestrator.base_url
        self._verify: bool | str = str(orchestrator.ca_file) if orchestrator.ca_file else orchestrator.verify
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(urlsplit(self._base_url).hostname or "")
        self._session.headers.update({"User-Agent": f"satark-poller/{version}", "Accept": "application/json"})
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=orchestrator.concurrency, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(self, request: Request, credential: Mapping[str, str], asked: Asked) -> Answer:
        """Return the answer to one request, whatever it says. Blocks.

        Raises UnreachableError, InsecureError, BrokenAnswerError and TooLargeError.
        """
        try:
            prepared = self._session.prepare_request(
                requests.Request(
                    request.verb,
                    self._base_url + request.target,
                    data=request.body,
                    headers={"Content-Type": request.content_type} if request.body is not None else None,
                    auth=_Headers(credential),
                )
            )
            with self._sent(prepared) as response:
                content = self._content(response, asked)
                cookies = _set_cookies(response)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise _failure(error, asked) from None  # its text may hold a proxy's password
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, content, cookies)

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def _sent(self, prepared: requests.PreparedRequest) -> requests.Response:
        """Send past the session: it would keep cookies, and read a redirect's body whole, however large it is."""
        url = prepared.url or ""
        environment: dict[str, Any] = {}
        environment |= self._session.merge_environment_settings(url, {}, True, self._verify, None)
        timeout = (self._orchestrator.connect_timeout_s, self._orchestrator.read_timeout_s)
        return self._session.get_adapter(url).send(prepared, timeout=timeout, **environment)

    def _content(self, response: requests.Response, asked: Asked) -> bytes:
        limit = self._orchestrator.max_response_bytes
        timeout_s = self._orchestrator.read_timeout_s
        deadline = monotonic() + timeout_s
        content = bytearray()
        # Unlike `iter_content`, this returns as soon as something has come: a slow server meets the deadline.
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            content += chunk
            if len(content) > limit:
                raise asked.fail(TooLargeError, f"the answer is larger than {limit} bytes")
            if monotonic() > deadline:
                raise asked.fail(UnreachableError, f"the answer did not end within {timeout_s} s")
        return bytes(content)


async def in_thread(call: Callable[[], T]) -> T:
    """Run a blocking call in a daemon thread of its own.

    Unlike `asyncio.to_thread` nobody waits for it once its caller is cancelled: a stop does not hang on a slow server.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # T may be None itself

    def work() -> None:
        try:
            outcome: tuple[Any, BaseException | None] = (call(), None)
        except BaseException as error:  # noqa: BLE001 - handed to whoever awaits
            outcome = (None, error)
        try:
            loop.call_soon_threadsafe(settle, *outcome)
        except RuntimeError:  # the loop is closed: the process ends
            return

    threading.Thread(target=work, name="orchestrator-call", daemon=True).start()
    return await done


def _set_cookies(response: requests.Response) -> tuple[str, ...]:
    headers: Mapping[str, str] = response.raw.headers
    getlist = getattr(headers, "getlist", None)
    return tuple(getlist("Set-Cookie")) if getlist else ()


def _failure(error: Exception, asked: Asked) -> OrchestratorError:
    """Return the error of the connection; `requests` and `urllib3` each have their own for the same thing."""
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return asked.fail(InsecureError, "its certificate is not trusted; give the right CA_FILE")
    if isinstance(error, urllib3.exceptions.DecodeError):
        return asked.fail(BrokenAnswerError, "the compressed answer cannot be unpacked")
    if isinstance(error, requests.ConnectTimeout):
        return asked.fail(UnreachableError, "no connection in time")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return asked.fail(UnreachableError, "no answer in time")
    return asked.fail(UnreachableError, f"{type(error).__name__}: {_cause(error)}")


def _cause(error: BaseException) -> str:
    """Return the operating system's words at the bottom of a chain of exceptions."""
    inner: BaseException | None = error
    words = "the connection failed or was cut off"
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            words = inner.strerror
        nested = getattr(inner, "reason", None)
        inner = nested if isinstance(nested, BaseException) else inner.__cause__ or inner.__context__
    return words
