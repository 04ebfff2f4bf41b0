"""States as bytes, one string an entity: version, kinds, and the entity's numbers, moments and profile.

Batches are taken apart and put together again in any other way. A state of another version is not converted: what it meant
has changed, and a series learns anew within a day.
"""

from collections.abc import Sequence

import numpy as np

from satark.detector.robust.arrays import Array
from satark.detector.robust.columns import TILE, Memory, arrays_of
from satark.detector.robust.config import DEFAULT, Config
from satark.detector.robust.layout import Layout
from satark.detector.robust.state import State, empty

MAGIC, VERSION = b"R", 4


class UnreadableRobustStateError(ValueError):
    """Stored bytes are not a state of this layout."""


class OtherRobustStateVersionError(UnreadableRobustStateError):
    """Stored bytes are a state of another version of Satark, older or newer; the entity begins anew."""

    def __init__(self, version: int) -> None:
        super().__init__(f"a state of version {version} is not read")
        self.version = version


def encode(state: State) -> list[bytes]:
    """Return the bytes of each entity of a batch."""
    table, rows = state.profiles.table, state.profiles.rows
    profiles = table.reshape(len(table), -1)[rows]
    return join(header(state.layout), [state.matrix.T, state.moments.T, profiles])


def decode(stored: Sequence[bytes], layout: Layout, config: Config = DEFAULT) -> State:
    """Return the batch of stored entities, in their order.

    Raises OtherRobustStateVersionError for what another version stored, UnreadableRobustStateError for all other bytes
    than `encode` gives of this layout.
    """
    expected = header(layout)
    check(expected, stored)
    state = empty(layout, len(stored), config)
    profiles = state.profiles.table.reshape(len(stored), -1)
    split(len(expected), stored, [state.matrix.T, state.moments.T, profiles])
    return state


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
    return join(beginning, [array.reshape(-1, array.shape[-1]).T for array in arrays_of(memory)])


def unpack(offset: int, stored: Sequence[bytes], memory: Memory) -> Memory:
    """Fill a memory, in place, from what `pack` gave of its columns, `offset` being the beginning's length."""
    split(offset, stored, [array.reshape(-1, array.shape[-1]).T for array in arrays_of(memory)])
    return memory


def join(beginning: bytes, parts: Sequence[Array]) -> list[bytes]:
    """Return for each entity the bytes of its row of every part [entities, numbers], behind the same beginning."""
    stored: list[bytes] = []
    for begin in range(0, len(parts[0]), TILE):
        rows = [np.ascontiguousarray(part[begin : begin + TILE]) for part in parts]
        entities = len(rows[0])
        head = np.broadcast_to(np.frombuffer(beginning, np.uint8), (entities, len(beginning)))
        whole = np.hstack([head, *(row.view(np.uint8).reshape(entities, -1) for row in rows)])
        together, size = whole.tobytes(), whole.shape[1]
        stored += [together[at : at + size] for at in range(0, len(together), size)]
    return stored


def split(offset: int, stored: Sequence[bytes], parts: Sequence[Array]) -> None:
    """Fill parts [entities, numbers], in place, from what `join` gave of them.

    Raises UnreadableRobustStateError for another length than theirs.
    """
    size = offset + sum(part.shape[1] * part.itemsize for part in parts)
    for raw in stored:
        if len(raw) != size:
            raise UnreadableRobustStateError(f"{len(raw)} bytes where a state of this layout has {size}")
    whole = np.frombuffer(b"".join(stored), np.uint8).reshape(len(stored), size)
    for part in parts:
        width = part.shape[1] * part.itemsize
        part[...] = np.ascontiguousarray(whole[:, offset : offset + width]).view(part.dtype)
        offset += width
