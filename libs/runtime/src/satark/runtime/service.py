"""How every service starts, runs and stops.

Settings are checked whole (exit status 78), then logs, the ops port and the service's app start. SIGTERM or SIGINT
sets the stop event; the app drains within the grace period, or the process gives up with status 1. A second signal
ends the process at once.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import structlog
from msgspec import Struct

from satark.runtime import logs
from satark.runtime.command import product_version
from satark.runtime.groups import SHARED_GROUPS, KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.ops import OpsPortError, OpsServer
from satark.runtime.settings import EX_CONFIG, Secret, SettingsError, environment, load_all, variables

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=Struct)

_NO_KAFKA = KafkaSettings(brokers="none:9092")
CANCEL_TIMEOUT_S = 1.0


class App(Protocol):
    """A service's shell."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then drain and return."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """What the runtime hands to a service's app."""

    name: str
    version: str
    kafka: KafkaSettings
    ops: OpsSettings
    health: Health


@dataclass(frozen=True)
class ServiceCommand(Generic[S]):
    """The `satark <service>` command."""

    name: str
    help: str
    settings: type[S]
    build: Callable[[S, ServiceContext], App]
    uses_kafka: bool = True

    @property
    def groups(self) -> dict[str, type[Struct]]:
        """The groups of settings that the service reads, by name."""
        shared = {name: group for name, group in SHARED_GROUPS.items() if name != "kafka" or self.uses_kafka}
        return {self.name: self.settings, **shared}

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add --check, and the settings to the help."""
        parser.add_argument("--check", action="store_true", help="check the settings, start nothing, exit 0 or 78")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        shared = ", ".join(f"SATARK_{name.upper()}_*" for name in self.groups if name != self.name)
        lines = [f"  {v.env:<44} {v.description}" for v in variables(self.name, self.settings)]
        parser.epilog = "\n".join([f"settings, from the environment (also {shared}):", *lines])

    def run(self, args: argparse.Namespace) -> int:
        """Load the settings and run the service until it is told to stop."""
        return run_service(self, environment(), check=args.check)


def run_service(command: ServiceCommand[Any], environ: Mapping[str, str], *, check: bool = False) -> int:
    """Run a service with the given environment; return the exit status (0, 1, or 78 for wrong settings)."""
    try:
        loaded: dict[str, Any] = load_all(command.groups, environ)
    except SettingsError as error:
        return _misconfigured(command.name, error.mistakes)
    if check:
        print(f"satark {command.name}: settings are fine")  # noqa: T201 - the answer to --check
        return 0
    logs.configure(loaded["log"], service=command.name, secrets=_secrets(loaded.values()))
    context = ServiceContext(
        name=command.name,
        version=product_version(),
        kafka=loaded.get("kafka", _NO_KAFKA),
        ops=loaded["ops"],
        health=Health(),
    )
    try:
        return asyncio.run(_serve(command.build(loaded[command.name], context), context))
    except SettingsError as error:
        return _misconfigured(command.name, error.mistakes)
    except OpsPortError as error:
        return _misconfigured(command.name, [str(error)])
    except Exception:
        log.exception("service_failed")
        return 1


def _misconfigured(name: str, mistakes: Iterable[str]) -> int:
    for mistake in mistakes:
        print(f"satark {name}: {mistake}", file=sys.stderr)  # noqa: T201 - for a person, before anything runs
    return EX_CONFIG


async def _serve(app: App, context: ServiceContext) -> int:
    stop = asyncio.Event()
    with _Signals(stop):
        async with OpsServer(context.ops, service=context.name, version=context.version, health=context.health) as ops:
            log.info("service_started", version=context.version, ops_port=ops.port)
            running = asyncio.create_task(app.run(stop), name=context.name)
            stopping = asyncio.create_task(stop.wait(), name="stop")
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            return await _drained(running, context.ops.shutdown_grace_s)


class _Signals:
    """The first SIGTERM or SIGINT sets `stop`; then both mean what they mean to any process: the end."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def __enter__(self) -> None:
        for number in self._before:
            asyncio.get_running_loop().add_signal_handler(number, self._told, number)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, handler)

    def _told(self, number: signal.Signals) -> None:
        log.info("service_stopping", signal=number.name)
        self._stop.set()
        for each in self._before:
            asyncio.get_running_loop().remove_signal_handler(each)
            # Not a handler of the loop: the default acts even while the loop is stuck.
            signal.signal(each, signal.SIG_DFL)


async def _drained(running: asyncio.Task[None], grace_s: float) -> int:
    """Wait for the app to end; return the exit status. An error of the app goes up with its traceback."""
    done, _ = await asyncio.wait({running}, timeout=grace_s)
    if not done:
        log.error("shutdown_grace_exceeded", grace_s=grace_s)
        running.cancel()
        await asyncio.wait({running}, timeout=CANCEL_TIMEOUT_S)
        _abandon()
    await running
    log.info("service_stopped")
    return 0


def _abandon() -> None:
    """End the process now: the interpreter's own end would wait for threads that are stuck in a request."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1)


def _secrets(groups: Iterable[Struct]) -> list[Secret]:
    values = [getattr(group, name) for group in groups for name in group.__struct_fields__]
    return [item for value in values for item in _items(value) if isinstance(item, Secret)]


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple | list) else (value,)
