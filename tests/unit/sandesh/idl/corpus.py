"""The IDL files of our own: good ones, and bad ones with one mistake each."""

import json
from pathlib import Path
from typing import Any

from satark.sandesh.idl import IdlError, Problem, load

DATA = Path(__file__).parents[3] / "data"
GOOD = sorted((DATA / "idl" / "good").rglob("*.sandesh"))
BAD = sorted((DATA / "idl" / "bad").glob("*.sandesh"))
RECORDED = DATA / "sandesh" / "idl"
FORMS: list[dict[str, Any]] = [json.loads(line) for line in (RECORDED / "forms.jsonl").read_text().splitlines()]


def problems(file: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with a file."""
    try:
        return load(file).warnings
    except IdlError as error:
        return error.problems


def described(problem: Problem, file: Path) -> str:
    """Return a problem as the first line of a bad file has it: no folder, and no file when it is in that file."""
    folder = f"{file.parent}/"
    place = problem.span.file.removeprefix(folder)
    where = "" if place == file.name else f"{place}:"
    message = problem.message.replace(folder, "")
    return f"{problem.severity} {where}{problem.span.line}:{problem.span.column} {problem.code}: {message}"
