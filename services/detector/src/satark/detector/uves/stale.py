"""Shares that were not heard for long although their sessions have not ended. Pure."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import islice

from satark.detector.alarms.instance import micros
from satark.uve.uve import ShareKey, Uve
from satark.uve.uves import Uves

AT_ONCE = 2_000
"""Objects looked at in one sweep; all are in turn."""


class Stale:
    """Which shares of which objects are stale: a sweep finds them, and hearing of one ends it."""

    def __init__(self, after_s: float) -> None:
        self._after = timedelta(seconds=after_s)
        self._shares: dict[str, set[ShareKey]] = {}
        self._turn: Iterator[str] = iter(())

    def sweep(self, uves: Uves, now: datetime) -> list[str]:
        """Look at the next objects in turn; return those of which more shares are stale than before."""
        chosen = list(islice(self._turn, AT_ONCE))
        if not chosen:
            self._turn = iter(list(uves))
            chosen = list(islice(self._turn, AT_ONCE))
        before_us = micros(now - self._after)
        found: list[str] = []
        for entity in chosen:
            uve = uves.get(entity)
            stale = set(uve.stale(before_us)) if uve is not None else set()
            if stale - self._shares.get(entity, set()):
                found.append(entity)
            if stale:
                self._shares[entity] = stale
            else:
                self._shares.pop(entity, None)
        return found

    def heard(self, entity: str, share: ShareKey) -> bool:
        """Note that a share was heard; return whether it was stale."""
        stale = self._shares.get(entity)
        if stale is None or share not in stale:
            return False
        stale.discard(share)
        if not stale:
            del self._shares[entity]
        return True

    def of(self, entity: str, uve: Uve) -> AbstractSet[ShareKey]:
        """Return the stale shares of an object that are there still."""
        stale = self._shares.get(entity, ())
        return {(struct, name) for struct, name in stale if struct in uve.parts and name in uve.parts[struct].shares}
