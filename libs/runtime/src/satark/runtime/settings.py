"""Settings from the environment: typed, checked whole before anything starts, all mistakes reported at once.

A group of settings is one frozen msgspec Struct; the variable of field `vco_url` in the group `poller` is
`SATARK_POLLER_VCO_URL`. A `Secret` may come from a file instead: `SATARK_POLLER_VCO_TOKEN_FILE`.
Only this module reads the environment.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from msgspec import Struct

from satark.runtime.conversion import convert
from satark.runtime.secret import Secret
from satark.runtime.unknown import unknown_names
from satark.runtime.variables import PREFIX, Variable, group_prefix, variables

__all__ = [
    "EX_CONFIG",
    "PREFIX",
    "Secret",
    "SettingsError",
    "Variable",
    "environment",
    "load",
    "load_all",
    "read_secret",
    "variables",
]

EX_CONFIG = 78
"""sysexits.h: something was found in an unconfigured or misconfigured state."""

MAX_SECRET_BYTES = 64 * 1024

S = TypeVar("S", bound=Struct)


class SettingsError(ValueError):
    """The settings are wrong; `mistakes` names every variable and what is wrong with it, without secret values."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def environment() -> Mapping[str, str]:
    """Return the process's environment."""
    return os.environ  # noqa: TID251 - the one place


def load(group: str, settings: type[S], environ: Mapping[str, str]) -> S:
    """Return one group of settings.

    Raises SettingsError with all mistakes of the group.
    """
    return cast(S, load_all({group: settings}, environ)[group])


def load_all(groups: Mapping[str, type[Struct]], environ: Mapping[str, str]) -> dict[str, Struct]:
    """Return all groups, by name.

    Raises SettingsError with all mistakes of all groups: missing, contradictory, unreadable, unknown.
    """
    loaded: dict[str, Struct] = {}
    mistakes: list[str] = []
    for group, settings in groups.items():
        try:
            loaded[group] = _load_group(group, settings, environ)
        except SettingsError as error:
            mistakes += error.mistakes
    mistakes += unknown_names(groups, environ)
    if mistakes:
        raise SettingsError(mistakes)
    return loaded


def _load_group(group: str, settings: type[S], environ: Mapping[str, str]) -> S:
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for variable in variables(group, settings):
        try:
            found = _raw(variable, environ)
            if found is not None:
                values[variable.field] = _placed(_converted(variable, *found), found[0], environ)
            elif variable.required:
                others = "".join(f" (or {alias})" for alias in variable.aliases)
                mistakes.append(f"{variable.env}{others} is missing: {variable.description}")
        except SettingsError as error:
            mistakes += error.mistakes
    if mistakes:
        raise SettingsError(mistakes)
    result = settings(**values)
    crossed = [f"{group_prefix(group)}*: {text}" for text in _crossed(result)]
    if crossed:
        raise SettingsError(crossed)
    return result


def _crossed(settings: Struct) -> Iterable[str]:
    check = getattr(settings, "mistakes", None)
    return check() if check is not None else ()


def _raw(variable: Variable, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the name that was used and its text: a variable's own name wins over its aliases.

    An empty text counts as not given, as compose files write `${NAME:-}`.
    """
    for name in (variable.env, *variable.aliases):
        text = environ.get(name, "").strip()
        path = environ.get(f"{name}_FILE", "").strip() if variable.secret else ""
        if text and path:
            raise SettingsError([f"{name} and {name}_FILE are both given: keep one"])
        if path:
            return f"{name}_FILE", read_secret(f"{name}_FILE", path)
        if text:
            return name, text
    return None


def read_secret(name: str, path: str) -> str:
    """Return the secret that a file holds, without the space around it.

    Raises SettingsError, which names the setting and the file and shows nothing of what is in it.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_SECRET_BYTES + 1)
        if len(raw) > MAX_SECRET_BYTES:
            raise SettingsError([f"{name}: {path} is larger than {MAX_SECRET_BYTES} bytes, surely not a secret"])
        text = raw.decode().strip()
    except OSError as error:
        raise SettingsError([f"{name}: cannot read {path}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        # The error itself holds the secret's bytes: it must not become the cause of what is shown.
        raise SettingsError([f"{name}: {path} is not UTF-8 text (at byte {error.start})"]) from None
    if not text:
        raise SettingsError([f"{name}: {path} is empty"])
    return text


def _placed(value: Any, name: str, environ: Mapping[str, str]) -> Any:
    """Return a secret of a file with the file, so that it can be read again; anything else as it is."""
    if not isinstance(value, Secret) or not name.endswith("_FILE"):
        return value
    return Secret(value.reveal(), file=Path(environ[name].strip()))


def _converted(variable: Variable, name: str, text: str) -> Any:
    try:
        return convert(variable.hint, text)
    except ValueError as error:
        if variable.secret:
            raise SettingsError([f"{name}: {error}"]) from None
        raise SettingsError([f"{name}: {error} (got {text!r})"]) from error
