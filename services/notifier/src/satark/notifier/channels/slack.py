"""Messages for an incoming webhook of Slack, or of what speaks like it. Pure.

The header is a block of its own, the rest an attachment, for only those have a colour. Mattermost shows neither, but the
`text`, which Slack shows in notifications only: so it says the same in plain words.
"""

from datetime import datetime
from typing import Any

import msgspec

from satark.notifier.channels.http_request import Request
from satark.notifier.channels.slack_text import escaped, joined
from satark.notifier.channels.words import Link, Said, of_digest, of_heartbeat, of_part
from satark.notifier.events import RESOLVED, state_of
from satark.notifier.mail.view import Pair
from satark.notifier.routing.receivers import SlackConfig
from satark.notifier.telling import Heartbeat, Occasion, Told
from satark.schemas.incidents import Severity

HEADER_CHARS, SECTION_CHARS, FIELD_CHARS, CONTEXT_CHARS = 150, 3000, 2000, 2000
MAX_FIELDS, MAX_BLOCKS, MAX_SECTIONS = 10, 50, 20
LINE_CHARS, TEXT_CHARS = 500, 3500
"""Slack's limits, but for the last line: a longer line is no line, a longer text is cut by Mattermost."""

RED, AMBER, GREEN, GREY = "#c62828", "#ef8e00", "#2e7d32", "#607d8b"
_COLOURS = {Severity.CRITICAL: RED, Severity.MAJOR: RED, Severity.WARNING: AMBER, Severity.MINOR: AMBER}

Block = dict[str, Any]


def write(told: Told, now: datetime, *, link: Link) -> Request:
    """Return the request that tells Slack. Raises TypeError for a target that is none."""
    config = told.target.config
    if not isinstance(config, SlackConfig):
        raise TypeError(f"{told.target.name} is no incoming webhook")
    return Request(
        url=config.api_url,
        body=msgspec.json.encode(message(_said(told, now, link), colour(told), config, footer=_footer(told))),
        timeout_s=config.timeout_s,
        ca_file=config.ca_file,
        message_id=told.id,
    )


def message(said: Said, tint: str, config: SlackConfig, *, footer: str) -> dict[str, Any]:
    """Return the message's JSON."""
    blocks = [*_sections(said), *_fields(said.facts), *_actions(said), *_context(footer)]
    plain = [escaped(line, LINE_CHARS) for line in (said.headline, *said.sentences, *said.lines)]
    whole = joined(plain, TEXT_CHARS)[0]
    found: dict[str, Any] = {
        "text": f"{whole}\n{said.link}" if said.link else whole,
        "blocks": [{"type": "header", "text": _plain(said.headline, HEADER_CHARS)}],
        "attachments": [
            {"color": tint, "fallback": escaped(said.headline, LINE_CHARS), "blocks": blocks[: MAX_BLOCKS - 1]}
        ],
    }
    named = {"channel": config.channel, "username": config.username}
    return found | {name: value for name, value in named.items() if value}


def colour(told: Told) -> str:
    """Return the colour of the gravest incident that is open; green if none is, grey for what is no incident."""
    if isinstance(told, Heartbeat):
        return RED if told.failing or told.failed else GREY
    if any(part.aside.occasion is Occasion.TEST for part in told.parts):
        return GREY
    tints = {_COLOURS[part.shown.severity] for part in told.parts if state_of(part.shown) != RESOLVED}
    return next((tint for tint in (RED, AMBER) if tint in tints), GREEN)


def _said(told: Told, now: datetime, link: Link) -> Said:
    if isinstance(told, Heartbeat):
        return of_heartbeat(told, now)
    return of_digest(told, link, now) if told.is_digest else of_part(told.parts[0], link, now)


def _footer(told: Told) -> str:
    return f"Satark to {told.target.receiver}, message {told.id}"


def _sections(said: Said) -> list[Block]:
    """Return the sentences, and below them the lines of members or incidents."""
    sentences = joined((escaped(text, SECTION_CHARS) for text in said.sentences), SECTION_CHARS)
    lines = joined((f"• {escaped(text, LINE_CHARS)}" for text in said.lines), SECTION_CHARS)
    return [_section(text) for text in (*sentences, *lines)[:MAX_SECTIONS] if text]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _fields(facts: tuple[Pair, ...]) -> list[Block]:
    found = [
        {"type": "mrkdwn", "text": f"*{escaped(name, LINE_CHARS)}*\n{escaped(value, LINE_CHARS)}"}
        for name, value in facts[:MAX_FIELDS]
    ]
    return [{"type": "section", "fields": found}] if found else []


def _actions(said: Said) -> list[Block]:
    """Return a link to the console; an address in the settings, but names in it come from outside."""
    if said.link is None:
        return []
    address = escaped(said.link.replace("|", "%7C"), SECTION_CHARS - 100)
    return [_section(f"<{address}|Look at it>")]


def _context(footer: str) -> list[Block]:
    return [{"type": "context", "elements": [_plain(footer, CONTEXT_CHARS)]}]


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": escaped(text, limit), "emoji": False}
