"""Names of metrics and labels, checked once each.

A stream repeats the same few, and a pattern costs more than the rest of decoding a sample.
"""

import re
from collections.abc import Iterable

METRIC_PATTERN = r"^[a-z][a-z0-9_.]*$"
LABEL_PATTERN = r"^[a-z][a-z0-9_]*$"

MAX_KNOWN = 100_000
"""Names are from outside, so what is remembered of them is bounded."""


class Names:
    """Names that follow a pattern. Remembers those that were seen to; forgets all when there are too many."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)
        self._known: set[str] = set()

    def first_wrong(self, names: Iterable[str]) -> str | None:
        """Return the first name that does not follow the pattern, or None."""
        if self._known.issuperset(names):
            return None
        for name in names:
            if not self._pattern.search(name):
                return name
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.update(names)
        return None


METRICS, LABELS = Names(METRIC_PATTERN), Names(LABEL_PATTERN)
