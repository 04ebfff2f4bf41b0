"""A wall clock that is set back, as by NTP: what was planned by the wrong time must not wait until that comes again. Pure.

Of a clock that is set forward nothing is to be noticed: what is planned is due the sooner.
"""

from datetime import datetime, timedelta
from typing import Protocol

from satark.notifier.outbox.notices import LONG_AGO

SLACK = timedelta(seconds=1)
"""Two looks at a clock may reach us the wrong way round."""


class Planning(Protocol):
    """What plans by the clock."""

    def set_back(self, by: timedelta, now: datetime) -> None:
        """Plan anew: the clock was set back, and is `now`."""
        ...


class SetBack:
    """Tells those who plan that the clock was set back."""

    def __init__(self, *planning: Planning) -> None:
        self._planning = planning
        self._latest = LONG_AGO

    def look(self, now: datetime) -> None:
        """Take in what the clock shows."""
        by, self._latest = self._latest - now, now
        if by > SLACK:
            for each in self._planning:
                each.set_back(by, now)
