"""Checks the settings of every process of a plan before any is started, all mistakes at once. Pure but for imports."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from satark.runtime.command import Command, installed, load
from satark.runtime.service import ServiceCommand
from satark.runtime.settings import PREFIX, SettingsError, load_all, variables
from satark.standalone.plan import BROKERS, CLI, ProcessPlan, embedded

OF_OTHERS = frozenset({"SATARK_VERSION", "SATARK_CACHE_DIR", "SATARK_REQUIRE_KAFKA"})
"""Read by docker-compose.yml and the tests."""

SECURITY = "SATARK_KAFKA_SECURITY_PROTOCOL"


def mistakes(plans: Iterable[ProcessPlan]) -> list[str]:
    """Return every mistake in the settings of the planned processes, each once."""
    services = _services()
    found: dict[str, None] = {}
    for plan in plans:
        if plan.name in services:
            try:
                load_all(services[plan.name].groups, plan.environment)
            except SettingsError as error:
                found |= dict.fromkeys(error.mistakes)
        elif plan.module == CLI and plan.arguments[0] not in installed():
            found[f"satark-{plan.name} is not installed: pip install 'satark-standalone[demo]'"] = None
    return list(found)


def contradictions(environ: Mapping[str, str]) -> list[str]:
    """Return what cannot work with the embedded broker, which speaks without encryption."""
    wanted = environ.get(SECURITY, "").strip()
    if embedded(environ) and wanted not in {"", "PLAINTEXT"}:
        return [f"{SECURITY} is {wanted}, but {BROKERS} is missing: the embedded broker has no encryption and no login"]
    return []


def strangers(environ: Mapping[str, str]) -> list[str]:
    """Return a line for every SATARK_ variable that no installed command reads, run or not."""
    found = [
        v
        for command in _commands().values()
        for name, group in _groups(command).items()
        for v in variables(name, group)
    ]
    known = OF_OTHERS | {v.env for v in found} | {f"{v.env}_FILE" for v in found if v.secret}
    lines = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, known, n=1, cutoff=0.8)
            lines.append(f"{name} is no setting" + (f": did you mean {close[0]}?" if close else ""))
    return lines


def _services() -> dict[str, ServiceCommand[Any]]:
    return {name: command for name, command in _commands().items() if isinstance(command, ServiceCommand)}


def _commands() -> dict[str, Command]:
    """Return the installed commands; a distribution without its modules is not there, and must not stop the others."""
    found: dict[str, Command] = {}
    for name, entry in installed().items():
        with suppress(ImportError):
            found[name] = load(entry)
    return found


def _groups(command: Command) -> Mapping[str, type[Struct]]:
    """Return the groups of settings that a command reads, if it reads any."""
    groups: Mapping[str, type[Struct]] = getattr(command, "groups", {})
    return groups
