import ast
import re

import pytest

from tests.support.environment import REPOSITORY
from tests.unit.repository.files import committed

# Put together from parts, so that this file is no finding of its own.
FORBIDDEN = {
    "a package registry's host": ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "crates" + ".io"),
    "a repository of jars by host": ("repo1.ma" + "ven", "repo.ma" + "ven"),
    "a path of one machine": ("/wo" + "rk/", "/tm" + "p/spike"),
    "a mark for later": ("TO" + "DO", "FIX" + "ME", "HA" + "CK:"),
}
MAX_README_LINES = 180


def texts() -> list[tuple[str, str]]:
    """Return the name and content of every committed text file."""
    found = []
    for file in committed():
        try:
            found.append((str(file.relative_to(REPOSITORY)), file.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


class TestCommittedFiles:
    @pytest.mark.parametrize("what", FORBIDDEN)
    def test_none_holds(self, what: str) -> None:
        """No committed file names a registry, a local path, or something that is still to be done."""
        pattern = re.compile("|".join(re.escape(word) for word in FORBIDDEN[what]))

        found = [f"{name}: {hit[0]}" for name, text in texts() if (hit := pattern.search(text))]

        assert found == []

    def test_the_readme_is_short(self) -> None:
        """The README is read in one sitting."""
        lines = (REPOSITORY / "README.md").read_text().splitlines()

        assert len(lines) <= MAX_README_LINES

    def test_no_lock_file_is_kept(self) -> None:
        """The lock of uv names registry hosts; what is pinned is in constraints.txt."""
        assert not any(name.endswith("uv.lock") for name, _ in texts())

    def test_every_text_ends_with_a_line_break(self) -> None:
        """Text files end as POSIX has it (samples, and files of others, are kept as they came)."""
        theirs = ("tests/data/", "services/analytics/src/satark/analytics/static/vendor/")
        ours = [(name, text) for name, text in texts() if text and not name.startswith(theirs)]

        assert [name for name, text in ours if not text.endswith("\n")] == []


class TestTests:
    def test_each_says_what_it_shows(self) -> None:
        """Every test has a docstring: one line, a sentence."""
        without = []
        for file in sorted((REPOSITORY / "tests").rglob("test_*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    said = ast.get_docstring(node)
                    if not said or not said.endswith((".", "?")) or "\n" in said:
                        without.append(f"{file.relative_to(REPOSITORY)}:{node.lineno} {node.name}")

        assert without == []

    def test_each_folder_mirrors_a_package(self) -> None:
        """Unit tests are in folders named like what they test."""
        packages = {folder.name for folder in REPOSITORY.glob("*/src/satark/*")}
        packages |= {folder.name for folder in REPOSITORY.glob("*/*/src/satark/*")}
        folders = {
            folder.name for folder in (REPOSITORY / "tests" / "unit").iterdir() if (folder / "__init__.py").exists()
        }

        assert folders - packages <= {"deploy", "repository", "support"}
