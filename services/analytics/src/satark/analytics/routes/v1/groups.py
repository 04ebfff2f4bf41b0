"""Groups of incidents over HTTP."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.incidents import STATE
from satark.analytics.routes.v1.questions import groups
from satark.analytics.routes.v1.questions.conditions import only
from satark.analytics.routes.v1.questions.groups import Groups, GroupStory
from satark.analytics.store.statement import Reader
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer
from satark.analytics.web.route import Parameter, Route

GROUP = Parameter(
    "group", "The group's id.", {"type": "string", "minLength": 1, "maxLength": 128}, "path", required=True
)
MEMBER = Parameter(
    "incident", "The id of an incident that is a member.", {"type": "string", "minLength": 1, "maxLength": 128}
)


def routes(store: Reader) -> tuple[Route, ...]:
    """Return the routes."""

    async def several(request: Request) -> Response:
        given = asked.values(request)
        behind = cursors.opened(given, tuple[datetime, str])
        statement = groups.listing(
            state=given["state"], incident=given["incident"], behind=behind, limit=given["limit"]
        )
        found, more = asked.page(await asked.rows(store, statement), given["limit"])
        told = groups.groups(found)
        after = cursors.seal(given, (told[-1].opened_at, told[-1].group)) if more else None
        return answer(request, Groups(groups=told, next=after))

    async def one(request: Request) -> Response:
        name = asked.values(request)["group"]
        return answer(request, groups.story(only(await asked.rows(store, groups.one(name)), f"group {name}")))

    return (
        Route(
            method="GET",
            path="/v1/incident-groups",
            handler=several,
            summary="Groups of incidents, the youngest first.",
            answers=asked.answers("A page of groups; `next` is the cursor of the page behind it.", Groups),
            parameters=(STATE, MEMBER, cursors.limit(), cursors.CURSOR),
        ),
        Route(
            method="GET",
            path="/v1/incident-groups/{group}",
            handler=one,
            summary="One group with its members.",
            answers=asked.answers("The group.", GroupStory),
            parameters=(GROUP,),
        ),
    )
