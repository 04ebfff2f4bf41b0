"""From readings to samples: which link it is, whether it is new, and what it is called. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from satark.poller.inventory import MAX_ENTITY_CHARS, Place
from satark.poller.memory.ledger import Ledger
from satark.poller.memory.roster import Roster, alive_links
from satark.poller.readings import Reading
from satark.poller.schedule import Rules, is_backfilled
from satark.schemas.metrics import WAN_LINK, MetricSample

PlaceOf = Callable[[Reading], Place | None]
"""Finds a reading's place; None for an enterprise that is not wanted."""


@dataclass(slots=True)
class Harvest:
    """New samples, oldest first; of each entity the newest reading, with values if any has; what became of the others."""

    samples: list[MetricSample] = field(default_factory=list)
    heard: dict[str, Reading] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def harvest(
    rows: Iterable[Reading], place_of: PlaceOf, roster: Roster, ledger: Ledger, now: datetime, rules: Rules
) -> Harvest:
    """Return what is new in readings. Of two values of a link and interval the first counts."""
    rows = list(rows)
    found = Harvest()
    alive = alive_links(rows)
    taken: set[tuple[str, datetime]] = set()
    for row in rows:
        place = place_of(row)
        if place is None:
            found.left_out["unwanted_enterprise"] += 1
            continue
        entity = roster.entity(place, row.link, alive=alive)
        if len(entity) > MAX_ENTITY_CHARS:
            found.left_out["bad_link_id"] += 1
            continue
        if not row.metrics:
            is_holder = roster.link_id(entity) == row.link.internal_id
            if is_holder and not (entity in found.heard and found.heard[entity].metrics):
                found.heard[entity] = row
            continue
        found.heard[entity] = row
        if ledger.holds(entity, row.start) or (entity, row.start) in taken:
            found.counted["duplicate"] += 1
            continue
        taken.add((entity, row.start))
        found.samples.append(_sample(entity, row, place, now, rules))
    return found


def _sample(entity: str, row: Reading, place: Place, now: datetime, rules: Rules) -> MetricSample:
    return MetricSample.of(
        entity=entity,
        kind=WAN_LINK,
        time=row.start,
        interval_s=rules.sample_s,
        metrics=row.metrics,
        labels=place.labels(row.link.internal_id, row.link),
        backfilled=is_backfilled(row.start, now, rules),
    )
