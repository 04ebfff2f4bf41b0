"""The columns of a memory: its arrays all have one column an entity, so a batch is taken apart and put together at will.

A memory is a dataclass of arrays whose last axis is the entity, and of such dataclasses. Fields of any other type are what
all entities have in common.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from satark.detector.robust.arrays import Array, Whole

Memory = TypeVar("Memory")


def arrays_of(memory: Any) -> Iterator[Array]:
    """Yield the arrays of a memory, in the order of its fields."""
    for field in fields(memory):
        value = getattr(memory, field.name)
        if isinstance(value, np.ndarray):
            yield value
        elif is_dataclass(value) and _holds_arrays(value):
            yield from arrays_of(value)


def taken(memory: Memory, columns: Whole) -> Memory:
    """Return a copy of some columns, in the order given."""
    return _mapped(memory, lambda array: np.ascontiguousarray(array[..., columns]))


def put(memory: Any, columns: Whole, part: Any) -> None:
    """Write the columns of another memory over some of this one's, in place; `columns` are all different."""
    for array, own in zip(arrays_of(memory), arrays_of(part), strict=True):
        array[..., columns] = own


def joined(memory: Memory, more: Any) -> Memory:
    """Return a memory of the columns of one and, behind them, of another."""
    behind = arrays_of(more)
    return _mapped(memory, lambda array: np.concatenate([array, next(behind)], axis=-1))


TILE = 64
"""Columns that are moved at once between a matrix by rows and one by columns: both sides stay in the nearest cache."""


def gathered(matrix: Array, columns: Whole) -> Array:
    """Return some columns of a matrix that is stored column by column, stored row by row."""
    by_column = matrix.T
    result = np.empty((len(matrix), len(columns)), matrix.dtype)
    for begin in range(0, len(columns), TILE):
        result[:, begin : begin + TILE] = by_column[columns[begin : begin + TILE]].T
    return result


def turned(rows: Array) -> Array:
    """Return the transpose of a matrix, stored row by row."""
    result = np.empty(rows.shape[::-1], rows.dtype)
    for begin in range(0, len(rows), TILE):
        result[:, begin : begin + TILE] = rows[begin : begin + TILE].T
    return result


def scatter(matrix: Array, columns: Whole, part: Array) -> None:
    """Write some columns of a matrix that is stored column by column, in place, from one stored row by row."""
    by_column = matrix.T
    for begin in range(0, len(columns), TILE):
        by_column[columns[begin : begin + TILE]] = part[:, begin : begin + TILE].T


def _mapped(memory: Memory, change: Callable[[Array], Array]) -> Memory:
    changed: dict[str, Any] = {}
    shape: Any = memory
    for field in fields(shape):
        value = getattr(memory, field.name)
        if isinstance(value, np.ndarray):
            changed[field.name] = change(value)
        elif is_dataclass(value) and _holds_arrays(value):
            changed[field.name] = _mapped(value, change)
    changed_memory: Memory = replace(shape, **changed)
    return changed_memory


def _holds_arrays(value: Any) -> bool:
    return any(True for _ in arrays_of(value))
