"""Links of mails, and the pages behind them, at noon."""

from datetime import timedelta
from typing import Any

import httpx2
from starlette.types import ASGIApp

from satark.analytics.routes import static
from satark.analytics.routes.actions import serving
from satark.analytics.routes.v1.telling import Publish
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Reader
from satark.runtime.links import LinkSettings
from satark.runtime.said import Said
from satark.runtime.secret import Secret
from satark.runtime.signed import Grant, Purpose, sign
from tests.unit.analytics.v1.scene import NOW, Post, incident, noon, put_incidents
from tests.unit.analytics.web.asking import Clock, ask, served

KEY = "k" * 32
LINKS = LinkSettings(url="https://satark.example.com", keys=Secret(KEY))
WHO = "asha@example.net"
MAIL = "0c1e7b9a-52f4-5c11-9a55-6f1d2e3c4b5a"
OPEN, RESOLVED = "incident-001", "incident-002"


def token(purpose: Purpose, name: str = OPEN, *, who: str = WHO, age: timedelta = timedelta(), key: str = KEY) -> str:
    """Return the token of a link in a mail that was written so long ago."""
    issued = NOW - age
    expires = issued + timedelta(days=7)
    grant = Grant(purpose=purpose, incident=name, who=who, mail=MAIL, issued=issued, expires=expires)
    return sign(grant, key.encode())


def stored(store: Store, **members: Any) -> None:
    """Put an incident that is open and one that is resolved in the store."""
    put_incidents(store, *incident(1, **members), *incident(2, resolved=True))


def app(
    store: Reader, *, said: Said | None = None, post: Publish | None = None, links: LinkSettings = LINKS, **options: Any
) -> ASGIApp:
    """Return the application of the pages."""
    routes = serving.routes(store, said or Said(), publish=post or Post(), now=noon, settings=links)
    return served(*routes, *static.routes(), clock=Clock(), **options)


async def press(app: ASGIApp, token: str, site: str = "same-origin", **fields: str) -> httpx2.Response:
    """Send the form of a page as a browser does. A field may have an underscore behind its name, as for_."""
    headers = {"Sec-Fetch-Site": site, "Origin": "null"}
    data = {name.removesuffix("_"): value for name, value in fields.items()}
    return await ask(app, f"/act/{token}", method="POST", data=data, headers=headers)
