"""What `satark rules` does: the shell that reads files and prints."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from satark.detector.rules import form
from satark.detector.rules.cases import CasesFile, read_cases
from satark.detector.rules.reading import default_rulebook, default_text, read
from satark.detector.rules.rulebook import Rulebook
from satark.detector.rules.showing import document, show
from satark.runtime.documents.mistakes import Mistake, WrongFileError
from satark.schemas.metrics import WAN_LINK

EX_WRONG = 1

T = TypeVar("T")


def check(args: argparse.Namespace) -> int:
    """Tell every mistake of every file."""
    outcomes = {str(path): _tried(_rules, path) for path in args.files}
    if args.json:
        _print_json([_outcome(name, one) for name, one in outcomes.items()])
    else:
        for name, one in outcomes.items():
            if isinstance(one, Rulebook) and one.hints:
                _tell(WrongFileError(one.hints))
            _tell(f"{name}: {_counted(one)}" if isinstance(one, Rulebook) else one)
    return _status(all(isinstance(one, Rulebook) for one in outcomes.values()))


def test(args: argparse.Namespace) -> int:
    """Run the tests of every file."""
    results = {str(path): _tried(_tested, path) for path in args.files}
    if args.json:
        _print_json([_result(name, one) for name, one in results.items()])
    else:
        for name, one in results.items():
            _tell_result(name, one)
    return _status(all(not isinstance(one, WrongFileError) and not any(one.values()) for one in results.values()))


def show_plan(args: argparse.Namespace) -> int:
    """Print the schema, the built-in rules, or how one entity is watched and which rule says so."""
    if args.schema:
        _print_json(form.schema())
        return 0
    if args.file is None and not args.label and args.kind is None:
        sys.stdout.write(default_text())
        return 0
    found = _tried(_rules, args.file)
    if isinstance(found, WrongFileError):
        _tell(found)
        return EX_WRONG
    kind, labels, now = args.kind or WAN_LINK, dict(args.label), args.at or datetime.now(UTC)
    derived = found.derive(kind, labels)
    if args.json:
        _print_json({"kind": kind, "labels": labels} | document(derived, now))
    else:
        show(derived, now)
    return 0


ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {"check": check, "test": test, "show": show_plan}


def _rules(path: Path | None) -> Rulebook:
    return default_rulebook() if path is None else read(_content(path), str(path))


def _tested(path: Path) -> dict[str, tuple[Mistake, ...]]:
    """Return what fails, by the name of the test."""
    file: CasesFile = read_cases(_content(path), str(path))
    rulebook = _rules(None if file.rules is None else path.parent / file.rules)
    return {case.name: file.failures(case, rulebook) for case in file.cases}


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(form.BOUNDS.max_bytes + 1)
    except OSError as error:
        why = f"cannot be read: {error.strerror or error}"
        raise WrongFileError((Mistake(str(path), 1, 1, "", why),)) from error


def _tried(work: Callable[[Any], T], argument: Any) -> T | WrongFileError:
    try:
        return work(argument)
    except WrongFileError as error:
        return error


def _status(is_right: bool) -> int:
    return 0 if is_right else EX_WRONG


def _counted(rulebook: Rulebook) -> str:
    parts = (("rules", rulebook.rules), ("classes", rulebook.classes), ("windows", rulebook.windows))
    return "right; with the built-in ones " + ", ".join(f"{name}: {len(one)}" for name, one in parts)


def _outcome(name: str, found: Rulebook | WrongFileError) -> dict[str, Any]:
    hints = [_mistake(one) for one in found.hints] if isinstance(found, Rulebook) else []
    return {"file": name, "ok": isinstance(found, Rulebook), "mistakes": _mistakes(found), "hints": hints}


def _mistakes(found: Any) -> list[dict[str, Any]]:
    return [_mistake(one) for one in found.mistakes] if isinstance(found, WrongFileError) else []


def _mistake(one: Mistake) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("file", "line", "column", "path", "text", "source")}


def _result(name: str, found: dict[str, tuple[Mistake, ...]] | WrongFileError) -> dict[str, Any]:
    if isinstance(found, WrongFileError):
        return {"file": name, "ok": False, "mistakes": _mistakes(found), "cases": []}
    cases = [{"name": case, "ok": not wrong, "failures": list(map(_mistake, wrong))} for case, wrong in found.items()]
    return {"file": name, "ok": not any(found.values()), "mistakes": [], "cases": cases}


def _tell_result(name: str, found: dict[str, tuple[Mistake, ...]] | WrongFileError) -> None:
    if isinstance(found, WrongFileError):
        _tell(found)
        return
    for case, wrong in found.items():
        if wrong:
            _tell(f"FAILED {case}")
            _tell(WrongFileError(wrong))
    failed = sum(map(bool, found.values()))
    _tell(f"{name}: {len(found) - failed} of {len(found)} passed")


def _tell(told: str | WrongFileError) -> None:
    if isinstance(told, WrongFileError):
        print(told.shown(), file=sys.stderr)  # noqa: T201 - a command's answer
    else:
        print(told)  # noqa: T201 - a command's answer


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))  # noqa: T201 - a command's answer
