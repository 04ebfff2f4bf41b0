"""Notifications: who was told what, and how that ended."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from satark.analytics.routes.v1.questions.conditions import Conditions, microseconds, time_of
from satark.analytics.store.statement import Row, Statement
from satark.schemas.notifications import Notification


class Notifications(Struct, frozen=True, kw_only=True):
    """One page of notifications, the youngest first."""

    notifications: list[Notification]
    next: str | None


def listing(
    *,
    incident: str | None,
    channel: str | None,
    outcome: str | None,
    between: tuple[datetime | None, datetime | None],
    behind: tuple[datetime, str] | None,
    limit: int,
) -> Statement:
    """Return the question for a page of notifications, the youngest first, behind one, and one more."""
    rows = Conditions()
    rows.add_given("incident = {incident:String}", incident=incident)
    rows.add_given("channel = {channel:String}", channel=channel)
    rows.add_given("outcome = {outcome:String}", outcome=outcome)
    rows.add_time("time >=", "start", between[0])
    rows.add_time("time <", "end", between[1])
    if behind is not None:
        place = {"told": microseconds(behind[0]), "behind": behind[1]}
        rows.add(f"(time, id) < ({time_of('told')}, {{behind:String}})", **place)
    order = "ORDER BY time DESC, id DESC LIMIT {limit:UInt32}"
    return rows.statement("SELECT body FROM notifications FINAL", order, limit=limit + 1)


def notifications(rows: Sequence[Row]) -> list[Notification]:
    """Return notifications made of rows."""
    return [msgspec.json.decode(row[0], type=Notification) for row in rows]
