"""Names that would be more than names, were statements made of them."""

from urllib.parse import quote

from satark.analytics.store.client import Store
from satark.schemas import examples
from tests.unit.analytics.v1.scene import (
    PUNE,
    ago,
    as_json,
    changed,
    get,
    incident,
    put_generators,
    put_incidents,
    put_notifications,
    put_samples,
    sample,
)

HOSTILE = (
    "' OR '1'='1",
    "'; DROP TABLE samples; --",
    '" OR ""="',
    "\\' OR 1=1 --",
    "\\",
    "{anything:UInt32}",
    "%(limit)s",
    "a\nb\tc",
    "`samples`",
    "%",
    "_",
    "*",
    "/* x */",
    "ü🔥",
    "NULL",
    "\\N",
    "[1, 2]",
)


def put_hostile(store: Store) -> None:
    """Put things with hostile names in the store."""
    put_samples(store, *(sample(f"x{text}", ago(minutes=10), labels={**PUNE, "edge": text}) for text in HOSTILE))
    put_incidents(store, *(event for at, text in enumerate(HOSTILE) for event in incident(at, entity=f"x{text}")))
    put_generators(store, *(changed(examples.generator_session(), generator=text, id=text) for text in HOSTILE))
    put_notifications(store, *(changed(examples.notification(), incident=text, id=text) for text in HOSTILE))


async def found_by_name(store: Store, text: str) -> None:
    """Find each thing by its name, in every way there is."""
    name = quote(text, safe="")
    generator = as_json(changed(examples.generator_session(), generator=text, id=text))

    assert (await get(store, f"/v1/links/x{name}"))["entity"] == f"x{text}"
    assert (await get(store, f"/v1/generators/{name}"))["sessions"] == [generator]
    assert len((await get(store, f"/v1/incidents?entity=x{name}"))["incidents"]) == 1
    assert len((await get(store, f"/v1/notifications?incident={name}"))["notifications"]) == 1
    assert (await get(store, f"/v1/series?entity=x{name}&metric=latency_ms_rx&value=raw"))["times"]
    found = [one["labels"]["edge"] for one in (await get(store, f"/v1/links?label=edge%3D{name}"))["links"]]
    assert found == [text] if text != "*" else len(found) == len(HOSTILE)
