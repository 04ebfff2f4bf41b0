from pathlib import Path

import pytest

from scripts.sizes import MAX_FUNCTION_LINES, MAX_MODULE_LINES, REPOSITORY, excesses, functions, main, modules


def module(root: Path, name: str, text: str) -> None:
    """Write a module of an imagined product."""
    file = root / "schemas" / "src" / "satark" / f"{name}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class TestBudget:
    def test_nothing_is_over_it(self) -> None:
        """No module and no function of the product is larger than the house allows."""
        assert excesses(REPOSITORY) == []

    def test_what_is_over_is_named(self, tmp_path: Path) -> None:
        """A large module, a large function and a large median are each told."""
        module(tmp_path, "large", "x = 1\n" * (MAX_MODULE_LINES + 1))
        module(tmp_path, "long", "async def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES)

        assert excesses(tmp_path) == [
            "schemas/src/satark/large.py: 401 lines, at most 400",
            "schemas/src/satark/long.py:1 f: 61 lines, at most 60",
            "the median module has 231 lines, at most 130",
        ]

    def test_methods_count_too(self, tmp_path: Path) -> None:
        """Functions are found at any depth."""
        module(tmp_path, "one", "class A:\n    def f(self):\n        def g():\n            pass\n        return g\n")

        assert [(size.name.rpartition(" ")[2], size.lines) for size in functions(tmp_path)] == [("f", 4), ("g", 2)]
        assert [size.lines for size in modules(tmp_path)] == [5]

    def test_the_table_is_printed(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`make sizes` shows the largest of both."""
        assert main() == 0
        assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if line[0] != " "] == [
            "modules",
            "functions",
        ]
