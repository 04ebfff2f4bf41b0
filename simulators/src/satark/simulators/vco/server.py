"""The shell: an aiohttp server around a `Simulator`, and `running_vco` for tests."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from satark.simulators.vco import control, portal, shell
from satark.simulators.vco.auth import Account, Kind, sample_accounts
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.faults import Faults
from satark.simulators.vco.scenario import Script
from satark.simulators.vco.simulator import Simulator
from satark.simulators.vco.topology import World
from satark.simulators.vco.v2 import rest
from satark.simulators.vco.v2.payloads import NEW_BASE, OLD_BASE
from satark.simulators.vco.worlds import NORTHWIND_NOW, WORLDS

LOOPBACK = "127.0.0.1"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class RunningVco:
    """A simulator that listens: its URL, its in-process control, and an account of each kind."""

    url: str
    sim: Simulator
    accounts: dict[Kind, Account]


def real_now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


def application(simulator: Simulator) -> web.Application:
    """Return the simulator as an aiohttp application."""
    app = web.Application(middlewares=[shell.rate_limit(_too_many)])
    app[shell.SIMULATOR] = simulator
    app.add_routes([*portal.routes(), *rest.routes(), *control.routes()])
    app.on_response_prepare.append(shell.virtual_date)
    return app


def _too_many(request: web.Request) -> web.Response:
    """Return the limiter's answer in the words of the API that is called."""
    return rest.too_many() if request.path.startswith((f"{NEW_BASE}/", f"{OLD_BASE}/")) else portal.too_many()


@asynccontextmanager
async def serving(
    simulator: Simulator, *, host: str = LOOPBACK, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Serve a simulator while the context lasts; yields its URL. Port 0 takes a free one.

    Raises OSError when the address cannot be bound.
    """
    runner = web.AppRunner(application(simulator), access_log=None, shutdown_timeout=1.0, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=tls)
        await site.start()
        bound_port = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        yield f"{'https' if tls else 'http'}://{shown}:{bound_port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running_vco(
    *,
    world: World | str = "northwind",
    script: Script | None = None,
    clock: VirtualClock | datetime | None = None,
    seed: int = 1,
    accounts: Sequence[Account] | None = None,
    faults: Faults | None = None,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[RunningVco]:
    """Run a simulator on a free port of 127.0.0.1.

    A named world comes with its script. The clock defaults to one frozen at the time of the sample payloads
    (2026-03-10T12:10Z); a datetime freezes it there. `accounts` defaults to one of each kind.
    """
    if not isinstance(clock, VirtualClock):
        clock = VirtualClock.frozen_at(clock or NORTHWIND_NOW)
    own_script = Script()
    if isinstance(world, str):
        build, own_script = WORLDS[world]
        world = build(clock.start)
    samples = sample_accounts(world, clock.start + YEAR)
    simulator = Simulator(
        world,
        script=own_script if script is None else script,
        clock=clock,
        accounts=tuple(samples.values()) if accounts is None else accounts,
        real_now=real_now,
        seed=seed,
        faults=faults,
    )
    async with serving(simulator, port=port, tls=tls) as url:
        yield RunningVco(url, simulator, samples)
