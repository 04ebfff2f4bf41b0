"""An object as JSON: whole, or filtered; attributes and sources sorted, so that equal states look equal."""

from collections.abc import Callable, Iterator

from satark.uve.attribute import Attribute
from satark.uve.filters import ALARMS, EVERYTHING, Filters, acknowledged_only
from satark.uve.part import Part
from satark.uve.render import Json, flat_attribute, structured_attribute
from satark.uve.uve import TIME, Uve


def flat(uve: Uve, filters: Filters = EVERYTHING) -> dict[str, dict[str, Json]]:
    """Return attributes by struct, as plain as their sources agree, and the newest time of each struct as `__T`."""
    return _view(uve, filters, flat_attribute, _newest)


def structured(uve: Uve, filters: Filters = EVERYTHING) -> dict[str, dict[str, Json]]:
    """Return attributes by struct, with types, annotations and sources."""
    return _view(uve, filters, structured_attribute, _times)


def flat_value(uve: Uve, struct: str, name: str) -> Json:
    """Return one attribute alone, as `flat` has it, for who is told that only this one changed; None if it is gone."""
    part = uve.parts.get(struct)
    if part is None or not part.shares:
        return None
    if name == TIME:
        return part.newest_us
    attribute = part.attributes.get(name)
    return flat_attribute(attribute) if attribute is not None and attribute.is_shown else None


def _view(
    uve: Uve, filters: Filters, show: Callable[[Attribute], Json], times: Callable[[dict[str, int]], Json]
) -> dict[str, dict[str, Json]]:
    shown: dict[str, dict[str, Json]] = {}
    for struct, part in sorted(uve.parts.items()):
        if not filters.wants_struct(struct):
            continue
        stamps = {source: part.shares[source].time_us for source in sorted(part.shares) if filters.wants_source(source)}
        if not stamps:
            continue
        values = {name: show(attribute) for name, attribute in _attributes(struct, part, filters)}
        if struct == ALARMS[0] and filters.acknowledged is not None and not values:
            continue
        if filters.wants_attribute(struct, TIME):
            values = {TIME: times(stamps), **values}
        if values:
            shown[struct] = values
    return shown


def _attributes(struct: str, part: Part, filters: Filters) -> Iterator[tuple[str, Attribute]]:
    everyone = filters.source is None and filters.module is None
    for name, attribute in sorted(part.attributes.items()):
        if not filters.wants_attribute(struct, name):
            continue
        kept = attribute if everyone else attribute.only(filters.wants_source)
        if filters.acknowledged is not None and (struct, name) == ALARMS:
            kept = acknowledged_only(kept, acknowledged=filters.acknowledged)
        if kept.is_shown:
            yield name, kept


def _newest(stamps: dict[str, int]) -> Json:
    return max(stamps.values())


def _times(stamps: dict[str, int]) -> Json:
    groups: dict[int, list[str]] = {}
    for source, time_us in stamps.items():
        groups.setdefault(time_us, []).append(source)
    return [[{"@type": "u64", "#text": str(time_us)}, *sources] for time_us, sources in groups.items()]
