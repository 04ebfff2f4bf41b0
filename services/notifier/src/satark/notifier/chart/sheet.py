"""A sheet to draw on: lines, boxes and words at places in CSS pixels from the upper left corner, as in the mail."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from satark.notifier.chart.engine import engine

SCALE = 2
"""Pixels of the picture to a CSS pixel: sharp on screens of phones, too."""
_DPI = 64
"""A power of two, so that sizes in inches are exact."""
_POINTS = 72 / _DPI * SCALE
COLOURS = 64
_COMPRESSION = 6
_NO_DITHER = 0


class Sheet:
    """One picture in the making. A font has what it has: characters that it lacks are drawn as a question mark."""

    def __init__(self, width: int, height: int, colour: str) -> None:
        self._tools = engine()
        self._height = height
        size = (width * SCALE / _DPI, height * SCALE / _DPI)
        self._figure = self._tools.figure(figsize=size, dpi=_DPI, facecolor=colour)
        self._canvas = self._tools.canvas(self._figure)
        self._renderer: Any = self._canvas.get_renderer()  # type: ignore[no-untyped-call]
        self._identity = self._tools.identity()

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, **style: Any) -> None:
        """Fill a rectangle."""
        corner = (left * SCALE, self._up(bottom))
        patch = self._tools.rectangle(
            corner, (right - left) * SCALE, (bottom - top) * SCALE, facecolor=colour, linewidth=0, **style
        )
        patch.set_transform(self._identity)
        self._figure.add_artist(patch)

    def line(self, places: Sequence[tuple[float, float]], colour: str, width: float = 1.0, **style: Any) -> None:
        """Draw a line through places; a place of NaN interrupts it. Without a `linestyle` only its markers are seen."""
        xs, ys = [x * SCALE for x, _ in places], [self._up(y) for _, y in places]
        sizes = {name: style.pop(name) * _POINTS for name in ("markersize", "markeredgewidth") if name in style}
        style.setdefault("solid_capstyle", "butt")
        self._figure.add_artist(
            self._tools.line(
                xs, ys, color=colour, linewidth=width * _POINTS, transform=self._identity, **sizes, **style
            )
        )

    def words(
        self, x: float, y: float, text: str, colour: str, size: float, *, bold: bool = False, **style: Any
    ) -> None:
        """Write words; `ha` and `va` say which part of them lies at the place."""
        style.setdefault("va", "center")
        shown = self._tools.text(
            x * SCALE,
            self._up(y),
            self._known(text, bold=bold),
            color=colour,
            fontsize=size * _POINTS,
            font=self._font(bold=bold),
            parse_math=False,
            transform=self._identity,
            **style,
        )
        shown.set_fontsize(size * _POINTS)
        self._figure.add_artist(shown)

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide words will be."""
        font = self._font(bold=bold).copy()
        font.set_size(size * _POINTS)
        wide, _, _ = self._renderer.get_text_width_height_descent(self._known(text, bold=bold), font, ismath=False)
        return float(wide) / SCALE

    def fitted(self, text: str, room: float, size: float, *, bold: bool = False) -> str:
        """Return words that are no wider than `room`, cut if they must be."""
        while len(text) > 1 and self.width_of(text, size, bold=bold) > room:
            text = text[: len(text) * 9 // 10 - 1].rstrip() + "…"
        return text

    def png(self) -> bytes:
        """Return the picture; the same drawing gives the same bytes, for no version or date is in them.

        A table of colours makes it a third as large: a drawing has few, and their blends at edges.
        """
        self._canvas.draw()  # type: ignore[no-untyped-call]
        drawn = self._canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        picture = self._tools.image.frombuffer("RGBA", self._canvas.get_width_height(), drawn)
        file = BytesIO()
        few = picture.convert("RGB").quantize(COLOURS, self._tools.image.Quantize.FASTOCTREE, dither=_NO_DITHER)
        few.save(file, "PNG", compress_level=_COMPRESSION)
        return file.getvalue()

    def _up(self, y: float) -> float:
        return (self._height - y) * SCALE

    def _font(self, *, bold: bool) -> Any:
        return self._tools.bold if bold else self._tools.plain

    def _known(self, text: str, *, bold: bool) -> str:
        known = self._tools.known_bold if bold else self._tools.known_plain
        return "".join(char if ord(char) in known else "?" for char in text)
