"""Readiness as named conditions with reasons. Liveness is only that the process answers."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing the process needs to be ready."""

    name: str
    ready: bool
    reason: str = ""


class Health:
    """The conditions of one process. It is ready when every declared condition is; before the first it is starting."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._conditions = {name: Condition(name, ready=False, reason="starting") for name in names}

    def set(self, name: str, *, ready: bool, reason: str = "") -> None:
        """Declare or change a condition."""
        self._conditions[name] = Condition(name, ready, reason)

    def report(self) -> tuple[Condition, ...]:
        """Return all conditions in the order they were declared."""
        return tuple(self._conditions.values())

    @property
    def ready(self) -> bool:
        """True when every condition is ready."""
        return bool(self._conditions) and all(condition.ready for condition in self._conditions.values())
