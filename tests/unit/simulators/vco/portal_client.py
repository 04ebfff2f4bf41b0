"""A small client of the portal, for tests."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

from satark.simulators.vco.auth import Kind
from satark.simulators.vco.server import RunningVco

START_MS = 1773140400000
END_MS = 1773144000000
HOUR = {"start": START_MS, "end": END_MS}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """Return the decoded body."""
        return json.loads(self.body)

    def cookies(self) -> dict[str, str]:
        """Return the cookies that are set, as the text before the first semicolon says."""
        assert isinstance(self.headers, CIMultiDictProxy)
        pairs = [line.partition(";")[0].partition("=") for line in self.headers.getall("Set-Cookie", [])]
        return {name: value for name, _, value in pairs}


@dataclass
class Client:
    """Calls the portal in both forms."""

    vco: RunningVco
    http: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    def be(self, kind: Kind) -> None:
        """Use the API token of an account."""
        token = self.vco.accounts[kind].token

        assert token is not None
        self.headers = {"Authorization": f"Token {token.reveal()}"}

    async def post(self, path: str, body: Any = None, **kwargs: Any) -> Answer:
        """Post JSON and return the answer; redirects are not followed."""
        async with self.http.post(
            f"{self.vco.url}{path}", json=body, headers=self.headers, allow_redirects=False, **kwargs
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **query: Any) -> Answer:
        """Get and return the answer; redirects are not followed."""
        async with self.http.get(
            f"{self.vco.url}{path}", params=query, headers=self.headers, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def rpc(self, method: str, params: Any = None) -> Any:
        """Return the envelope of a JSON-RPC call."""
        response = await self.post("/portal/", {"jsonrpc": "2.0", "id": 3, "method": method, "params": params or {}})

        assert response.status == 200
        return response.json()

    async def result(self, method: str, params: Any = None) -> Any:
        """Return the result of a JSON-RPC call that succeeds."""
        envelope = await self.rpc(method, params)

        assert "error" not in envelope, envelope
        return envelope["result"]

    async def error(self, method: str, params: Any = None) -> Any:
        """Return the error of a JSON-RPC call that does not."""
        return (await self.rpc(method, params))["error"]


@asynccontextmanager
async def portal_client(vco: RunningVco, kind: Kind = "customer") -> AsyncIterator[Client]:
    """Yield a client with an account's token."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        client = Client(vco, http)
        client.be(kind)
        yield client
