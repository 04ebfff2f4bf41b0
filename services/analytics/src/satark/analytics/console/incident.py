"""The page of one incident: its story, why it is, and what one can do about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from satark.analytics.console.missing import missing, unanswered
from satark.analytics.console.places import place, trail
from satark.analytics.console.shell import BASE, View, operates, page_route, path_of, respond, root_of
from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.incidents import INCIDENT, story_of
from satark.analytics.routes.v1.questions import groups
from satark.analytics.routes.v1.questions.explaining import Explained, explained
from satark.analytics.routes.v1.questions.groups import Group
from satark.analytics.routes.v1.questions.incidents import Story
from satark.analytics.store.statement import Reader, StoreError
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Route
from satark.runtime.said import Said

SECTION = "incidents"
MAX_GROUPS = 3
"""One for each thing that links share: a site, a provider, a gateway."""


class Shown(Struct, frozen=True, kw_only=True):
    """What the page's module begins with: as `/v1/incidents/{incident}` and its `explain` answer."""

    story: Story
    explained: Explained
    groups: list[Group]
    may_operate: bool


def routes(store: Reader, said: Said, *, now: asked.Now) -> tuple[Route, ...]:
    """Return the route of the page. A group's id, which mails have too, leads to the group."""

    async def page(request: Request) -> Response:
        name = request.path_params["incident"]
        try:
            story = await _story(store, said, name, now())
            if story is None:
                return await _group(request, store, name)
            found = await asked.rows(store, groups.listing(state=None, incident=name, behind=None, limit=MAX_GROUPS))
        except StoreError:
            return unanswered(request, SECTION)
        return respond(request, view(story, groups.groups(found)[:MAX_GROUPS], may_operate=operates(request)))

    return (
        page_route("incidents/{incident}", page, "One incident: its story, and why it is.", parameters=(INCIDENT,)),
    )


async def _story(store: Reader, said: Said, name: str, now: datetime) -> Story | None:
    try:
        return await story_of(store, said, name, now)
    except Problem:
        return None


async def _group(request: Request, store: Reader, name: str) -> Response:
    """Lead to the list with the group of this id, if there is one."""
    if not await asked.rows(store, groups.one(name)):
        return missing(request, SECTION, "incident")
    root = root_of(path_of(request))
    return RedirectResponse(f"{root}{BASE.strip('/')}/{SECTION}?group={quote(name, safe='')}", 303)


def view(story: Story, group: Sequence[Group], *, may_operate: bool) -> View:
    """Return the page of an incident; `group` holds the groups that it is in."""
    incident = story.incident
    title = place(incident.labels, incident.entity)
    values: dict[str, Any] = {"place": title, "trail": trail(incident.labels), "incident": incident}
    shown = Shown(story=story, explained=explained(story.events[-1]), groups=list(group), may_operate=may_operate)
    return View(
        template="incident.html.j2",
        title=f"{incident.severity}: {title}",
        section=SECTION,
        module="incident",
        values=values,
        data=shown,
    )
