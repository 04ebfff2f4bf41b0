"""How every service starts, runs and stops.

Settings are checked whole (exit status 78), then logs, the ops port and the service's app start. SIGTERM or SIGINT
sets the stop event; the app drains within the grace period, or the process gives up with status 1.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import structlog
from msgspec import Struct

from satark.runtime import logs
from satark.runtime.command import product_version
from satark.runtime.groups import KafkaSettings, LogSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.ops import OpsServer
from satark.runtime.settings import EX_CONFIG, Secret, SettingsError, environment, load_all, variables

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=Struct)

_NO_KAFKA = KafkaSettings(brokers="none:9092")


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

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add --check, and the settings to the help."""
        parser.add_argument("--check", action="store_true", help="check the settings, start nothing, exit 0 or 78")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = (
            "settings, from the environment (also SATARK_KAFKA_*, SATARK_LOG_*, SATARK_OPS_*):\n"
            + "\n".join(f"  {v.env:<44} {v.description}" for v in variables(self.name, self.settings))
        )

    def run(self, args: argparse.Namespace) -> int:
        """Load the settings and run the service until it is told to stop."""
        return run_service(self, environment(), check=args.check)


def run_service(command: ServiceCommand[Any], environ: Mapping[str, str], *, check: bool = False) -> int:
    """Run a service with the given environment; return the exit status (0, 1, or 78 for wrong settings)."""
    groups: dict[str, type[Struct]] = {command.name: command.settings, "log": LogSettings, "ops": OpsSettings}
    if command.uses_kafka:
        groups["kafka"] = KafkaSettings
    try:
        loaded: dict[str, Any] = load_all(groups, environ)
    except SettingsError as error:
        for mistake in error.mistakes:
            print(f"satark {command.name}: {mistake}", file=sys.stderr)  # noqa: T201 - logs are not configured yet
        return EX_CONFIG
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
    return asyncio.run(_serve(command.build(loaded[command.name], context), context))


async def _serve(app: App, context: ServiceContext) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with OpsServer(context.ops, service=context.name, version=context.version, health=context.health) as ops:
        log.info("service_started", version=context.version, ops_port=ops.port)
        running = asyncio.create_task(app.run(stop), name=context.name)
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        return await _drained(running, context.ops.shutdown_grace_s)


async def _drained(running: asyncio.Task[None], grace_s: float) -> int:
    """Wait for the app to end; return the exit status. An error of the app is ours: it goes out with its traceback."""
    done, _ = await asyncio.wait({running}, timeout=grace_s)
    if not done:
        log.error("shutdown_grace_exceeded", grace_s=grace_s)
        running.cancel()
        await asyncio.wait({running}, timeout=1.0)
        return 1
    if (error := running.exception()) is not None:
        log.error("service_failed", exc_info=error)
        return 1
    log.info("service_stopped")
    return 0


def _secrets(groups: Any) -> list[Secret]:
    found: list[Secret] = []
    for group in groups:
        for name in group.__struct_fields__:
            value = getattr(group, name)
            found += [
                item for item in (value if isinstance(value, tuple | list) else [value]) if isinstance(item, Secret)
            ]
    return found
