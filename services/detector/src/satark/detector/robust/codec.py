"""States as bytes, one string an entity: a version and the entity's column of every array, in the order of the fields.

Only columns are stored, so that a batch is taken apart and put together again in any other way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from satark.detector.robust.arrays import Array
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.state import State, empty

VERSION = b"R\x01"


class UnreadableRobustStateError(ValueError):
    """Stored bytes are not a state of this version and layout."""


def encode(state: State) -> list[bytes]:
    """Return the bytes of each entity of a batch."""
    arrays = list(_arrays(state))
    entities = arrays[0].shape[-1]
    return [VERSION + b"".join(array[..., column].tobytes() for array in arrays) for column in range(entities)]


def decode(stored: Sequence[bytes], layout: Layout, config: Config = DEFAULT) -> State:
    """Return the batch of stored entities, in their order.

    Raises UnreadableRobustStateError for other bytes than `encode` gives of this layout.
    """
    state = empty(layout, len(stored), config)
    arrays = list(_arrays(state))
    size = len(VERSION) + sum(array[..., 0].nbytes for array in arrays) if stored else 0
    for column, raw in enumerate(stored):
        if len(raw) != size or not raw.startswith(VERSION):
            raise UnreadableRobustStateError(
                f"{len(raw)} bytes that begin with {raw[:2]!r} are no state of this version"
            )
        offset = len(VERSION)
        for array in arrays:
            part = array[..., column]
            array[..., column] = np.frombuffer(raw, array.dtype, part.size, offset).reshape(part.shape)
            offset += part.nbytes
    return state


def _arrays(part: Any) -> Iterator[Array]:
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from _arrays(value)
        else:
            yield value
