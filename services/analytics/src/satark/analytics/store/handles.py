"""Handles on the engine or the server: each does one thing at a time, so there are several, and one is lent for each call.

A long read keeps one of them busy; the others go on. Construction opens nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from satark.analytics.store.failures import BUSY, UNREACHABLE
from satark.analytics.store.statement import StoreError

LEND_TIMEOUT_S = 60.0

Opened = Callable[[], Any]


class Handles:
    """Up to `most` handles, made by `opened` as they are needed. Safe to use from many threads."""

    def __init__(self, opened: Opened, *, most: int, timeout_s: float = LEND_TIMEOUT_S) -> None:
        self._opened = opened
        self._free: list[Any] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(most)
        self._timeout_s = timeout_s

    @contextmanager
    def one(self) -> Iterator[Any]:
        """Lend a handle. One that reaches the store no more is not lent again.

        Raises StoreError (busy) when none came free in time.
        """
        if not self._slots.acquire(timeout=self._timeout_s):
            raise StoreError(BUSY, f"the store is busy: no handle came free within {self._timeout_s:g} s")
        try:
            handle = self._taken() or self._opened()
            is_fine = False
            try:
                yield handle
                is_fine = True
            except StoreError as error:
                is_fine = error.reason != UNREACHABLE
                raise
            finally:
                self._given_back(handle, is_fine=is_fine)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close what is not lent; what is lent is closed by whoever gives it back no more."""
        with self._lock:
            free, self._free = self._free, []
        for handle in free:
            handle.close()

    def _taken(self) -> Any:
        with self._lock:
            return self._free.pop() if self._free else None

    def _given_back(self, handle: Any, *, is_fine: bool) -> None:
        if not is_fine:
            handle.close()
            return
        with self._lock:
            self._free.append(handle)
