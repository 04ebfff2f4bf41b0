"""Silences over HTTP: made, listed and ended. Each word is an event, which the notifier honours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.telling import Publish, tell, who
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer, json_body
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter, Role, Route
from satark.runtime.said import Said
from satark.schemas.metrics import Time
from satark.schemas.silences import Matcher, Silence

MAX_LENGTH = timedelta(days=180)


class SilenceState(StrEnum):
    """How a silence is."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class SilenceAsked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one asks to be kept quiet about, and for how long."""

    matchers: Annotated[tuple[Matcher, ...], Meta(min_length=1, max_length=32)]
    starts: Annotated[Time | None, Meta(description="From when; now if not said.")] = None
    ends: Annotated[Time | None, Meta(description="Until when.")] = None
    duration_s: Annotated[
        Annotated[int, Meta(ge=1, le=int(MAX_LENGTH.total_seconds()))] | None,
        Meta(description="For how many seconds, in place of ends."),
    ] = None
    comment: Annotated[str, Meta(max_length=2048)] = ""


class SilenceTold(Struct, frozen=True, kw_only=True):
    """A silence, and how it is now."""

    state: SilenceState
    silence: Silence


class Silences(Struct, frozen=True, kw_only=True):
    """One page of silences, those that end last first."""

    silences: list[SilenceTold]
    next: str | None


STATE = Parameter("state", "How it is.", {"type": "string", "enum": [state.value for state in SilenceState]})
SILENCE = Parameter(
    "silence", "The silence's id.", {"type": "string", "minLength": 1, "maxLength": 128}, "path", required=True
)


def routes(said: Said, *, publish: Publish, now: asked.Now) -> tuple[Route, ...]:
    """Return the routes. `publish` writes silences; `said` knows those that were written."""
    handlers = _Handlers(said, publish, now)
    return (
        Route(
            method="GET",
            path="/v1/silences",
            handler=handlers.several,
            summary="Silences, those that end last first.",
            answers=asked.answers("A page of silences; `next` is the cursor of the page behind it.", Silences),
            parameters=(STATE, cursors.limit(), cursors.CURSOR),
        ),
        Route(
            method="POST",
            path="/v1/silences",
            handler=handlers.make,
            summary="Keep quiet about what matches, for a while.",
            description=f"It is an event of satark.silences.v1, with who and when; at most {MAX_LENGTH.days} days long.",
            answers=(Answer(201, "It is written; Location is where it is.", asked.schema_of(SilenceTold)),),
            role=Role.OPERATE,
            body=asked.schema_of(SilenceAsked),
        ),
        Route(
            method="GET",
            path="/v1/silences/{silence}",
            handler=handlers.one,
            summary="One silence.",
            answers=asked.answers("The silence.", SilenceTold),
            parameters=(SILENCE,),
        ),
        Route(
            method="DELETE",
            path="/v1/silences/{silence}",
            handler=handlers.end,
            summary="End a silence now.",
            description="Of one that has ended already nothing changes.",
            answers=(Answer(200, "It is over.", asked.schema_of(SilenceTold)),),
            role=Role.OPERATE,
            parameters=(SILENCE,),
        ),
    )


def state_of(silence: Silence, now: datetime) -> SilenceState:
    """Return how a silence is."""
    if silence.ends <= max(now, silence.starts):
        return SilenceState.EXPIRED
    return SilenceState.ACTIVE if silence.starts <= now else SilenceState.PENDING


def made(body: SilenceAsked, *, by: str, now: datetime) -> Silence:
    """Return the silence that is asked for. Raises Problem (422)."""
    starts = body.starts or now
    if (body.ends is None) == (body.duration_s is None):
        raise Problem(422, "bad_body", "one of ends and duration_s is needed, and not both")
    try:
        ends = body.ends or starts + timedelta(seconds=body.duration_s or 0)
    except OverflowError:
        raise Problem(422, "bad_body", "starts: such a time cannot be kept") from None
    if ends <= max(starts, now):
        raise Problem(422, "bad_body", "ends: must be after starts, and after now")
    if not starts >= asked.EARLIEST or ends - starts > MAX_LENGTH:
        raise Problem(422, "bad_body", f"ends: a silence lasts at most {MAX_LENGTH.days} days")
    if all(not matcher.pattern.strip("*") for matcher in body.matchers):
        raise Problem(422, "bad_body", "matchers: this would keep quiet about everything; name something")
    return Silence.of(matchers=body.matchers, starts=starts, ends=ends, time=now, by=by, comment=body.comment)


def ordered(silences: Sequence[Silence], behind: tuple[datetime, str] | None) -> list[Silence]:
    """Return silences in the order of the list, from behind a place on."""
    found = sorted(silences, key=_place, reverse=True)
    return [silence for silence in found if behind is None or _place(silence) < behind]


def _place(silence: Silence) -> tuple[datetime, str]:
    return silence.ends, silence.silence


class _Handlers:
    def __init__(self, said: Said, publish: Publish, now: asked.Now) -> None:
        self._said = said
        self._publish = publish
        self._now = now

    async def several(self, request: Request) -> Response:
        given, now = asked.values(request), self._now()
        behind = cursors.opened(given, tuple[datetime, str])
        found = [
            SilenceTold(state=state_of(silence, now), silence=silence)
            for silence in ordered(self._said.silences.every(), behind)
        ]
        wanted = [told for told in found if given["state"] in {None, told.state}]
        shown = wanted[: given["limit"]]
        more = cursors.seal(given, _place(shown[-1].silence)) if len(wanted) > len(shown) else None
        return answer(request, Silences(silences=shown, next=more))

    async def one(self, request: Request) -> Response:
        return answer(request, self._told(self._known(request)))

    async def make(self, request: Request) -> Response:
        silence = made(await json_body(request, SilenceAsked), by=who(request), now=self._now())
        await tell(self._publish, self._said, silence)
        where = {"Location": f"/v1/silences/{silence.silence}"}
        return answer(request, self._told(silence), status=201, headers=where)

    async def end(self, request: Request) -> Response:
        silence, now = self._known(request), self._now()
        if state_of(silence, now) is not SilenceState.EXPIRED:
            silence = silence.ended(time=now, by=who(request))
            await tell(self._publish, self._said, silence)
        return answer(request, self._told(silence))

    def _known(self, request: Request) -> Silence:
        name = asked.values(request)["silence"]
        found = self._said.silences.get(name)
        if found is None:
            raise Problem(404, "not_found", f"silence {name} is not known")
        return found

    def _told(self, silence: Silence) -> SilenceTold:
        return SilenceTold(state=state_of(silence, self._now()), silence=silence)
