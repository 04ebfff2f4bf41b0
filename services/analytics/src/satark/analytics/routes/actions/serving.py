"""The routes of the pages behind links: GET shows, POST does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.actions import deeds, pages, refusals
from satark.analytics.routes.actions.metrics import LINKS
from satark.analytics.routes.actions.pages import Page
from satark.analytics.routes.actions.refusals import NothingDoneError
from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import incidents
from satark.analytics.routes.v1.questions.conditions import only
from satark.analytics.routes.v1.questions.incidents import Incident, IncidentState
from satark.analytics.routes.v1.telling import MAX_BY, Publish, tell
from satark.analytics.store.statement import Reader, StoreError
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter, Role, Route
from satark.runtime.links import LinkSettings
from satark.runtime.said import Said
from satark.runtime.signed import Grant, Purpose, TokenError, verify
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.silences import Silence

HTML = "text/html; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 8
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
OWN = frozenset({"", "same-origin", "none"})
"""Sec-Fetch-Site of our own form, or of a client that does not send it. Origin says `null` where no referrer is sent."""

TOKEN = Parameter(
    "token", "What the link grants, signed.", {"type": "string", "maxLength": 16_384}, "path", required=True
)
FOR = Parameter("for", "The length that is chosen first: 1h, 4h or resolved.", {"type": "string"})
BODY = {
    "type": "object",
    "properties": {
        "do": {"type": "string", "description": "end: end the silence that this link made. Else what the link is for."},
        "for": {"type": "string", "description": "1h, 4h or resolved, for a silence."},
        "comment": {"type": "string", "description": "What others should know."},
    },
}
REFUSED = {
    403: "The link is forged, or the form is another site's.",
    404: "The link is cut, its incident is not known, or links are not set up.",
    410: "The link has expired.",
    503: "The store or Kafka does not answer.",
}
REFUSED_FORM = {
    400: "The form is not as the page sends it.",
    409: "The incident is over, or there is no silence to end.",
    415: "The body is no form.",
}

log = structlog.get_logger()


def routes(store: Reader, said: Said, *, publish: Publish, now: asked.Now, settings: LinkSettings) -> tuple[Route, ...]:
    """Return the routes. `publish` writes what is done; `said` knows what was done before."""
    handlers = _Handlers(store, said, publish, now, settings)
    page = {"type": "string", "description": "A page for a person."}
    refused = tuple(Answer(status, text, page, HTML) for status, text in REFUSED.items())
    refused_form = tuple(Answer(status, text, page, HTML) for status, text in REFUSED_FORM.items())
    return (
        Route(
            method="GET",
            path="/act/{token}",
            handler=handlers.show,
            summary="The page behind a link in a mail: what would be done.",
            description="It changes nothing, so that programs may follow links. The link itself is the credential.",
            answers=(Answer(200, "The page, with a button.", page, HTML), *refused),
            role=Role.ANYONE,
            parameters=(TOKEN, FOR),
            tag="pages",
        ),
        Route(
            method="POST",
            path="/act/{token}",
            handler=handlers.act,
            summary="Do what a link in a mail is for: acknowledge or silence.",
            description="Done again, it changes nothing more.",
            answers=(
                Answer(200, "It is done, or was before.", page, HTML),
                *refused,
                *refused_form,
            ),
            role=Role.ANYONE,
            body=BODY,
            body_type=FORM,
            parameters=(TOKEN,),
            tag="pages",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a request ended."""

    result: str
    page: Page


