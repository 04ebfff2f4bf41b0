"""What gateways say, for tests."""

from datetime import UTC, datetime, timedelta

from satark.schemas.generators import Connection, GatewayLease, GeneratorSession, session_id

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LEASE_S = 15.0


def up(generator: str, session: int, gateway: str, *, at_s: float = 0.0) -> GeneratorSession:
    """Return the word that a session began."""
    return _word(generator, session, gateway, Connection.UP, at_s)


def down(generator: str, session: int, gateway: str, *, at_s: float = 0.0) -> GeneratorSession:
    """Return the word that a session ended."""
    return _word(generator, session, gateway, Connection.DOWN, at_s)


def _word(generator: str, session: int, gateway: str, state: Connection, at_s: float) -> GeneratorSession:
    return GeneratorSession(
        id=session_id(generator, session, state),
        generator=generator,
        session=session,
        state=state,
        time=BEGIN + timedelta(seconds=at_s),
        gateway=gateway,
        since=BEGIN,
    )


def lease(gateway: str, at_s: float, *, life: int = 0, leaving: bool = False, lease_s: float = LEASE_S) -> GatewayLease:
    """Return the word that a gateway lives; `life` counts the processes of its name."""
    return GatewayLease(
        gateway=gateway,
        time=BEGIN + timedelta(seconds=at_s),
        lease_s=lease_s,
        started=BEGIN + timedelta(days=life),
        leaving=leaving,
    )
