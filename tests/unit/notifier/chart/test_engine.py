import os
import subprocess
import sys
from pathlib import Path

import pytest

DRAW = """
import sys
from tests.unit.notifier.scenes import WRITTEN, opened
from satark.notifier.chart import chart
assert 'matplotlib' not in sys.modules, 'loaded before there is anything to draw'
picture = chart(opened(), WRITTEN)
assert 'matplotlib.pyplot' not in sys.modules, 'pyplot keeps every figure'
print(len(picture.png))
"""


def drawn(home: Path, temporary: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Draw a picture in a process of its own with such a home."""
    environ = {"HOME": str(home), "TMPDIR": str(temporary), "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", DRAW],
        env=environ | more,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


class TestEngine:
    def test_leaves_nothing_behind(self, tmp_path: Path) -> None:
        """Neither the home nor the folder of temporary files holds anything afterwards, and nothing is printed."""
        home, temporary = tmp_path / "home", tmp_path / "tmp"
        home.mkdir()
        temporary.mkdir()

        done = drawn(home, temporary)

        assert (0, "") == (done.returncode, done.stderr)
        assert [] == [*home.iterdir(), *temporary.iterdir()]

    def test_needs_no_home(self, tmp_path: Path) -> None:
        """A home that is not there is not missed."""
        temporary = tmp_path / "tmp"
        temporary.mkdir()

        done = drawn(tmp_path, temporary, HOME="/nonexistent")

        assert (0, "") == (done.returncode, done.stderr)

    def test_uses_the_folder_it_is_given(self, tmp_path: Path) -> None:
        """MPLCONFIGDIR is where the list of fonts is kept, if it is set."""
        kept = tmp_path / "kept"

        drawn(tmp_path, tmp_path, MPLCONFIGDIR=str(kept))

        assert [path for path in kept.iterdir() if path.name.startswith("fontlist")]

    def test_heeds_no_style_of_the_place(self, tmp_path: Path) -> None:
        """A matplotlibrc where the service runs changes no picture."""
        plain = drawn(tmp_path, tmp_path)
        (tmp_path / "matplotlibrc").write_text("lines.linewidth: 40\nfigure.dpi: 300\ntext.antialiased: False\n")

        assert plain.stdout == drawn(tmp_path, tmp_path).stdout


class TestHelp:
    @pytest.mark.parametrize("words", [["--help"], ["notifier", "--help"]])
    def test_loads_no_library_that_draws(self, words: list[str]) -> None:
        """Help is quick: neither matplotlib nor numpy is loaded for it."""
        code = (
            "import sys, runpy\nsys.argv = ['satark', *sys.argv[1:]]\n"
            "from importlib.metadata import entry_points\n"
            "main = next(iter(entry_points(group='console_scripts', name='satark'))).load()\n"
            "try:\n    main()\nexcept SystemExit:\n    pass\n"
            "print([name for name in ('matplotlib', 'numpy', 'jinja2') if name in sys.modules])"
        )

        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)

        assert "[]" == done.stdout.splitlines()[-1]
