"""Asking processes over HTTP for a check: the REST API and the ops ports."""

from base64 import b64encode
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from ssl import SSLContext
from urllib.parse import urlsplit

import aiohttp

from satark.runtime.api import ApiSettings
from satark.runtime.checking.services import Answered
from satark.runtime.tls import client_context

TIMEOUT_S = 5.0
MAX_ANSWER_BYTES = 1_000_000


class SilentError(Exception):
    """Nobody answered; the message says why."""


async def ask_ops(address: str, path: str) -> Answered:
    """Return what a process's ops port says. Raises SilentError."""
    return await _asked(f"http://{address}{path}")


async def ask_api(settings: ApiSettings, path: str) -> Answered:
    """Return what the REST API says. Raises SilentError."""
    headers = {}
    if settings.token is not None:
        headers["Authorization"] = f"Bearer {settings.token.reveal()}"
    elif settings.user is not None and settings.password is not None:
        pair = f"{settings.user}:{settings.password.reveal()}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    tls = urlsplit(settings.url).scheme == "https"
    context = client_context(settings.ca_file, None, None) if tls else None
    return await _asked(settings.url.rstrip("/") + path, headers=headers, context=context)


async def _asked(url: str, headers: dict[str, str] | None = None, context: SSLContext | None = None) -> Answered:
    connector = aiohttp.TCPConnector(ssl=context or True, force_close=True)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            # A secret must not follow a redirect to somebody else.
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            body = bytearray()
            while piece := await response.content.read(MAX_ANSWER_BYTES - len(body)):
                body += piece
            return Answered(response.status, bytes(body), _date(response.headers.get("Date", "")))
    except TimeoutError as error:
        raise SilentError(f"no answer within {TIMEOUT_S:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise SilentError(str(error) or type(error).__name__) from error


def _date(text: str) -> datetime | None:
    with suppress(ValueError, TypeError):
        date = parsedate_to_datetime(text)
        return date if date.tzinfo is not None else None
    return None
