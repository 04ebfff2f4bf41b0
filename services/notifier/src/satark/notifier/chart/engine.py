"""The library that draws, loaded when the first picture is drawn: `satark --help` needs none.

Matplotlib keeps a list of fonts, and looks for its configuration, in a folder of the user's. A service may have neither
a home nor a file system that can be written, so it gets a temporary folder, unless MPLCONFIGDIR names one; without any
folder it cannot be loaded (OSError), and mails go without pictures.
"""

import atexit
import os
import shutil
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from satark.runtime.settings import environment

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle
    from matplotlib.text import Text
    from matplotlib.transforms import IdentityTransform

FOLDER = "MPLCONFIGDIR"


class Engine(NamedTuple):
    """What is used of matplotlib: objects alone, for its `pyplot` keeps every figure. Fonts are its own, by file."""

    figure: "type[Figure]"
    canvas: "type[FigureCanvasAgg]"
    line: "type[Line2D]"
    rectangle: "type[Rectangle]"
    text: "type[Text]"
    identity: "type[IdentityTransform]"
    image: Any
    """Pillow's module, which writes the files."""
    plain: "FontProperties"
    bold: "FontProperties"
    known_plain: frozenset[int]
    known_bold: frozenset[int]
    """The characters that the fonts have, by code point."""


@cache
def engine() -> Engine:
    """Load the library. Takes a second or two; raises ImportError or OSError if it cannot be loaded."""
    if not environment().get(FOLDER):
        scratch = tempfile.mkdtemp(prefix="satark-chart-")
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        os.environ[FOLDER] = scratch  # noqa: TID251 - matplotlib knows no other way to be told
    matplotlib = import_module("matplotlib")
    matplotlib.rcdefaults()
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    plain, bold = folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"
    fonts = import_module("matplotlib.font_manager")
    return Engine(
        figure=import_module("matplotlib.figure").Figure,
        canvas=import_module("matplotlib.backends.backend_agg").FigureCanvasAgg,
        line=import_module("matplotlib.lines").Line2D,
        rectangle=import_module("matplotlib.patches").Rectangle,
        text=import_module("matplotlib.text").Text,
        identity=import_module("matplotlib.transforms").IdentityTransform,
        image=import_module("PIL.Image"),
        plain=fonts.FontProperties(fname=plain),
        bold=fonts.FontProperties(fname=bold),
        known_plain=frozenset(fonts.get_font(plain).get_charmap()),
        known_bold=frozenset(fonts.get_font(bold).get_charmap()),
    )
