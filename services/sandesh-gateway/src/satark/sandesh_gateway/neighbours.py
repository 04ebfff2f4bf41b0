"""What this gateway does about the others: it lives, withdraws what dead ones held, and gives way to later sessions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic

import structlog

from satark.sandesh_gateway.cluster import Roster, ended
from satark.sandesh_gateway.publish.outlet import Outlet
from satark.sandesh_gateway.server.admission import Holder
from satark.sandesh_gateway.server.conversations import Conversations
from satark.sandesh_gateway.server.generators import Generators
from satark.sandesh_gateway.server.sessions import Sessions, withdrawal
from satark.schemas.codec import Event
from satark.schemas.generators import GeneratorSession

log = structlog.get_logger(__name__)

GATEWAY_LOST = "gateway_lost"


def holder_elsewhere(roster: Roster, name: str) -> Holder | None:
    """Return who holds a name at another gateway; connected while that gateway lives."""
    event = roster.sessions.open_session(name)
    if event is None or event.gateway == roster.gateway:
        return None
    alive = event.gateway in roster.living(now_s=monotonic())
    # Process 0: a session elsewhere is never resumed here.
    return Holder(host=event.address, pid=0, session=event.session, connected=alive)


class Neighbours:
    """The callbacks of the cluster's watch."""

    def __init__(
        self, gateway: str, generators: Generators, outlet: Outlet, sessions: Sessions, conversations: Conversations
    ) -> None:
        self._gateway = gateway
        self._generators = generators
        self._outlet = outlet
        self._sessions = sessions
        self._conversations = conversations

    def held(self, name: str) -> int | None:
        """Return the number of the session that this gateway has of a generator."""
        generator = self._generators.get(name)
        return generator.session if generator is not None and generator.open else None

    async def expired(self, gateway: str, lost: Sequence[GeneratorSession]) -> None:
        """A gateway is dead: nothing that its generators said through it holds any more. Raises KafkaError."""
        log.warning("gateway_lost", gateway=gateway, sessions=len(lost))
        now = datetime.now(UTC)
        events: list[Event] = []
        for session in lost:
            withdrawn = withdrawal(session.generator, session.session, self._gateway, GATEWAY_LOST, now)
            events += [withdrawn, ended(session, GATEWAY_LOST, now)]
        await self._outlet.now(events)

    async def superseded(self, name: str, number: int) -> None:
        """Another gateway has the generator, or has ended our session of it."""
        generator = self._generators.get(name)
        if generator is not None and generator.session == number:
            self._conversations.disconnect(name, "superseded at another gateway")
            self._sessions.end(generator, "superseded", told=False)

    def lapsed(self) -> None:
        """Others may have withdrawn all that this gateway holds: its sessions begin anew."""
        for generator in self._generators.connected:
            self._conversations.disconnect(generator.name, "the gateway's lease is over")
        self._sessions.end_all("lease_over")

    def leave(self) -> None:
        """This gateway stops: nobody has to notice it."""
        self._sessions.end_all("gateway_stopped")
