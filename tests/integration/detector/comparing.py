"""What is on Kafka of objects, compared with objects that are put together from scratch."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas.topics import UVE_CHANGELOG
from satark.uve import views
from satark.uve.rows import remembered
from satark.uve.state import restored
from satark.uve.uve import TIME, Uve
from tests.integration.detector.uve_rig import settled, states

ShareOf = tuple[str, str, str, int]
"""Object, struct, generator and session of a share."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Keys of objects whose state, or whose stored shares, are not as they should be; shares that should not be there.

    An object that is missing, or should be, is different.
    """

    states: frozenset[str] = frozenset()
    stored: frozenset[str] = frozenset()
    ghosts: frozenset[ShareOf] = frozenset()


async def stored_objects(kafka: KafkaSettings) -> dict[str, Uve]:
    """The objects with types and sources, as the rows of the table have them."""
    rows: dict[bytes, bytes] = {}
    async for record in read_to_end(kafka, UVE_CHANGELOG):
        assert record.key is not None
        if record.value is None:
            rows.pop(record.key, None)
        else:
            rows[record.key] = record.value
    found = remembered(rows.items())
    assert [] == found.unreadable
    return {entity: restored(shares, {}) for entity, shares in found.shares.items()}


async def differences(kafka: KafkaSettings, truth: Mapping[str, Uve], *, timeout_s: float) -> Differences:
    """Wait until all that was told is worked out, and compare it with the truth."""
    await settled(kafka, timeout_s)
    shown = {key: state.structs for key, state in (await states(kafka)).items()}
    return compared(truth, shown, await stored_objects(kafka))


def compared(truth: Mapping[str, Uve], shown: Mapping[str, Any], stored: Mapping[str, Uve]) -> Differences:
    """Compare states and stored shares with the truth, but for the times of structs: from scratch they are others."""
    keys = {*truth, *shown, *stored}
    return Differences(
        states=frozenset(key for key in keys if not _is_shown(truth.get(key), shown.get(key))),
        stored=frozenset(key for key in keys if not _is_same(truth.get(key), stored.get(key))),
        ghosts=frozenset(_shares(stored)) - frozenset(_shares(truth)),
    )


def _is_shown(wanted: Uve | None, shown: Any) -> bool:
    if wanted is None or shown is None:
        return wanted is None and shown is None
    return bool(_timeless(json.loads(msgspec.json.encode(views.flat(wanted)))) == _timeless(shown))


def _is_same(wanted: Uve | None, stored: Uve | None) -> bool:
    if wanted is None or stored is None:
        return wanted is None and stored is None
    return _timeless(views.structured(wanted)) == _timeless(views.structured(stored))


def _timeless(structs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {struct: {name: value for name, value in each.items() if name != TIME} for struct, each in structs.items()}


def _shares(uves: Mapping[str, Uve]) -> Iterator[ShareOf]:
    for entity, uve in uves.items():
        for (struct, generator), share in uve.shares():
            yield entity, struct, generator, share.session
