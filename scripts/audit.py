"""Asks for known weaknesses of everything that constraints.txt pins, by pip-audit in an environment of its own.

Exit status: 0 none is known, 1 some are (they are listed), 75 no source of advisories could be reached: nothing was checked.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCES = ("pypi", "osv")
"""pip-audit's names; the first answers from where packages come from, the second from the open database of weaknesses."""

FOUND, UNREACHABLE = 1, 75
TIMEOUT_S = 15 * 60
ASK_TIMEOUT_S = 15


def main(arguments: Sequence[str]) -> int:
    """Audit with the pip-audit whose path is given; return the exit status."""
    [tool] = arguments
    constraints = REPOSITORY / "constraints.txt"
    for source in SOURCES:
        said, complaint = _ask(tool, source, constraints)
        report = report_of(said)
        if report is not None:
            lines = weaknesses(report)
            print(*lines, sep="\n", end="\n" if lines else "")
            print(f"{count_of(report)} pinned packages looked up with {source}: {len(lines)} known weaknesses")
            return FOUND if lines else 0
        why = "knows none of the packages" if said else last_line(complaint)
        print(f"{source}: {why}", file=sys.stderr)
    print("No source of advisories could be reached. NOTHING WAS CHECKED.", file=sys.stderr)
    return UNREACHABLE


def _ask(tool: str, source: str, constraints: Path) -> tuple[str, str]:
    command = [tool, "--vulnerability-service", source, "--timeout", str(ASK_TIMEOUT_S), "--format", "json"]
    command += ["--progress-spinner", "off", "--no-deps", "--disable-pip", "--requirement", str(constraints)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)  # noqa: S603 - our own tool
    except subprocess.TimeoutExpired:
        return "", f"no answer within {TIMEOUT_S} s"
    return ran.stdout, ran.stderr


def report_of(text: str) -> list[dict[str, object]] | None:
    """Return what pip-audit found, a package an entry; None where nothing was looked up.

    Where no package is known to the source (a mirror without advisories), pip-audit itself says that all is well.
    """
    try:
        found = json.loads(text)
    except ValueError:
        return None
    rows = found.get("dependencies") if isinstance(found, dict) else None
    return rows if isinstance(rows, list) and any("vulns" in row for row in rows) else None


def weaknesses(report: Sequence[dict[str, object]]) -> list[str]:
    """Return a line for each weakness: package, version, its name, and the versions without it."""
    lines = []
    for row in report:
        found = row.get("vulns")
        for weakness in found if isinstance(found, list) else ():
            fixed = ", ".join(weakness.get("fix_versions") or ()) or "no version"
            lines.append(f"{row['name']} {row['version']}: {weakness['id']}, mended in {fixed}")
    return lines


def count_of(report: Sequence[dict[str, object]]) -> int:
    """Return how many packages were looked up; those that the source does not know are not among them."""
    return sum("vulns" in row for row in report)


def last_line(text: str) -> str:
    """Return the last line that says anything, shortened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no answer"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
