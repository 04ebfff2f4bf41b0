"""An Alertmanager as its OpenAPI document (api/v2/openapi.yaml) and its `Alert.Validate` describe it, no more.

It is stricter than the real one in that it refuses members that the document does not have.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

LabelSet = dict[Annotated[str, Meta(pattern="^[a-zA-Z_][a-zA-Z0-9_]*$")], str]
Fingerprint = frozenset[tuple[str, str]]


class _Alert(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    labels: Annotated[LabelSet, Meta(min_length=1)]
    annotations: LabelSet = {}
    starts_at: Annotated[datetime, Meta(tz=True)]
    ends_at: Annotated[datetime, Meta(tz=True)]
    generator_url: Annotated[str, Meta(pattern="^[a-z]+://")] | msgspec.UnsetType = msgspec.field(
        default=msgspec.UNSET, name="generatorURL"
    )


@dataclass
class FakeAlertmanager:
    """`now` is its clock; `alerts` are the newest of each set of labels."""

    now: datetime
    alerts: dict[Fingerprint, _Alert] = field(default_factory=dict)

    def firing(self) -> list[dict[str, str]]:
        """Return the labels of the alerts that fire."""
        return [alert.labels for alert in self.alerts.values() if alert.ends_at > self.now]

    def post(self, body: bytes) -> None:
        """Take alerts, all or none. Raises ValueError that says what is wrong."""
        alerts = msgspec.json.decode(body, type=list[_Alert])
        for alert in alerts:
            if alert.ends_at < alert.starts_at:
                raise ValueError("start time must be before end time")
            if any(name.startswith("__") for name in alert.labels):
                raise ValueError("labels that begin with __ are internal")
        # As the real one does before it validates: an empty label is none.
        for alert in alerts:
            self.alerts[frozenset((name, value) for name, value in alert.labels.items() if value)] = alert

    async def answer(self, request: web.Request) -> web.Response:
        """Answer `POST /api/v2/alerts`."""
        if request.content_type != "application/json":
            return web.json_response("unsupported media type", status=415)
        try:
            self.post(await request.read())
        except ValueError as error:
            return web.json_response(str(error), status=400)
        return web.Response()
