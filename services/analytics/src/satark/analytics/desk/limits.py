"""How much may be asked at a time, and how long answers are kept."""

from dataclasses import dataclass

from satark.analytics.query.compiling import MOST_ROWS


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
    most_bytes: int = 2 * 1024**3
    """Room that all answers together may take on disk; the oldest goes first."""
