"""Where alarm rules come from: those shipped, and an operator's file, which is read again when it changes. Shell."""

from importlib.resources import files
from pathlib import Path

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.reading import Mistake, RulesError, load

Stamp = tuple[int, int]
"""When a file was changed, in ns, and its size."""


def builtin_rules() -> tuple[AlarmRule, ...]:
    """Return the rules that are shipped."""
    folder = files("satark.detector.alarms") / "builtin"
    return load({each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(".yaml")})


def rules_of(path: Path | None) -> tuple[AlarmRule, ...]:
    """Return the shipped rules with those of a file, which take the place of shipped ones of the same name.

    Raises RulesError.
    """
    rules = {rule.type: rule for rule in builtin_rules()}
    if path is not None:
        rules |= {rule.type: rule for rule in load({str(path): _read(path)})}
    return tuple(rules.values())


class RuleFile:
    """The rules in force, and whether their file has changed since they were read."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stamp: Stamp | None = None

    def read(self) -> AlarmEngine:
        """Return the rules as they are now. Raises RulesError."""
        self._stamp = self._now()
        return AlarmEngine(rules_of(self._path))

    @property
    def is_changed(self) -> bool:
        """Whether the file is not the one that was read last."""
        return self._now() != self._stamp

    def _now(self) -> Stamp | None:
        if self._path is None:
            return None
        try:
            stat = self._path.stat()
        except OSError:
            return (0, -1)
        return (stat.st_mtime_ns, stat.st_size)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RulesError((Mistake(str(path), 1, f"cannot be read: {reason}"),)) from error
