"""What a read of objects cost, for whoever keeps statistics of it (analytics.md 2.1, `AnalyticsApiStats`)."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRead:
    """One answered read. `objects` and `size_bytes` are what was sent, `duration_us` from the request to its end."""

    operation: str
    remote_address: str
    object_type: str
    url: str
    duration_us: int
    objects: int
    size_bytes: int
    status: int
    user_agent: str


Told = Callable[[ApiRead], None]
"""Takes in what a read cost; it must not wait."""
