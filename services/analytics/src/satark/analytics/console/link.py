"""The page of one link, or of anything else that is measured: its history beside what was normal for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.console.missing import missing, unanswered
from satark.analytics.console.places import facts, place, trail
from satark.analytics.console.shell import View, operates, page_route, respond
from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.links import link_of
from satark.analytics.routes.v1.questions import fleet
from satark.analytics.routes.v1.questions.fleet_told import Condition, StateOf, condition
from satark.analytics.routes.v1.questions.links import Link
from satark.analytics.store.statement import Reader, StoreError
from satark.analytics.web.route import Parameter, Route
from satark.runtime.said import Said
from satark.schemas.metrics import WAN_LINK
from satark.schemas.silences import Matcher, Silence

QUALITY = tuple(f"{name}_{way}" for name in ("latency_ms", "jitter_ms", "loss_pct") for way in ("rx", "tx"))
"""What is measured of a WAN link, in the order of the charts: a row for each, towards the edge and from it."""

MAX_METRICS = 24
MAX_SILENCES = 500
DEGRADED = "degraded"

ENTITY = Parameter(
    "entity", "The link's key.", {"type": "string", "minLength": 1, "maxLength": 512}, "path", required=True
)


class Quiet(Struct, frozen=True, kw_only=True):
    """A silence that concerns an entity, from `starts` to `ends`.

    `incident`: only while that incident lasts. `partly`: not all of its incidents, for example only warnings.
    """

    silence: str
    starts: datetime
    ends: datetime
    by: str
    comment: str
    incident: str | None
    partly: bool


class Shown(Struct, frozen=True, kw_only=True):
    """What the page's module begins with. The charts are of `metrics`, in this order."""

    entity: str
    state: str
    link: Link
    metrics: list[str]
    silences: list[Quiet]
    may_operate: bool


def routes(store: Reader, said: Said, state_of: StateOf, *, now: asked.Now) -> tuple[Route, ...]:
    """Return the route of the page. `state_of` tells how an orchestrator says that a link is."""

    async def page(request: Request) -> Response:
        entity = request.path_params["entity"]
        try:
            found = await link_of(store, entity, now())
            learnt = await asked.rows(store, fleet.learning(now(), entity=entity))
        except StoreError:
            return unanswered(request, "")
        if found is None:
            return missing(request, "", "link")
        how = condition(state_of(entity), found.last_seen, now(), learning=bool(learnt))
        return respond(request, view(found, how, said.silences.every(), may_operate=operates(request)))

    return (
        page_route("links/{entity:path}", page, "One link: its history and what was normal.", parameters=(ENTITY,)),
    )


def view(link: Link, how: Condition, silences: Iterable[Silence], *, may_operate: bool) -> View:
    """Return the page of a link; `how` it is, its incidents aside."""
    title = place(link.labels, link.entity)
    state = DEGRADED if link.incidents and how is not Condition.OFFLINE else how.value
    shown = Shown(
        entity=link.entity,
        state=state,
        link=link,
        metrics=charted(link),
        silences=quiet(link, silences),
        may_operate=may_operate,
    )
    values: dict[str, Any] = {
        "place": title,
        "trail": trail(link.labels),
        "facts": facts(link.labels),
        "state": state,
        "link": link,
        "metrics": shown.metrics,
        "since": link.incidents[0].opened_at if link.incidents else None,
    }
    return View(template="link.html.j2", title=title, section="", module="link", values=values, data=shown)


def charted(link: Link) -> list[str]:
    """Return the metrics that have a chart: the six of a WAN link, then all others that were measured last."""
    known = link.last_sample.metrics if link.last_sample else {}
    usual = QUALITY if link.kind == WAN_LINK else ()
    return [*usual, *(metric for metric in sorted(known) if metric not in usual)][:MAX_METRICS]


def quiet(link: Link, silences: Iterable[Silence]) -> list[Quiet]:
    """Return the silences that concern a link, the oldest first, of too many the latest."""
    subject = {**link.labels, "entity": link.entity, "kind": link.kind}
    found = sorted((one for one in silences if concerns(one.matchers, subject)), key=lambda one: one.starts)
    return [_quiet(one) for one in found if one.starts < one.ends][-MAX_SILENCES:]


def concerns(matchers: Sequence[Matcher], subject: Mapping[str, str]) -> bool:
    """Return whether matchers hold for an entity, whatever its incidents are: these have a severity and an id."""
    return all(matcher.holds(subject) for matcher in matchers if matcher.name not in _OF_INCIDENTS)


def _quiet(silence: Silence) -> Quiet:
    named = [one.pattern for one in silence.matchers if one.name == "incident" and not one.negated]
    return Quiet(
        silence=silence.silence,
        starts=silence.starts,
        ends=silence.ends,
        by=silence.by,
        comment=silence.comment,
        incident=named[0] if named else None,
        partly=any(one.name in _OF_INCIDENTS for one in silence.matchers),
    )


_OF_INCIDENTS = frozenset({"severity", "incident"})
