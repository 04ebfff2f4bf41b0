"""Endpoints that are down: until when they are left alone, longer after each failure. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from satark.notifier.channels.delivery import Retry
from satark.notifier.outbox.notices import Rules


class Pauses:
    """Which endpoints are paused, and how often they failed in a row."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}

    def after(self, endpoint: str, time: datetime) -> datetime:
        """Return a time, or the end of the endpoint's pause if that is later."""
        until = self._until.get(endpoint)
        return time if until is None else max(time, until)

    def set_back(self, by: timedelta, _now: datetime) -> None:
        """Let all pauses end so long after now as before the clock was set back."""
        self._until = {endpoint: until - by for endpoint, until in self._until.items()}

    def over(self, endpoint: str) -> None:
        """Take in that an endpoint answers."""
        self._until.pop(endpoint, None)
        self._failures.pop(endpoint, None)

    def failed(self, endpoint: str, retry: Retry, rules: Rules, now: datetime) -> float | None:
        """Take in an attempt that is to be repeated; return the seconds of the pause if the whole endpoint is down."""
        if not retry.whole:
            self.over(endpoint)
            return None
        self._failures[endpoint] = self._failures.get(endpoint, 0) + 1
        pause_s = max(retry.after_s, delay_s(rules.retry_after_s, self._failures[endpoint]))
        self._until[endpoint] = now + timedelta(seconds=pause_s)
        return pause_s


def delay_s(delays_s: Sequence[float], failures: int) -> float:
    """Return the wait after so many failures; the last of the delays repeats."""
    return delays_s[min(failures, len(delays_s)) - 1]
