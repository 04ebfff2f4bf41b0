"""The web page: a list by threads, one mail, its HTML in a locked frame, its source, and the list as JSON."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from satark.simulators.mail.html import FRAME_POLICY, PAGE_POLICY, RAW_POLICY, with_inline_images, with_links_outside
from satark.simulators.mail.mailbox import Mailbox
from satark.simulators.mail.parse import Content, Summary, read
from satark.simulators.mail.threads import threads

MAILBOX = web.AppKey("mailbox", Mailbox)
HERE = Path(__file__).parent
STATIC = {"catcher.css": "text/css", "catcher.js": "text/javascript"}

_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def application(mailbox: Mailbox) -> web.Application:
    """Return the pages as an aiohttp application."""
    app = web.Application()
    app[MAILBOX] = mailbox
    app.add_routes(
        [
            web.get("/", show_list),
            web.get("/mails/{id}", show_mail),
            web.get("/mails/{id}/html", show_html),
            web.get("/mails/{id}/raw", show_raw),
            web.get("/api/mails", list_json),
            web.get("/static/{name}", show_static),
        ]
    )
    app.on_response_prepare.append(_lock_down)
    return app


async def show_list(request: web.Request) -> web.Response:
    """Show all mails, newest first; 304 while nothing has changed."""
    mails = request.app[MAILBOX].newest_first()
    etag = f"{mails[0].id}-{len(mails)}" if mails else "empty"
    if request.if_none_match and any(tag.value == etag for tag in request.if_none_match):
        return web.Response(status=304)
    response = _page("list.html", threads=threads(mails), count=len(mails))
    response.etag = etag
    return response


async def show_mail(request: web.Request) -> web.Response:
    """Show one mail."""
    summary, content = await _mail(request)
    same = [mail for mail in request.app[MAILBOX].newest_first() if mail.thread == summary.thread]
    return _page("mail.html", mail=summary, content=content, thread=same)


async def show_html(request: web.Request) -> web.Response:
    """Serve the HTML of a mail, to be shown in a frame that can do nothing."""
    _, content = await _mail(request)
    if content.html is None:
        raise web.HTTPNotFound(text="this mail has no HTML")
    body = with_links_outside(with_inline_images(content.html, content.images))
    return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": FRAME_POLICY})


async def show_raw(request: web.Request) -> web.Response:
    """Serve the source of a mail as plain text."""
    raw = await _raw(request)
    return web.Response(
        body=raw, content_type="text/plain", charset="utf-8", headers={"Content-Security-Policy": RAW_POLICY}
    )


async def list_json(request: web.Request) -> web.Response:
    """List all mails as JSON, newest first."""
    rows = [as_json(mail) for mail in request.app[MAILBOX].newest_first()]
    return web.Response(body=msgspec.json.encode(rows), content_type="application/json")


async def show_static(request: web.Request) -> web.Response:
    """Serve the style sheet and the script; nothing else is there."""
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    text = await asyncio.to_thread((HERE / "static" / name).read_text)
    return web.Response(text=text, content_type=STATIC[name])


def as_json(mail: Summary) -> dict[str, Any]:
    """Return a mail as `/api/mails` lists it."""
    return {
        "id": mail.id,
        "subject": mail.subject,
        "from": mail.sender,
        "to": mail.to,
        "date": mail.date,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "recipients": list(mail.recipients),
        "headers": mail.satark,
        "size": mail.size,
    }


async def _mail(request: web.Request) -> tuple[Summary, Content]:
    raw = await _raw(request)
    summary = request.app[MAILBOX].get(request.match_info["id"])
    if summary is None:
        raise web.HTTPNotFound(text="no such mail")
    return summary, await asyncio.to_thread(read, raw)


async def _raw(request: web.Request) -> bytes:
    try:
        return await asyncio.to_thread(request.app[MAILBOX].raw, request.match_info["id"])
    except (KeyError, FileNotFoundError) as error:
        raise web.HTTPNotFound(text="no such mail") from error


def _page(template: str, **context: Any) -> web.Response:
    text = _TEMPLATES.get_template(template).render(context)
    return web.Response(text=text, content_type="text/html")


async def _lock_down(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-cache"
