"""Requests for tests."""

from datetime import UTC, datetime, timedelta

from satark.schemas.requests import Argument, Request

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GENERATOR = "h1:Compute:agent:0"


def request(
    ident: str = "r1",
    *,
    generator: str = GENERATOR,
    name: str = "SandeshUVETypesReq",
    arguments: tuple[Argument, ...] = (),
    patience_s: float = 10.0,
) -> Request:
    """Return a request that was made now."""
    expires = NOW + timedelta(seconds=patience_s)
    return Request(id=ident, generator=generator, name=name, arguments=arguments, time=NOW, expires=expires)
