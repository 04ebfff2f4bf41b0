"""States as bytes, one string an entity: version, kinds, and the entity's column of every array, in the order of the fields.

Only columns are stored, so that a batch is taken apart and put together again in any other way. A state of another version
is not converted: what it meant has changed, and a series learns anew within a day.
"""

from collections.abc import Sequence
from math import prod

import numpy as np

from satark.detector.robust.arrays import Array
from satark.detector.robust.columns import Memory, arrays_of
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.state import State, empty

MAGIC, VERSION = b"R", 2


class UnreadableRobustStateError(ValueError):
    """Stored bytes are not a state of this layout."""


class OtherRobustStateVersionError(UnreadableRobustStateError):
    """Stored bytes are a state of another version of Satark, older or newer; the entity begins anew."""

    def __init__(self, version: int) -> None:
        super().__init__(f"a state of version {version} is not read")
        self.version = version


def encode(state: State) -> list[bytes]:
    """Return the bytes of each entity of a batch."""
    return pack(header(state.layout), state)


def decode(stored: Sequence[bytes], layout: Layout, config: Config = DEFAULT) -> State:
    """Return the batch of stored entities, in their order.

    Raises OtherRobustStateVersionError for what another version stored, UnreadableRobustStateError for all other bytes
    than `encode` gives of this layout.
    """
    expected = header(layout)
    check(expected, stored)
    return unpack(len(expected), stored, empty(layout, len(stored), config))


def header(layout: Layout) -> bytes:
    """Return what every state of a layout begins with."""
    return MAGIC + bytes([VERSION, len(layout.kinds), *layout.kinds])


def check(beginning: bytes, stored: Sequence[bytes]) -> None:
    """Raise unless all begin so; a magic byte and a version come first, see `decode` for what is raised."""
    for raw in stored:
        if raw[:1] == beginning[:1] and len(raw) > 1 and raw[1] != beginning[1]:
            raise OtherRobustStateVersionError(raw[1])
        if not raw.startswith(beginning):
            raise UnreadableRobustStateError(f"bytes that begin with {raw[:8]!r} are no state of this kind")


def pack(beginning: bytes, memory: object) -> list[bytes]:
    """Return for each column of a memory its bytes, behind the same beginning."""
    parts = [_rows(array) for array in arrays_of(memory)]
    entities, size = len(parts[0]), len(beginning) + sum(part.shape[1] for part in parts)
    whole = np.empty((entities, size), np.uint8)
    whole[:, : len(beginning)] = np.frombuffer(beginning, np.uint8)
    offset = len(beginning)
    for part in parts:
        whole[:, offset : offset + part.shape[1]] = part
        offset += part.shape[1]
    together = whole.tobytes()
    return [together[at : at + size] for at in range(0, entities * size, size)]


def unpack(offset: int, stored: Sequence[bytes], memory: Memory) -> Memory:
    """Return a memory, filled in place from what `pack` gave of its columns, `offset` being the beginning's length.

    Raises UnreadableRobustStateError for another length than the memory's columns have.
    """
    arrays = list(arrays_of(memory))
    size = offset + sum(prod(array.shape[:-1]) * array.itemsize for array in arrays)
    for raw in stored:
        if len(raw) != size:
            raise UnreadableRobustStateError(f"{len(raw)} bytes where a state of this layout has {size}")
    whole = np.frombuffer(b"".join(stored), np.uint8).reshape(len(stored), size)
    for array in arrays:
        width = prod(array.shape[:-1]) * array.itemsize
        column = np.ascontiguousarray(whole[:, offset : offset + width]).view(array.dtype)
        array[...] = column.T.reshape(array.shape)
        offset += width
    return memory


def _rows(array: Array) -> Array:
    """Return the columns of an array as rows of bytes."""
    rows = np.ascontiguousarray(array.reshape(-1, array.shape[-1]).T)
    return rows.view(np.uint8).reshape(array.shape[-1], -1)
