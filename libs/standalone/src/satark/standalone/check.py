"""Checks the settings of every process of a plan before any is started, all mistakes at once. Pure."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from satark.runtime.command import installed, load
from satark.runtime.groups import SHARED_GROUPS
from satark.runtime.service import ServiceCommand
from satark.runtime.settings import PREFIX, SettingsError, load_all
from satark.standalone.plan import ProcessPlan


def mistakes(plans: Iterable[ProcessPlan], environ: Mapping[str, str]) -> list[str]:
    """Return every mistake in the settings of the planned processes, each once, and misspelt SATARK_ names."""
    entries = installed()
    found: dict[str, None] = dict.fromkeys(unknown_groups(environ, [*entries, *SHARED_GROUPS]))
    for plan in plans:
        service = load(entries[plan.name]) if plan.name in entries else None
        if isinstance(service, ServiceCommand):
            found |= dict.fromkeys(_of(service, plan.environment))
    return list(found)


def _of(service: ServiceCommand[Any], environ: Mapping[str, str]) -> tuple[str, ...]:
    groups: dict[str, type[Struct]] = {service.name: service.settings} | {
        name: group for name, group in SHARED_GROUPS.items() if name != "kafka" or service.uses_kafka
    }
    try:
        load_all(groups, environ)
    except SettingsError as error:
        return error.mistakes
    return ()


def unknown_groups(environ: Mapping[str, str], groups: Iterable[str]) -> list[str]:
    """Return a line for every SATARK_ variable whose group looks like a misspelt one."""
    known = [f"{PREFIX}{group.upper().replace('-', '_')}_" for group in groups]
    lines = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and not name.startswith(tuple(known)):
            words = name.split("_")
            begins = ["_".join(words[:n]) + "_" for n in range(2, len(words))]
            close = [match for begin in begins for match in get_close_matches(begin, known, n=1, cutoff=0.85)]
            if close:
                lines.append(f"{name} is no setting: did you mean {close[0]}…?")
    return lines
