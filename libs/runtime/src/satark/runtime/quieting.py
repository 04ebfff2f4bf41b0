"""Foreign libraries that complain several times a second while a broker is away are heard once in a while. Pure."""

from dataclasses import dataclass, field

MAX_COMPLAINTS = 1_000


@dataclass(slots=True)
class Quieting:
    """Decides which of many equal messages are let through: one in `every_s`, with how many were held back."""

    every_s: float = 10.0
    _heard: dict[str, float] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)

    def admits(self, message: str, now_s: float) -> int | None:
        """Return None to hold the message back, else how many equal ones were held back before it."""
        last = self._heard.get(message)
        if last is not None and now_s - last < self.every_s:
            self._held[message] = self._held.get(message, 0) + 1
            return None
        if len(self._heard) >= MAX_COMPLAINTS:
            self._heard.clear()
            self._held.clear()
        self._heard[message] = now_s
        return self._held.pop(message, 0)
