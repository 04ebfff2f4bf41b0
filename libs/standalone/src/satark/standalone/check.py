"""Checks the settings of every process of a plan before any is started, all mistakes at once. Pure but for imports."""

from collections.abc import Iterable

from satark.runtime.command import installed, load
from satark.runtime.service import ServiceCommand
from satark.runtime.settings import SettingsError, load_all
from satark.standalone.plan import ProcessPlan


def mistakes(plans: Iterable[ProcessPlan]) -> list[str]:
    """Return every mistake in the settings of the planned processes, each once."""
    entries = installed()
    found: dict[str, None] = {}
    for plan in plans:
        service = load(entries[plan.name]) if plan.name in entries else None
        if isinstance(service, ServiceCommand):
            try:
                load_all(service.groups, plan.environment)
            except SettingsError as error:
                found |= dict.fromkeys(error.mistakes)
    return list(found)
