"""How long to wait before the next try: exponential, capped, with jitter. Pure, so a test can know the answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays `first_s * factor ** attempt`, at most `max_s`, spread by `jitter` (0.2 means plus or minus 20 %)."""

    first_s: float = 1.0
    factor: float = 2.0
    max_s: float = 60.0
    jitter: float = 0.2

    def delay_s(self, attempt: int, random: float = 0.5) -> float:
        """Return the seconds to wait after the given failed attempt (0 is the first).

        `random` is a draw from [0, 1); 0.5 gives the delay without jitter.
        """
        steps = min(attempt, 64)
        plain = min(self.first_s * self.factor**steps, self.max_s)
        return plain * (1.0 + self.jitter * (2.0 * random - 1.0))
