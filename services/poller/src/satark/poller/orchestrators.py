"""Several orchestrators from a TOML file: a table for each, `[orchestrators.NAME]`.

A table has the keys of `Polling`, `url`, `username`, and the secrets `token` and `password`, each of which may instead be
a file's (`token_file`) or an environment variable's (`token_env`). Paths are relative to the file. What a table lacks is
taken from the settings of the process. Everything that is wrong is told at once, and no secret with it.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from satark.poller import registry
from satark.poller.address import base_url
from satark.poller.orchestrator import Orchestrator, Polling
from satark.runtime.conversion import convert_value
from satark.runtime.hints import allows
from satark.runtime.settings import Secret, SettingsError, read_secret, variables
from satark.runtime.tls import tls_mistakes

TABLES = "orchestrators"
NAME = r"^[^\s/]{1,128}$"
MAX_FILE_BYTES = 1_000_000
MAX_ORCHESTRATORS = 256

_HINTS = {variable.field: variable.hint for variable in variables("poller", Polling)}
_SECRETS = ("token", "password")
_TEXTS = ("url", "username", *_SECRETS, *(f"{name}_{form}" for name in _SECRETS for form in ("file", "env")))
_KEYS = ("url", *_TEXTS[1:], *_HINTS)
_SETTING = re.compile(r"\b(?:VCO_([A-Z]+)|(" + "|".join(name.upper() for name in _HINTS) + r"))\b")


@dataclass
class Found:
    """Orchestrators, and every mistake; names in mistakes are those of the settings, without their prefix."""

    rows: list[Orchestrator] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def add(self, row: Orchestrator, shared: frozenset[str], label: str = "") -> None:
        """Add an orchestrator with its mistakes. Those that it shares with the whole process bear no label."""
        self.rows.append(row)
        told = [m if m in shared else _labelled(label, m) for m in mistakes_of(row)]
        self.mistakes += [mistake for mistake in told if mistake not in self.mistakes]


def read(path: Path, defaults: Polling, environ: Mapping[str, str]) -> Found:
    """Return the orchestrators of a file, complete with what the process's settings say."""
    found = Found()
    shared = shared_mistakes(defaults)
    try:
        tables = _tables(path)
    except ValueError as error:
        found.mistakes.append(f"ORCHESTRATORS_FILE: {path} {error}")
        return found
    for name, given in tables.items():
        label = f"ORCHESTRATORS_FILE: {path.name} [{TABLES}.{name}]"
        table = _Table(name, given, path.parent, environ)
        row = table.orchestrator(defaults)
        found.mistakes += [f"{label} {mistake}" for mistake in table.mistakes]
        if row is not None:
            found.add(row, shared, label)
    return found


def mistakes_of(row: Orchestrator) -> Iterator[str]:
    """Yield what is wrong with an orchestrator, its driver, and the files that it names."""
    yield from row.mistakes()
    yield from registry.mistakes(row)
    if row.ca_file is not None:
        yield from tls_mistakes(row.ca_file, None, None)


def shared_values(defaults: Polling) -> dict[str, Any]:
    """Return what the process's settings say for every orchestrator."""
    return {name: getattr(defaults, name) for name in Polling.__struct_fields__}


def shared_mistakes(defaults: Polling) -> frozenset[str]:
    """Return the mistakes that any orchestrator has by the process's settings alone."""
    return frozenset(
        mistakes_of(Orchestrator(**shared_values(defaults), name="any", url="localhost", token=Secret("any")))
    )


def duplicates(rows: Iterable[Orchestrator]) -> Iterator[str]:
    """Yield a mistake for each name that is given twice, and each URL with the same credential and mapping.

    Customers of one shared orchestrator have a token each: the same URL with another one is another view.
    """
    names: set[str] = set()
    views: dict[tuple[object, ...], str] = {}
    for row in rows:
        if row.name in names:
            yield f"two orchestrators are called {row.name}"
        names.add(row.name)
        try:
            url = base_url(row.url)
        except ValueError:
            continue
        plain = re.sub(r"^(https://[^/]+):443(?=/|$)|^(http://[^/]+):80(?=/|$)", r"\1\2", url)
        view = (plain, row.bare_token, row.username, row.mapping_file)
        if (other := views.setdefault(view, row.name)) != row.name:
            yield f"{other} and {row.name} are the same orchestrator: {url}"


