"""The simulator's own interface, which no orchestrator has: `/__sim/state`, `/__sim/clock`, `/__sim/faults`.

| request | effect |
|---|---|
| GET /__sim/state | clock, counters, incidents with their states, knobs |
| POST /__sim/clock | {"now": RFC 3339} stops the clock there; {"advance_s": n} moves it; {"rate": r} lets it run |
| POST /__sim/faults | changes the knobs that are named (see `faults.Faults`) |
| DELETE /__sim/faults | puts all knobs back |
| DELETE /__sim/sessions | expires all login sessions |

A wrong body is answered with 400 and `{"error": text}`.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from satark.simulators.vco.faults import FaultsError
from satark.simulators.vco.shell import SIMULATOR
from satark.simulators.vco.simulator import Simulator

MAX_JUMP_S = 366 * 86_400


class ClockChange(Struct, frozen=True, forbid_unknown_fields=True):
    """One change of the clock; exactly one member."""

    now: Annotated[datetime, Meta(tz=True)] | None = None
    advance_s: Annotated[float, Meta(ge=-MAX_JUMP_S, le=MAX_JUMP_S)] | None = None
    rate: Annotated[float, Meta(gt=0, le=1e6)] | None = None


def routes() -> list[web.RouteDef]:
    """Return the control interface's routes."""
    return [
        web.get("/__sim/state", get_state),
        web.post("/__sim/clock", change_clock),
        web.post("/__sim/faults", change_faults),
        web.delete("/__sim/faults", heal),
        web.delete("/__sim/sessions", expire_sessions),
    ]


async def get_state(request: web.Request) -> web.Response:
    """Show everything."""
    return _state(request.app[SIMULATOR])


async def change_clock(request: web.Request) -> web.Response:
    """Set, move or run the clock."""
    try:
        change = msgspec.json.decode(await request.read(), type=ClockChange)
    except msgspec.DecodeError as error:
        return _refuse(str(error))
    simulator = request.app[SIMULATOR]
    match change:
        case ClockChange(now=datetime() as when, advance_s=None, rate=None):
            simulator.set_time(when)
        case ClockChange(now=None, advance_s=float() as seconds, rate=None):
            simulator.advance(seconds)
        case ClockChange(now=None, advance_s=None, rate=float() as rate):
            simulator.run_clock(rate)
        case _:
            return _refuse("give exactly one of now, advance_s, rate")
    return _state(simulator)


async def change_faults(request: web.Request) -> web.Response:
    """Change knobs."""
    simulator = request.app[SIMULATOR]
    try:
        simulator.faults = simulator.faults.changed(msgspec.json.decode(await request.read()))
    except (msgspec.DecodeError, FaultsError) as error:
        return _refuse(str(error))
    return _state(simulator)


async def heal(request: web.Request) -> web.Response:
    """Put all knobs back."""
    request.app[SIMULATOR].heal()
    return _state(request.app[SIMULATOR])


async def expire_sessions(request: web.Request) -> web.Response:
    """Expire all sessions."""
    request.app[SIMULATOR].sessions.expire_all()
    return _state(request.app[SIMULATOR])


def _state(simulator: Simulator) -> web.Response:
    return web.Response(body=msgspec.json.encode(simulator.state()), content_type="application/json")


def _refuse(text: str) -> web.Response:
    return web.Response(body=msgspec.json.encode({"error": text}), status=400, content_type="application/json")
