"""A mail server whose every reply can be scripted, from its greeting to its farewell. It speaks over real sockets."""

import asyncio
import hmac
import ssl
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

BANNER, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, RSET, QUIT = (
    *("BANNER", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "RSET", "QUIT"),
)
"""The phases. DATA is the reply to the command, DOT the one to the mail itself."""

PHASES = (BANNER, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, RSET, QUIT)
ACCEPTANCES = ("250 ", "251 ")
USER, WORD = "satark", "open sesame"
CHALLENGE = "<1896.697170952@mail.test>"


class Fault(Enum):
    """What the server does instead of replying."""

    DROP = "drop the connection"
    HANG = "say nothing at all"
    ENDLESS = "begin a reply that never ends"
    GARBAGE = "say what is no reply"


Script = dict[str, list[str | Fault]]
USUAL = {BANNER: "220 mail.test", STARTTLS: "220 go ahead", DATA: "354 go on", QUIT: "221 bye", AUTH: "235 welcome"}


class _GoneError(Exception):
    """The server leaves."""


@dataclass
class ScriptedServer:
    """`script["RCPT"]` are its next replies to RCPT, whatever the connection; then it says what is usual.

    `said` are the phases it has been through, in order, `received` the mails that came in whole, accepted or not.
    """

    script: Script = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    tls: ssl.SSLContext | None = None
    is_mute_for_tls: bool = False
    word: str = WORD
    port: int = 0
    connections: int = 0
    said: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    accepted: list[bytes] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    def hang_up(self) -> None:
        """Drop all connections, as a server does with idle ones."""
        for writer in self.open:
            writer.transport.abort()

    def count(self, phase: str) -> int:
        """Return how often a phase was reached."""
        return self.said.count(phase)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        self.open.add(writer)
        try:
            await self._say(BANNER, writer)
            while line := await reader.readline():
                await self._answer(line.decode().rstrip("\r\n"), reader, writer)
        except (_GoneError, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.open.discard(writer)
            writer.transport.abort()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb = line.split(" ", maxsplit=1)[0].upper()
        match verb:
            case "EHLO":
                offers = [*self.extensions, *(["STARTTLS"] if self.tls and not _encrypted(writer) else [])]
                lines = ["mail.test", *offers]
                usual = "\r\n".join(f"250{'-' if i < len(lines) - 1 else ' '}{text}" for i, text in enumerate(lines))
                await self._say(EHLO, writer, usual)
            case "STARTTLS":
                if (await self._say(STARTTLS, writer)).startswith("220") and self.tls:
                    await writer.start_tls(self.tls)
                elif self.is_mute_for_tls:
                    await asyncio.get_running_loop().create_future()
            case "AUTH":
                await self._log_in(line, reader, writer)
            case "DATA":
                if (await self._say(DATA, writer)).startswith("354"):
                    content = await reader.readuntil(b"\r\n.\r\n")
                    self.received.append(content)
                    if (await self._say(DOT, writer))[:4] in ACCEPTANCES:
                        self.accepted.append(content)
            case "QUIT":
                await self._say(QUIT, writer)
                raise _GoneError
            case _:
                await self._say(verb, writer)

    async def _log_in(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, mechanism, *initial = line.split(" ")
        self.logins.append(mechanism)
        match mechanism:
            case "LOGIN":
                writer.write(b"334 UGFzc3dvcmQ6\r\n")
                given = (await reader.readline()).strip()
                right = given == b64encode(self.word.encode())
            case "CRAM-MD5":
                writer.write(b"334 " + b64encode(CHALLENGE.encode()) + b"\r\n")
                given = b64decode((await reader.readline()).strip())
                digest = hmac.new(self.word.encode(), CHALLENGE.encode(), "md5").hexdigest()
                right = given == f"{USER} {digest}".encode()
            case "XOAUTH2":
                right = b64decode(initial[0]).decode() == f"user={USER}\1auth=Bearer {self.word}\1\1"
                if not right:
                    writer.write(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
                    await reader.readline()
            case _:
                right = b64decode(initial[0]).decode() == f"\0{USER}\0{self.word}"
        await self._say(AUTH, writer, "235 welcome" if right else "535 who are you")

    async def _say(self, phase: str, writer: asyncio.StreamWriter, usual: str = "") -> str:
        self.said.append(phase)
        waiting = self.script.get(phase)
        reply = waiting.pop(0) if waiting else usual or USUAL.get(phase, "250 OK")
        match reply:
            case Fault.DROP:
                raise _GoneError
            case Fault.HANG:
                await asyncio.get_running_loop().create_future()
            case Fault.ENDLESS:
                while True:
                    writer.write(b"250-and so on\r\n" * 1000)
                    await writer.drain()
                    await asyncio.sleep(0)
            case Fault.GARBAGE:
                writer.write(b"\x00\xff\x80 \xfe\r\n\r\n\x1b[2J HTTP/1.1 400\r\n")
                return ""
        assert isinstance(reply, str)
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return reply


@asynccontextmanager
async def scripted(server: ScriptedServer, *, implicit: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedServer]:
    """Listen on a free port of loopback."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await server.talk(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    listener = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=implicit)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.wait_closed()


def _encrypted(writer: asyncio.StreamWriter) -> bool:
    return writer.get_extra_info("sslcontext") is not None
