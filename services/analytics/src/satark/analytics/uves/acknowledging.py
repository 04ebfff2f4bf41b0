"""Saying that one has seen an alarm (analytics.md 2.5): what is asked, and whether it is so. Pure."""

from typing import Any

import msgspec
from msgspec import Struct

from satark.analytics.mirror.tables import Held
from satark.analytics.uves.objects import alarm_of
from satark.analytics.uves.tokens import Tokens
from satark.analytics.web.problem import Problem
from satark.schemas.alarms import AlarmView
from satark.uve.tables import raw_table

FIELDS = ("table", "name", "type", "token")


class Asked(Struct, frozen=True, kw_only=True):
    """An alarm, as it was seen when it had the token."""

    table: str
    name: str
    type: str
    token: str

    @property
    def entity(self) -> str:
        """The key of the object."""
        return f"{raw_table(self.table)}:{self.name}"


def asked(content_type: str, body: bytes) -> Asked:
    """Return what a request asks. Raises Problem: 400 for what is no JSON object, 404 for one without all members."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(400, "bad_content_type", "Content-Type must be application/json")
    try:
        plain: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise Problem(400, "bad_body", "the body is no JSON") from None
    if not isinstance(plain, dict):
        raise Problem(400, "bad_body", "the body is no JSON object")
    missing = [name for name in FIELDS if name not in plain]
    if missing:
        names = ", ".join(missing)
        raise Problem(404, "missing_fields", f"Alarm acknowledge request does not contain the fields {{{names}}}")
    wrong = [name for name in FIELDS if not isinstance(plain[name], str)]
    if wrong:
        raise Problem(404, "bad_fields", f"Alarm acknowledge request has no text in the fields {{{', '.join(wrong)}}}")
    return Asked(**{name: plain[name] for name in FIELDS})


def seen_view(request: Asked, tokens: Tokens) -> str:
    """Return the view that the token names. Raises Problem (404) for a token that no alarm here ever had."""
    view = tokens.view(request.entity, request.type, request.token)
    if view is None:
        raise Problem(
            404,
            "bad_token",
            "the token was not given out here for this alarm: read the alarm again, and take its token",
        )
    return view


def current(request: Asked, view: str, held: Held | None) -> AlarmView:
    """Return the alarm that is asked for, as it is now. Raises Problem (500) where it is gone, or another by now."""
    alarm = None if held is None else alarm_of(held, request.type)
    if alarm is None:
        raise Problem(500, "no_such_alarm", f"Alarm {request.type} is not set at {request.entity}")
    if alarm.token != view:
        raise Problem(500, "alarm_changed", f"Alarm {request.type} has changed: look at it again")
    return alarm