def _tables(path: Path) -> Mapping[str, Any]:
    """Return the file's tables by name. Raises ValueError with a text that follows the file's name."""
    document = _document(path)
    if strange := [key for key in document if key != TABLES]:
        raise ValueError("; ".join(f"has the unknown key {key}{_meant(key, (TABLES,))}" for key in strange))
    tables = document.get(TABLES)
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ValueError(f"must have one table for each orchestrator, such as [{TABLES}.emea]")
    if not 0 < len(tables) <= MAX_ORCHESTRATORS:
        raise ValueError(f"has {len(tables)} orchestrators; 1 to {MAX_ORCHESTRATORS} are possible")
    return tables


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise ValueError(f"is larger than {MAX_FILE_BYTES} bytes")
        return tomllib.loads(content.decode())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 text (at byte {error.start})") from None  # the cause would hold its secrets
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is no TOML: {error}") from None  # as above
    except RecursionError:
        raise ValueError("is nested too deeply") from None


@dataclass
class _Table:
    """One orchestrator's table; reading it collects the mistakes."""

    name: str
    given: Mapping[str, Any]
    folder: Path
    environ: Mapping[str, str]
    mistakes: list[str] = field(default_factory=list)

    def orchestrator(self, defaults: Polling) -> Orchestrator | None:
        """Return the orchestrator, with a stand-in for what is wrong so that the rest is checked; None without a URL."""
        if not re.fullmatch(NAME, self.name):
            self.mistakes.append("is no name: 1 to 128 characters without spaces and slashes are possible")
        for key in self.given:
            if key not in _KEYS:
                self.mistakes.append(f"has the unknown key {key}{_meant(key, _KEYS)}")
        values = shared_values(defaults)
        values |= {key: self._value(key, hint, values[key]) for key, hint in _HINTS.items() if key in self.given}
        url, username = self._text("url"), self._text("username")
        secrets: dict[str, Any] = {name: self._secret(name) for name in _SECRETS}
        if "url" not in self.given:
            self.mistakes.append("url is missing")
        if url is None:
            return None
        return Orchestrator(**values, name=self.name, url=url, username=username, **secrets)

    def _value(self, key: str, hint: Any, default: Any) -> Any:
        try:
            value = convert_value(hint, self.given[key])
        except ValueError as error:
            self.mistakes.append(f"{key}: {error} (got {self.given[key]!r})")
            return default
        return self.folder / value if allows(hint, Path) else value

    def _text(self, key: str) -> str | None:
        text = self.given.get(key)
        if text is None or (isinstance(text, str) and text.strip() and "\0" not in text):
            return text
        self.mistakes.append(f"{key}: expected a text that is not empty")
        return None

    def _secret(self, name: str) -> Secret | None:
        forms = [form for form in (name, f"{name}_file", f"{name}_env") if form in self.given]
        if not forms:
            return None
        text = self._text(forms[0])
        if len(forms) > 1:
            self.mistakes.append(f"{', '.join(forms)}: keep one of them")
        elif forms[0] == f"{name}_file" and text:
            text = self._from_file(forms[0], text)
        elif forms[0] == f"{name}_env" and text:
            text = self._from_environment(forms[0], text)
        return Secret(text or "unknown")

    def _from_file(self, key: str, path: str) -> str | None:
        try:
            return read_secret(key, str(self.folder / path))
        except SettingsError as error:
            self.mistakes += error.mistakes
            return None

    def _from_environment(self, key: str, variable: str) -> str | None:
        text = self.environ.get(variable, "").strip()
        if not text:
            # A token that was put here by mistake must not be shown.
            shown = variable if re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", variable) else "the variable that it names"
            self.mistakes.append(f"{key}: {shown} is not in the environment, or empty")
        return text


def _meant(key: str, keys: Iterable[str]) -> str:
    known = list(keys)
    close = get_close_matches(key, known, n=1) or [name for name in known if key in name]
    return f": did you mean {close[0]}?" if close else ""


def _labelled(label: str, mistake: str) -> str:
    """Return a mistake of the settings in the words of a file: `VCO_URL: …` is its `url: …`."""
    return f"{label} {_SETTING.sub(lambda m: (m[1] or m[2]).lower(), mistake)}" if label else mistake
