"""A service for the tests of the runtime: `python -m tests.unit.runtime.shop MODE` runs it as a process."""

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
                raise RuntimeError(f"no goods for {self._settings.password and self._settings.password.reveal()}")
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


command = ServiceCommand(name="shop", help="sell things", settings=ShopSettings, build=build, uses_kafka=False)

if __name__ == "__main__":
    sys.exit(run_service(command, environment()))
