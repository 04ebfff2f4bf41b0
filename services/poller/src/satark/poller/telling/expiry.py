"""When an API token expires, as it says itself, and when to tell: 30, 7 and 1 days ahead, and when it has. Pure.

The token is a JWT (RFC 7519) whose `exp` is in milliseconds with this vendor, in seconds by the standard. It is decoded
without being verified: it is ours, and nothing but a warning depends on it.
"""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

import msgspec

from satark.poller.telling.watch import entity_of
from satark.schemas.identifiers import identifier, instant
from satark.schemas.messages import Level, Message

KIND = "poller"
NAME = "TOKEN_EXPIRES"
MAX_TOKEN_CHARS = 65_536
MILLISECONDS_ABOVE = 10**11
"""As seconds this is the year 5138, as milliseconds 1973."""


class Stage(IntEnum):
    """How near the end is, in days; the nearest stage that was reached counts."""

    EXPIRED = 0
    DAY = 1
    WEEK = 7
    MONTH = 30


_LEVELS = {
    Stage.MONTH: Level.NOTICE,
    Stage.WEEK: Level.WARNING,
    Stage.DAY: Level.ERROR,
    Stage.EXPIRED: Level.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class Told:
    """The latest announcement: of which expiry, and at which stage."""

    expiry: datetime
    stage: Stage


def expiry_of(token: str) -> datetime | None:
    """Return when a token expires, None when it does not say so, or not in a way that can be read."""
    parts = token.split(".") if len(token) <= MAX_TOKEN_CHARS else []
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        return None
    try:
        payload = parts[1].encode("ascii")
        claims: Any = msgspec.json.decode(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return _time(claims.get("exp")) if isinstance(claims, dict) else None


def _time(exp: Any) -> datetime | None:
    if isinstance(exp, bool) or not isinstance(exp, int | float) or not exp > 0:
        return None
    try:
        return datetime.fromtimestamp(exp / 1_000 if exp > MILLISECONDS_ABOVE else exp, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def stage_at(expiry: datetime, now: datetime) -> Stage | None:
    """Return the stage that is reached at `now`, None while the end is more than 30 days off."""
    return next((stage for stage in sorted(Stage) if now >= expiry - timedelta(days=stage)), None)


def due(expiry: datetime | None, now: datetime, told: Told | None = None) -> Told | None:
    """Return what is to be announced now, None when that was `told` already. A new token begins anew.

    Only the nearest stage is announced: who begins 5 days ahead hears of a week, not of a month too.
    """
    stage = stage_at(expiry, now) if expiry is not None else None
    if expiry is None or stage is None or (told is not None and told.expiry == expiry and told.stage <= stage):
        return None
    return Told(expiry, stage)


def announcement(orchestrator: str, told: Told, now: datetime) -> Message:
    """Return the message of an announcement: the same one has the same id, whenever and however often it is made."""
    date = f"{told.expiry:%Y-%m-%d %H:%M} UTC"
    return Message(
        id=identifier("token-expires", orchestrator, instant(told.expiry), told.stage.name),
        entity=entity_of(orchestrator),
        kind=KIND,
        time=now,
        name=NAME,
        level=_LEVELS[told.stage],
        category="credential",
        text=(
            f"The API token of {orchestrator} expired on {date}: its links are not watched until there is a new one."
            if told.stage is Stage.EXPIRED
            else f"The API token of {orchestrator} expires on {date}, {remaining(told.expiry, now)}: create a new one before."
        ),
        fields={"expires": instant(told.expiry), "stage": told.stage.name.lower()},
        labels={"orchestrator": orchestrator},
    )


def remaining(expiry: datetime, now: datetime) -> str:
    """Return how far off the end is, in words: whole days, as a person would round them."""
    days = round((expiry - now) / timedelta(days=1))
    if days < 1:
        return "within a day"
    return "in 1 day" if days == 1 else f"in {days} days"
