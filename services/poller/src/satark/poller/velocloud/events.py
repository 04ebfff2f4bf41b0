"""The orchestrator's own events, of either API (1.9 and 1.11 of the specification). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw, Struct

from satark.poller.readings import Skipped, VendorEvent, VendorEvents
from satark.poller.velocloud.decoding import Paged, decoded, good_rows, text_of, time_of
from satark.schemas.messages import Level

MAX_FIELDS = 50
LEVELS: Mapping[str, Level] = {level.name: level for level in Level}
"""The vendor's severities are syslog's, by name."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events, newest first as they come; `next_page` asks for older ones."""

    events: VendorEvents
    next_page: str | None


class _Event(Struct, rename="camel"):
    id: int | str
    event_time: Any
    event: str
    category: Any = None
    severity: Any = None
    message: Any = None
    detail: Any = None
    edge_name: Any = None
    segment_name: Any = None
    enterprise_username: Any = None


def events(result: Raw | bytes | None) -> EventPage:
    """Return one page of events; rows without an id, a name or a time are left out and told.

    Raises WrongShape.
    """
    paged: Paged = decoded(result, Paged, "a page of events")
    rows, skipped = good_rows(paged.data, _Event, "event")
    read = [_event(row) for row in rows]
    good = tuple(event for event in read if event is not None)
    skipped += tuple(
        Skipped("bad_event", f"event {row.id} time") for row, e in zip(rows, read, strict=True) if e is None
    )
    return EventPage(VendorEvents(good, skipped), paged.next_page or None)


def _event(row: _Event) -> VendorEvent | None:
    time = time_of(row.event_time)
    if time is None:
        return None
    extra = {"segmentName": row.segment_name, "enterpriseUsername": row.enterprise_username}
    fields = {name: text_of(value) for name, value in extra.items() if text_of(value)} | _detail(row.detail)
    return VendorEvent(
        id=str(row.id),
        time=time,
        name=text_of(row.event)[:256],
        level=LEVELS.get(text_of(row.severity).upper(), Level.INFO),
        edge_name=text_of(row.edge_name),
        category=text_of(row.category)[:256],
        text=text_of(row.message),
        fields=fields,
    )


def _detail(detail: Any) -> dict[str, str]:
    """Return the members of `detail`, which is an object, a text of one, or null; other text is kept as it is."""
    if isinstance(detail, str) and detail:
        try:
            parsed = msgspec.json.decode(detail)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            parsed = {"detail": detail}
        detail = parsed if isinstance(parsed, dict) else {"detail": detail}
    if not isinstance(detail, dict):
        return {}
    return {text_of(name)[:256]: _text(value) for name, value in list(detail.items())[:MAX_FIELDS]}


def _text(value: Any) -> str:
    return text_of(value if isinstance(value, str) else msgspec.json.encode(value).decode())
