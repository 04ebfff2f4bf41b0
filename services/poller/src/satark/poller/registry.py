"""Which drivers there are, by the name that the setting `driver` gives. Nothing is imported before it is needed.

A driver is a function `build(orchestrator, *, version)` that returns a `Driver` without connecting. Where its module also
has `mistakes(orchestrator)`, that tells what is wrong with the settings before anything starts. Distributions add
drivers by the entry-point group `satark.poller.drivers`; the names here cannot be taken over.
"""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from satark.poller.driver import Driver
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import SettingsError

GROUP = "satark.poller.drivers"

BUILT_IN: Mapping[str, str] = {
    "auto": "satark.poller.velocloud.auto:build",
    "mapped": "satark.poller.mapped.driver:build",
    "velocloud-v1": "satark.poller.velocloud.v1:build",
    "velocloud-v2": "satark.poller.velocloud.v2:build",
}

CHECKED = frozenset({"mapped"})
"""Built-in drivers with mistakes of their own; the others are not imported only to ask."""


def driver_names() -> tuple[str, ...]:
    """Return the names of all drivers, in order."""
    return tuple(sorted({*BUILT_IN, *_installed()}))


def mistakes(orchestrator: Orchestrator) -> Iterable[str]:
    """Yield what is wrong with the choice of the driver, and with the settings that only the driver understands."""
    name = orchestrator.driver
    found = _found(name)
    if found is None:
        near = get_close_matches(name, driver_names(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield f"DRIVER: there is no driver {name[:100]!r}, only {', '.join(driver_names())}{hint}"
    elif name in CHECKED or name not in BUILT_IN:
        check: Callable[[Orchestrator], Iterable[str]] = getattr(_module(found), "mistakes", _none)
        yield from check(orchestrator)


def build(orchestrator: Orchestrator, *, version: str) -> Driver:
    """Return an orchestrator's driver, not connected; `version` is ours, for the User-Agent.

    Raises SettingsError where there is no such driver, or where it cannot be made from these settings.
    """
    found = _found(orchestrator.driver)
    if found is None:
        raise SettingsError(mistakes(orchestrator))
    factory: Callable[..., Driver] = found.load()
    return factory(orchestrator, version=version)


def _found(name: str) -> EntryPoint | None:
    if name in BUILT_IN:
        return EntryPoint(name, BUILT_IN[name], GROUP)
    return _installed().get(name)


def _installed() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _module(entry: EntryPoint) -> Any:
    return EntryPoint(entry.name, entry.module, entry.group).load()


def _none(orchestrator: Orchestrator) -> Iterable[str]:  # noqa: ARG001 - a driver without mistakes of its own
    return ()
