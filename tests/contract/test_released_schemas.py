import json
from pathlib import Path

import pytest

from satark.schemas.codec import EVENT_TYPES
from satark.schemas.compatibility import incompatibilities
from satark.schemas.export import json_schema
from tests.support.environment import REPOSITORY

RELEASED = sorted((REPOSITORY / "schemas" / "released").glob("*/*.json"))
EVENTS = {ce_type: event for event, ce_type in EVENT_TYPES.items()}


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_events_stay_compatible_with_what_was_released(path: Path) -> None:
    """Data in Kafka was written under the released schemas; an incompatible change needs a new topic and event type."""
    assert path.stem in EVENTS, f"{path.name} was released and is gone"

    changes = incompatibilities(json.loads(path.read_text(encoding="utf-8")), json_schema(EVENTS[path.stem]))

    assert [] == [str(change) for change in changes]


def test_every_event_was_released() -> None:
    """An event whose schema is not frozen could change unnoticed."""
    assert set(EVENTS) == {path.stem for path in RELEASED}


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_released_schemas_say_whose_they_are(path: Path) -> None:
    """A file cannot be swapped for another one."""
    assert f"urn:satark:event:{path.stem}" == json.loads(path.read_text(encoding="utf-8"))["$id"]
