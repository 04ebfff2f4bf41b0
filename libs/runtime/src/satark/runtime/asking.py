"""Asking a daemon through whichever gateway holds it.

    asked = await ask(settings, request_to("host:Compute:vrouter-agent:0", "SandeshUVETypesReq", timeout_s=10))

The request goes to `satark.requests.v1`; answers and outcome come back on `satark.messages.v1`. Where nobody is there
to take it, that is an outcome too: it is timed out.
"""

import asyncio
import getpass
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Follower, Producer
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.codec import UndecodableEventError, decode, encode
from satark.schemas.messages import Message
from satark.schemas.requests import OUTCOME, Argument, Request, RequestOutcome
from satark.schemas.topics import MESSAGES

SOURCE = "/satark/request"
ATTEMPTS = 3
POLL_S = 0.5
JOURNEY_S = 3.0
"""For the way to the gateway and back, beside the daemon's own time."""

STRAGGLERS_S = 3.0
"""An answer and the outcome after it are written apart: the outcome may be there first."""

MAX_ANSWERS = 100_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the request to one generator ended."""

    generator: str
    outcome: RequestOutcome
    answers: int = 0
    detail: str = ""
    gateway: str = ""


@dataclass(slots=True)
class Asked:
    """What came of a request: the answers in the order they came, and an outcome for each generator that was meant."""

    request: Request
    answers: list[Message] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    matched: int = 0
    _ids: set[str] = field(default_factory=set, repr=False)

    @property
    def decided(self) -> bool:
        """Whether every generator that the request was for has its outcome."""
        return bool(self.outcomes) and len(self.outcomes) >= self.matched

    @property
    def whole(self) -> bool:
        """Whether it is decided, and every answer is here that was counted."""
        return self.decided and len(self.answers) >= sum(each.answers for each in self.outcomes.values())

    def learn(self, message: Message) -> None:
        """Take in a message; one that has nothing to do with the request is passed over."""
        if message.sandesh is None or message.sandesh.context != self.request.id:
            return
        if message.kind != OUTCOME:
            if message.id not in self._ids and len(self.answers) < MAX_ANSWERS:
                self._ids.add(message.id)
                self.answers.append(message)
            return
        outcome = outcome_of(message)
        known = self.outcomes.get(outcome.generator)
        if known is None or known.outcome is RequestOutcome.UNKNOWN_GENERATOR:
            self.outcomes[outcome.generator] = outcome
        self.matched = max(self.matched, _count(message.fields.get("matched", "")))


def request_to(
    generator: str, name: str, arguments: Iterable[Argument] = (), *, timeout_s: float, asked_by: str | None = None
) -> Request:
    """Return a request with an id of its own, of use for `timeout_s` seconds from now."""
    now = datetime.now(UTC)
    return Request(
        id=str(uuid.uuid4()),
        generator=generator,
        name=name,
        arguments=tuple(arguments),
        time=now,
        expires=now + timedelta(seconds=timeout_s),
        asked_by=_somebody() if asked_by is None else asked_by,
    )


async def ask(settings: KafkaSettings, request: Request) -> Asked:
    """Ask and return what came of it, at the latest a few seconds after the request has expired.

    A generator that no gateway spoke of has the outcome `timed_out`. Raises KafkaUnavailableError when no broker
    answers, and KafkaError when one refuses.
    """
    asked = Asked(request)
    loop = asyncio.get_running_loop()
    async with (
        Follower(settings, (MESSAGES,), from_end=True, connect_attempts=ATTEMPTS) as follower,
        Producer(settings, client_id="satark-request", connect_attempts=ATTEMPTS) as producer,
    ):
        encoded = encode(request, source=SOURCE)
        await producer.send(OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers))
        end_s = loop.time() + (request.expires - request.time).total_seconds() + JOURNEY_S
        decided = False
        while not asked.whole and loop.time() < end_s:
            for record in await follower.poll(timeout_s=min(POLL_S, max(0.01, end_s - loop.time()))):
                _learn(asked, record)
            if asked.decided and not decided:
                decided, end_s = True, min(end_s, loop.time() + STRAGGLERS_S)
    if not asked.decided and not asked.outcomes:
        nobody = Outcome(request.generator, RequestOutcome.TIMED_OUT, detail="no gateway has taken the request")
        asked.outcomes[request.generator] = nobody
    return asked


def outcome_of(message: Message) -> Outcome:
    """Return the outcome that a message tells; one that this version does not know is `not_sent`, in its own words."""
    fields = message.fields
    detail = fields.get("detail", "")
    try:
        outcome = RequestOutcome(message.name)
    except ValueError:
        outcome, detail = RequestOutcome.NOT_SENT, f"{message.name} {detail}".strip()
    answers = _count(fields.get("answers", ""))
    return Outcome(fields.get("generator", ""), outcome, answers, detail, fields.get("gateway", ""))


def _learn(asked: Asked, record: Record) -> None:
    if record.value is None or asked.request.id.encode() not in record.value:
        return  # everybody's messages travel here: most need not even be decoded
    try:
        message = decode(record.topic, record.value, record.headers)
    except UndecodableEventError:
        return
    asked.learn(message)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - digits of a count


def _somebody() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return socket.gethostname()