class _Handlers:
    def __init__(self, store: Reader, said: Said, publish: Publish, now: asked.Now, settings: LinkSettings) -> None:
        self._store = store
        self._said = said
        self._publish = publish
        self._now = now
        self._settings = settings

    async def show(self, request: Request) -> Response:
        return await self._answer(request, self._shown)

    async def act(self, request: Request) -> Response:
        return await self._answer(request, self._acted)

    async def _answer(self, request: Request, serve: Callable[[Request, Grant], Awaitable[_Outcome]]) -> Response:
        if not self._settings.enabled:
            return _html(pages.sorry(404, "There are no links here", "Links in mails are not set up."))
        grant: Grant | None = None
        try:
            grant = self._grant(request)
            outcome = await serve(request, grant)
        except NothingDoneError as nothing:
            outcome = _Outcome(nothing.result, nothing.page)
            self._note(request, grant, outcome.result, nothing.purpose)
        else:
            self._note(request, grant, outcome.result, grant.purpose.value)
        return _html(outcome.page)

    def _grant(self, request: Request) -> Grant:
        if request.method == "POST" and request.headers.get("sec-fetch-site", "") not in OWN:
            raise refusals.of_another_site()
        try:
            return verify(request.path_params["token"], self._settings.key_bytes, self._now())
        except TokenError as error:
            raise refusals.of_token(error) from None

    def _note(self, request: Request, grant: Grant | None, result: str, purpose: str) -> None:
        """Count and log how a link ended; the link itself is told to nobody."""
        known = {"incident": grant.incident, "who": grant.who, "mail": grant.mail} if grant else {}
        purpose = grant.purpose.value if grant else purpose
        LINKS.labels(purpose, result).inc()
        address = request.state.caller.address
        log.info("mail_link", method=request.method, purpose=purpose, result=result, address=address, **known)

    async def _shown(self, request: Request, grant: Grant) -> _Outcome:
        incident = await self._incident(grant)
        now, length = self._now(), deeds.length_of(request.query_params.get("for"))
        done = self._done(grant, incident, length)
        if done is not None:
            return _Outcome("shown", done)
        if incident.state is IncidentState.RESOLVED:
            return _Outcome("shown", pages.over(incident, status=200))
        seen = self._said.acknowledgements.get(incident.incident)
        return _Outcome("shown", pages.asking(grant, incident, length, seen, now))

    async def _acted(self, request: Request, grant: Grant) -> _Outcome:
        given = await _form(request)
        incident = await self._incident(grant)
        length = deeds.length_of(given.get("for"))
        if given.get("do") == "end" and grant.purpose is Purpose.SILENCE:
            return await self._end(grant, incident, length)
        done = self._done(grant, incident, length)
        if done is not None:
            return _Outcome("done_before", done)
        if incident.state is IncidentState.RESOLVED:
            raise NothingDoneError("over", pages.over(incident, status=409))
        return _Outcome("done", await self._do(grant, incident, length, given.get("comment", "")))

    def _done(self, grant: Grant, incident: Incident, length: deeds.Length) -> Page | None:
        """Return the page of what this link did before, None if it did nothing yet."""
        now = self._now()
        if grant.purpose is Purpose.ACKNOWLEDGE:
            word = self._said.acknowledgements.get(incident.incident)
            same = deeds.acknowledgement(grant, incident, comment="", now=now)
            return pages.acknowledged(word, incident, before=True) if word and word.id == same.id else None
        silence = self._said.silences.get(deeds.silence(grant, incident, length, comment="", now=now).silence)
        return pages.silenced(silence, incident, length, now, before=True) if silence else None

    async def _do(self, grant: Grant, incident: Incident, length: deeds.Length, comment: str) -> Page:
        now = self._now()
        if grant.purpose is Purpose.ACKNOWLEDGE:
            word = deeds.acknowledgement(grant, incident, comment=comment, now=now)
            await self._tell(word)
            return pages.acknowledged(word, incident, before=False)
        silence = deeds.silence(grant, incident, length, comment=comment, now=now)
        await self._tell(silence)
        return pages.silenced(silence, incident, length, now, before=False)

    async def _end(self, grant: Grant, incident: Incident, length: deeds.Length) -> _Outcome:
        now = self._now()
        silence = self._said.silences.get(deeds.silence(grant, incident, length, comment="", now=now).silence)
        if silence is None:
            text = "This link has silenced nothing, or nothing that is known here yet."
            raise NothingDoneError("not_silenced", pages.sorry(409, "There is nothing to end", text))
        if silence.ends > now:
            silence = silence.ended(time=now, by=grant.who[:MAX_BY])
            await self._tell(silence)
        return _Outcome("ended", pages.silenced(silence, incident, length, now, before=True))

    async def _tell(self, event: Acknowledgement | Silence) -> None:
        try:
            await tell(self._publish, self._said, event)
        except Problem as problem:
            raise refusals.of_problem(problem) from problem

    async def _incident(self, grant: Grant) -> Incident:
        try:
            row = only(await asked.rows(self._store, incidents.one(grant.incident)), "the incident")
        except Problem as problem:
            raise refusals.of_problem(problem) from None
        except StoreError as error:
            log.warning("store_failed", reason=error.reason, detail=str(error))
            raise refusals.of_problem(Problem(503, "store_failed", "the store did not answer")) from error
        return incidents.incident(row, self._said.acknowledgements.get(grant.incident))


def _html(page: Page) -> Response:
    return Response(pages.render(page), page.status, HEADERS, media_type=HTML)


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form; none for an empty body. Raises NothingDoneError (415, 400)."""
    raw = await request.body()
    if raw and request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise refusals.of_problem(Problem(415, "no_form", f"The body must be {FORM}"))
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        raise refusals.of_problem(Problem(400, "bad_form", "The form is not as the page sends it")) from None
