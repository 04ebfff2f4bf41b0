"""The window of one metric: its observations in order of time, without gaps filled and without doubles.

Missing observations are simply absent. Late ones are put where they belong.
"""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from satark.detector.incidents.state import Observation

Window = tuple[Observation, ...]

_start = attrgetter("start")


def contains(window: Window, start: int) -> bool:
    """Return whether the window holds an observation of that start."""
    place = bisect_left(window, start, key=_start)
    return place < len(window) and window[place].start == start


def insert(window: Window, observation: Observation, *, keep_s: int) -> Window:
    """Return the window with the observation in its place and without what is older than `keep_s` behind the youngest.

    The first observation of a start wins: a double leaves the window as it is.
    """
    if contains(window, observation.start):
        return window
    place = bisect_left(window, observation.start, key=_start)
    grown = (*window[:place], observation, *window[place:])
    oldest = grown[-1].start - keep_s
    return grown[bisect_left(grown, oldest, key=_start) :]


def present(window: Window, now: int, *, present_s: int) -> Window:
    """Return the observations that started in (now - present_s, now]."""
    return _between(window, now - present_s, now)


def history(window: Window, now: int, *, present_s: int, history_s: int) -> Sequence[Observation]:
    """Return the normal observations that started in (now - present_s - history_s, now - present_s].

    It never overlaps the present, and never holds what belongs to an incident.
    """
    end = now - present_s
    return [o for o in _between(window, end - history_s, end) if not o.anomalous]


def marked(window: Window, start: int) -> Window:
    """Return the window with the observation of that start marked anomalous."""
    place = bisect_left(window, start, key=_start)
    return (*window[:place], Observation(start, window[place].value, anomalous=True), *window[place + 1 :])


def released(window: Window, count: int) -> Window:
    """Return the window with its last `count` observations marked normal: a suspicion that was not confirmed."""
    if not count:
        return window
    tail = (Observation(o.start, o.value) for o in window[-count:])
    return (*window[:-count], *tail)


def _between(window: Window, after: int, until: int) -> Window:
    return window[bisect_left(window, after + 1, key=_start) : bisect_left(window, until + 1, key=_start)]
