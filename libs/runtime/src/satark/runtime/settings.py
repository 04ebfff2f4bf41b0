"""Settings from the environment: typed, checked whole before anything starts, all mistakes reported at once.

A group of settings is one frozen msgspec Struct; the variable of field `vco_url` in the group `poller` is
`SATARK_POLLER_VCO_URL`. A `Secret` may come from a file instead: `SATARK_POLLER_VCO_TOKEN_FILE`.
Only this module reads the environment.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

import msgspec
from msgspec import UNSET, Struct

PREFIX = "SATARK_"
EX_CONFIG = 78
"""sysexits.h: something was found in an unconfigured or misconfigured state."""

MAX_SECRET_BYTES = 64 * 1024

S = TypeVar("S", bound=Struct)


class Secret:
    """A value that must not be seen: printing it gives asterisks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "'***'"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class SettingsError(ValueError):
    """The settings are wrong; `mistakes` names every variable and what is wrong with it, without secret values."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable of a group."""

    group: str
    field: str
    env: str
    hint: Any
    default: Any
    required: bool
    secret: bool
    description: str
    aliases: tuple[str, ...]


def environment() -> Mapping[str, str]:
    """Return the process's environment."""
    return os.environ  # noqa: TID251 - the one place


def variables(group: str, settings: type[Struct]) -> tuple[Variable, ...]:
    """Return the variables of a group in the order of its fields."""
    plain = get_type_hints(settings)
    documented = get_type_hints(settings, include_extras=True)
    aliases: Mapping[str, str] = getattr(settings, "aliases", {})
    return tuple(
        Variable(
            group=group,
            field=field.name,
            env=f"{PREFIX}{group.upper().replace('-', '_')}_{field.name.upper()}",
            hint=documented[field.name],
            default=None if field.required else _default(field),
            required=field.required,
            secret=_mentions_secret(plain[field.name]),
            description=_description(documented[field.name]),
            aliases=tuple(alias for alias, name in aliases.items() if name == field.name),
        )
        for field in msgspec.structs.fields(settings)
    )


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
    mistakes += _unknown(groups, environ)
    if mistakes:
        raise SettingsError(mistakes)
    return loaded


def _load_group(group: str, settings: type[S], environ: Mapping[str, str]) -> S:
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for variable in variables(group, settings):
        try:
            raw = _raw(variable, environ)
            if raw is not None:
                values[variable.field] = _convert(variable, raw)
            elif variable.required:
                others = "".join(f" (or {alias})" for alias in variable.aliases)
                mistakes.append(f"{variable.env}{others} is missing: {variable.description}")
        except SettingsError as error:
            mistakes += error.mistakes
    if mistakes:
        raise SettingsError(mistakes)
    result = settings(**values)
    crossed = [f"{PREFIX}{group.upper().replace('-', '_')}_*: {text}" for text in _crossed(result)]
    if crossed:
        raise SettingsError(crossed)
    return result


def _crossed(settings: Struct) -> Iterable[str]:
    check = getattr(settings, "mistakes", None)
    return check() if check is not None else ()


def _raw(variable: Variable, environ: Mapping[str, str]) -> str | None:
    """Return a variable's text: its own name wins over its aliases; an empty text counts as not given."""
    for name in (variable.env, *variable.aliases):
        text = environ.get(name, "").strip()
        path = environ.get(f"{name}_FILE", "").strip() if variable.secret else ""
        if text and path:
            raise SettingsError([f"{name} and {name}_FILE are both given: keep one"])
        if path:
            return _read_secret(f"{name}_FILE", path)
        if text:
            return text
    return None


def _read_secret(name: str, path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise SettingsError([f"{name}: cannot read {path}: {error.strerror}"]) from error
    if len(raw) > MAX_SECRET_BYTES:
        raise SettingsError([f"{name}: {path} is larger than {MAX_SECRET_BYTES} bytes, surely not a secret"])
    text = raw.decode(errors="replace").strip()
    if not text:
        raise SettingsError([f"{name}: {path} is empty"])
    return text


def _convert(variable: Variable, text: str) -> Any:
    raw: Any = text
    if _is_sequence(variable.hint):
        raw = [part.strip() for part in text.split(",") if part.strip()]
    elif _is_mapping(variable.hint):
        raw = dict(_pair(variable, part) for part in text.split(",") if part.strip())
    elif _allows(variable.hint, bool):
        raw = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower(), text.lower())
    try:
        return msgspec.convert(raw, variable.hint, strict=False, dec_hook=_decode_own)
    except msgspec.ValidationError as error:
        shown = "" if variable.secret else f" (got {text!r})"
        raise SettingsError([f"{variable.env}: {error}{shown}"]) from error


def _pair(variable: Variable, part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise SettingsError([f"{variable.env}: expected name=value, got {part.strip()!r}"])
    return name.strip(), value.strip()


def _decode_own(kind: type, value: Any) -> Any:
    if kind is Secret:
        return Secret(str(value))
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)  # msgspec asks only for types that are not its own


def _unknown(groups: Mapping[str, type[Struct]], environ: Mapping[str, str]) -> list[str]:
    """Return a line for every variable with a group's prefix that the group does not have."""
    known: set[str] = set()
    for group, settings in groups.items():
        for variable in variables(group, settings):
            known.add(variable.env)
            if variable.secret:
                known.add(f"{variable.env}_FILE")
    prefixes = tuple(f"{PREFIX}{group.upper().replace('-', '_')}_" for group in groups)
    lines = []
    for name in sorted(environ):
        if name.startswith(prefixes) and name not in known:
            close = get_close_matches(name, known, n=1)
            lines.append(f"{name} is no setting" + (f": did you mean {close[0]}?" if close else ""))
    return lines


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default


def _arguments(hint: Any) -> tuple[Any, ...]:
    inner = getattr(hint, "__args__", ())
    flat: list[Any] = [hint]
    for argument in inner:
        flat += _arguments(argument)
    return tuple(flat)


def _allows(hint: Any, kind: type) -> bool:
    return kind in _arguments(hint)


def _is_sequence(hint: Any) -> bool:
    return any(getattr(part, "__origin__", part) in (tuple, list) for part in _arguments(hint))


def _is_mapping(hint: Any) -> bool:
    return any(getattr(part, "__origin__", part) is dict for part in _arguments(hint))


def _mentions_secret(hint: Any) -> bool:
    return _allows(hint, Secret)


def _description(hint: Any) -> str:
    for part in _arguments(hint):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.description not in (None, UNSET):
                return str(meta.description)
    return ""
