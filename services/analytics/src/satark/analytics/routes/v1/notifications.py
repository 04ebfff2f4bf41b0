"""Notifications over HTTP."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.routes.v1 import asked
from satark.analytics.routes.v1.questions import notifications
from satark.analytics.routes.v1.questions.notifications import Notifications
from satark.analytics.store.statement import Reader
from satark.analytics.web import cursors
from satark.analytics.web.answers import answer
from satark.analytics.web.route import Parameter, Route
from satark.schemas.notifications import Outcome

INCIDENT = Parameter("incident", "Only of this incident.", {"type": "string", "minLength": 1, "maxLength": 128})
CHANNEL = Parameter("channel", "For example email.", {"type": "string", "minLength": 1, "maxLength": 64})
OUTCOME = Parameter("outcome", "How it ended.", {"type": "string", "enum": [outcome.value for outcome in Outcome]})


def routes(store: Reader) -> tuple[Route, ...]:
    """Return the route."""

    async def several(request: Request) -> Response:
        given = asked.values(request)
        statement = notifications.listing(
            incident=given["incident"],
            channel=given["channel"],
            outcome=given["outcome"],
            between=asked.within(given),
            behind=cursors.opened(given, tuple[datetime, str]),
            limit=given["limit"],
        )
        found, more = asked.page(await asked.rows(store, statement), given["limit"])
        told = notifications.notifications(found)
        behind = cursors.seal(given, (told[-1].time, told[-1].id)) if more else None
        return answer(request, Notifications(notifications=told, next=behind))

    return (
        Route(
            method="GET",
            path="/v1/notifications",
            handler=several,
            summary="Who was told what, the youngest first.",
            answers=asked.answers(
                "A page of notifications; `next` is the cursor of the page behind it.", Notifications
            ),
            parameters=(INCIDENT, CHANNEL, OUTCOME, asked.START, asked.END, cursors.limit(), cursors.CURSOR),
        ),
    )
