"""The values that only a file of rules has: times, and zones that may be the entity's own. Pure."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from satark.detector.rules.recurrence import EARLIEST_YEAR, LATEST_YEAR
from satark.runtime.documents import Node
from satark.runtime.documents.shapes import Scalar
from satark.runtime.documents.values import parsed_zone

_MOMENT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?"
OWN_ZONE = "entity"
_DATE = r"\d{4}-\d\d-\d\d"


def moment() -> Scalar:
    """Return the shape of a local time; its value is a datetime without zone."""

    def parse(node: Node) -> datetime:
        if not re.fullmatch(f"{_MOMENT}|{_DATE}", node.text):
            raise ValueError("no offset: the member timezone says where" if node.text.endswith("Z") else "")
        found = datetime.fromisoformat(node.text)
        if not EARLIEST_YEAR <= found.year < LATEST_YEAR - 1:
            raise ValueError(f"it must lie from {EARLIEST_YEAR} on, and before {LATEST_YEAR - 1}")
        return found

    json = {"type": "string", "pattern": f"^({_MOMENT}|{_DATE})$"}
    return Scalar("a local time such as 2026-11-29T02:00", parse, json)


def instant() -> Scalar:
    """Return the shape of a time with offset or Z; its value is in UTC."""

    def parse(node: Node) -> datetime:
        return parsed_instant(node.text)

    return Scalar("a time such as 2026-11-29T02:30Z", parse, {"type": "string", "format": "date-time"})


def parsed_instant(text: str) -> datetime:
    """Return a time with offset or Z in UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("it needs an offset or Z")
    if not EARLIEST_YEAR <= found.year < LATEST_YEAR:
        raise ValueError(f"it must lie from {EARLIEST_YEAR} on, and before {LATEST_YEAR}")
    return found.astimezone(UTC)


def zone() -> Scalar:
    """Return the shape of an IANA time zone; the entity's own is None."""

    def parse(node: Node) -> ZoneInfo | None:
        return None if node.text == OWN_ZONE else parsed_zone(node.text)

    return Scalar(f"an IANA time zone such as Europe/Berlin, or {OWN_ZONE}", parse, {"type": "string"})
