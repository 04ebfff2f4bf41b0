"""Charts that need no image: block characters for the text part, heights for the bars of the HTML part."""

from collections.abc import Sequence
from dataclasses import dataclass

from satark.schemas.incidents import Point

BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"
MAX_BARS = 48
MAX_GAP_BARS = 6
BAR_PX = 48
_LATE = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One sample: `level` from 0 to 1 between the lowest and the highest shown; None where nothing was measured."""

    level: float | None
    anomalous: bool = False

    @property
    def block(self) -> str:
        """The block character."""
        return GAP if self.level is None else BLOCKS[round(self.level * (len(BLOCKS) - 1))]

    @property
    def height_px(self) -> int:
        """The bar's height in pixels; the lowest is still to be seen."""
        return 0 if self.level is None else 4 + round(self.level * (BAR_PX - 4))


def bars(points: Sequence[Point], interval_s: int) -> tuple[Bar, ...]:
    """Return the newest samples as bars, oldest first, with gaps where samples are missing."""
    shown = points[-MAX_BARS:]
    if not shown:
        return ()
    low = min(point.value for point in shown)
    width = max(point.value for point in shown) - low
    found: list[Bar] = []
    for before, point in zip((None, *shown[:-1]), shown, strict=True):
        found += [Bar(None)] * _missing(before, point, interval_s)
        found.append(Bar((point.value - low) / width if width > 0 else 0.0, point.anomalous))
    return tuple(found[-MAX_BARS:])


def text(found: Sequence[Bar]) -> str:
    """Return the bars as block characters."""
    return "".join(bar.block for bar in found)


def _missing(before: Point | None, point: Point, interval_s: int) -> int:
    if before is None:
        return 0
    distance_s = (point.time - before.time).total_seconds()
    if distance_s < _LATE * interval_s:
        return 0
    return min(MAX_GAP_BARS, round(distance_s / interval_s) - 1)
