"""How much may be asked at a time, and how long answers are kept."""

from dataclasses import dataclass

from satark.analytics.query.compiling import MOST_ROWS
from satark.analytics.settings import AnalyticsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Contrail's, where it has one (specs/analytics.md, clause 2.8)."""

    most_queries: int = 32
    """Handed in and not over."""
    at_once: int = 4
    """Of those, how many the store is asked at a time; others wait."""
    most_rows: int = MOST_ROWS
    timeout_s: int = 60
    """How long the store may take for one."""
    kept_s: int = 300
    """How long an answer can be read after it is there."""
    most_kept: int = 1000
    """Answers that are kept; the oldest goes first."""
    answer_bytes: int = 500_000_000
    """Longest answer. Answers lie on disk: those on their way take at most `at_once` times this, and what is kept so much:"""
    kept_bytes: int = 2_000_000_000
    """Room of all answers that are kept; the oldest goes first."""

    @classmethod
    def of(cls, settings: AnalyticsSettings) -> "Limits":
        """Return the limits that an operator set."""
        return cls(
            most_queries=settings.queries,
            most_rows=settings.query_rows,
            timeout_s=settings.query_timeout_s,
            answer_bytes=settings.query_answer_bytes,
            kept_bytes=settings.query_kept_bytes,
        )
