"""What a service is, and how it starts: its settings are checked whole (exit status 78), then it lives (`lifecycle`).

Every service's command imports this module, and `satark --help` imports every command: so what only a running
service needs is imported when one runs.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from msgspec import Struct

from satark.runtime.command import Command, product_version
from satark.runtime.context import App, ServiceContext
from satark.runtime.groups import SHARED_GROUPS, KafkaSettings
from satark.runtime.health import Health
from satark.runtime.links import LinkSettings
from satark.runtime.settings import EX_CONFIG, Secret, SettingsError, environment, load_all, variables

__all__ = ["App", "ServiceCommand", "ServiceContext", "run_service"]

S = TypeVar("S", bound=Struct)

_NO_KAFKA = KafkaSettings(brokers="none:9092")


@dataclass(frozen=True)
class ServiceCommand(Generic[S]):
    """The `satark <service>` command."""

    name: str
    help: str
    settings: type[S]
    build: Callable[[S, ServiceContext], App]
    uses_kafka: bool = True
    uses_links: bool = False
    """Whether it reads SATARK_LINKS_*, as who writes or answers the links in mails does."""
    extras: Mapping[str, Command] = field(default_factory=dict)
    """Commands below the service's own, by name, such as `satark poller check`. Without one the service runs."""

    @property
    def groups(self) -> dict[str, type[Struct]]:
        """The groups of settings that the service reads, by name."""
        shared = {name: group for name, group in SHARED_GROUPS.items() if name != "kafka" or self.uses_kafka}
        links: dict[str, type[Struct]] = {"links": LinkSettings} if self.uses_links else {}
        return {self.name: self.settings, **links, **shared}

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add --check, the commands below this one, and the settings to the help."""
        if self.extras:
            below = parser.add_subparsers(title="instead of running the service", dest="extra", metavar="COMMAND")
            for name, extra in self.extras.items():
                extra.configure(below.add_parser(name, help=extra.help, description=extra.help))
        parser.add_argument("--check", action="store_true", help="check the settings, start nothing, exit 0 or 78")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        shared = ", ".join(f"SATARK_{name.upper()}_*" for name in self.groups if name != self.name)
        lines = [f"  {v.env:<44} {v.description}" for v in variables(self.name, self.settings)]
        parser.epilog = "\n".join([f"settings, from the environment (also {shared}):", *lines])

    def run(self, args: argparse.Namespace) -> int:
        """Load the settings and run the service until it is told to stop, or do what the command below says."""
        if extra := getattr(args, "extra", None):
            return self.extras[extra].run(args)
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
    context = ServiceContext(
        name=command.name,
        version=product_version(),
        kafka=loaded.get("kafka", _NO_KAFKA),
        ops=loaded["ops"],
        health=Health(),
        uses_kafka=command.uses_kafka,
        links=loaded.get("links", LinkSettings()),
    )
    return _run(command, context, loaded)


def _run(command: ServiceCommand[Any], context: ServiceContext, loaded: Mapping[str, Any]) -> int:
    import structlog  # noqa: PLC0415 - see the module's docstring

    from satark.runtime import lifecycle, logs, ops  # noqa: PLC0415 - as above

    logs.configure(loaded["log"], service=command.name, secrets=_secrets(loaded.values()))
    if context.links.in_the_clear:
        structlog.get_logger(__name__).warning("links_without_tls", url=context.links.url)
    try:
        return asyncio.run(lifecycle.serve(command.build(loaded[command.name], context), context))
    except SettingsError as error:
        return _misconfigured(command.name, error.mistakes)
    except ops.OpsPortError as error:
        return _misconfigured(command.name, [str(error)])
    except Exception:  # noqa: BLE001 - ours: told whole, with its traceback, and the process ends
        structlog.get_logger(__name__).exception("service_failed")
        return 1


def _misconfigured(name: str, mistakes: Iterable[str]) -> int:
    for mistake in mistakes:
        print(f"satark {name}: {mistake}", file=sys.stderr)  # noqa: T201 - for a person, before anything runs
    return EX_CONFIG


def _secrets(groups: Iterable[Struct]) -> list[Secret]:
    """Return the secrets of the settings, and those that they say are elsewhere (`more_secrets`), as in a file."""
    found: list[Secret] = []
    for group in groups:
        values = [getattr(group, name) for name in group.__struct_fields__]
        found += [item for value in values for item in _items(value) if isinstance(item, Secret)]
        more: Callable[[], Iterable[Secret]] = getattr(group, "more_secrets", tuple)
        found += more()
    return found


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple | list) else (value,)
