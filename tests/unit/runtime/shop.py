"""A service for the tests of the runtime: `python -m tests.unit.runtime.shop MODE` runs it as a process."""

import argparse
import asyncio
import sys
import threading
from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec import Struct

from satark.runtime.service import ServiceCommand, ServiceContext, run_service
from satark.runtime.settings import Secret, SettingsError, environment

Mode = Literal["drain", "end", "fail", "fail_late", "hang", "hang_thread", "misbuilt", "unbuilt"]


class ShopSettings(Struct, frozen=True, kw_only=True):
    """What the imagined service needs."""

    aliases: ClassVar[Mapping[str, str]] = {"SHOP_MODE": "mode"}

    mode: Mode = "drain"
    password: Secret | None = None
    rates: tuple[float, ...] = ()

    def more_secrets(self) -> list[Secret]:
        """Return what is secret besides the settings themselves: the password read backwards."""
        return [Secret(self.password.reveal()[::-1])] if self.password else []


class ShopApp:
    """Ends, fails or hangs as it is told."""

    def __init__(self, settings: ShopSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, or as the mode says."""
        self._context.health.set("shop", ready=True)
        match self._settings.mode:
            case "end":
                return
            case "fail":
                password = self._settings.password.reveal() if self._settings.password else ""
                raise RuntimeError(f"no goods for {password} and {password[::-1]}")
            case "hang":
                await _for_ever()
            case "hang_thread":
                await asyncio.to_thread(threading.Event().wait)
        await stop.wait()
        if self._settings.mode == "fail_late":
            raise RuntimeError("not drained")


async def _for_ever() -> None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue


def build(settings: ShopSettings, context: ServiceContext) -> ShopApp:
    """Build the app, unless that is what shall fail."""
    if settings.mode == "misbuilt":
        raise SettingsError(["SATARK_SHOP_RATES: the shop is closed"])
    if settings.mode == "unbuilt":
        raise RuntimeError("no shop")
    return ShopApp(settings, context)


class CountCommand:
    """`satark shop count`."""

    help = "count the goods"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add how many there are."""
        parser.add_argument("--goods", type=int, default=0)

    def run(self, args: argparse.Namespace) -> int:
        """Return the number."""
        return int(args.goods)


command = ServiceCommand(
    name="shop",
    help="sell things",
    settings=ShopSettings,
    build=build,
    uses_kafka=False,
    extras={"count": CountCommand()},
)

if __name__ == "__main__":
    sys.exit(run_service(command, environment()))
