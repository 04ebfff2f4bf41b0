"""How large modules and functions are, against the budget of the house: `make sizes`."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median, quantiles

REPOSITORY = Path(__file__).resolve().parents[1]

MAX_MODULE_LINES = 400
MEDIAN_MODULE_LINES = 130
MAX_FUNCTION_LINES = 60
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Size:
    """How many lines something has; `name` is a module's path, or `path:line name` of a function."""

    name: str
    lines: int


def sources(root: Path) -> list[Path]:
    """Return the product's modules."""
    folders = sorted(
        path for pattern in ("schemas", "libs/*", "services/*", "simulators") for path in root.glob(pattern)
    )
    return [module for folder in folders for module in sorted((folder / "src").rglob("*.py"))]


def modules(root: Path) -> list[Size]:
    """Return the size of every module."""
    return [Size(str(path.relative_to(root)), len(path.read_text().splitlines())) for path in sources(root)]


def functions(root: Path) -> list[Size]:
    """Return the size of every function and method, from its `def` on; decorators are not counted."""
    return [size for path in sources(root) for size in _functions(path, str(path.relative_to(root)))]


def excesses(root: Path) -> list[str]:
    """Return a line for everything that is over the budget."""
    found = modules(root)
    lines = [f"{s.name}: {s.lines} lines, at most {MAX_MODULE_LINES}" for s in found if s.lines > MAX_MODULE_LINES]
    lines += [
        f"{s.name}: {s.lines} lines, at most {MAX_FUNCTION_LINES}"
        for s in functions(root)
        if s.lines > MAX_FUNCTION_LINES
    ]
    middle = median(size.lines for size in found)
    if middle > MEDIAN_MODULE_LINES:
        lines.append(f"the median module has {middle:g} lines, at most {MEDIAN_MODULE_LINES}")
    return lines


def table(title: str, found: list[Size]) -> Iterator[str]:
    """Yield the lines of a table: how many, how large, and which are the largest."""
    counts = [size.lines for size in found]
    ninth = quantiles(counts, n=10)[-1]
    yield f"{title}: {len(found)}, median {median(counts):g}, 90 % up to {ninth:g}, largest {max(counts)}"
    for size in sorted(found, key=lambda size: -size.lines)[:SHOWN]:
        yield f"  {size.lines:>5}  {size.name}"


@cache
def _functions(path: Path, name: str) -> tuple[Size, ...]:
    """Parsing all modules takes seconds, and is asked for by the table and by the budget."""
    return tuple(
        Size(f"{name}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    )


def main() -> int:
    """Print both tables; return 1 when something is over the budget."""
    for line in (*table("modules", modules(REPOSITORY)), *table("functions", functions(REPOSITORY))):
        print(line)
    over = excesses(REPOSITORY)
    for line in over:
        print(f"over the budget: {line}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
