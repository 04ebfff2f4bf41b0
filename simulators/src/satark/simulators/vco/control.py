"""The simulator's own interface, which no orchestrator has: below `/__sim`.

| request | effect |
|---|---|
| GET /__sim/state | clock, counters, incidents with their states, knobs |
| POST /__sim/clock | {"now": RFC 3339} stops the clock there; {"advance_s": n} moves it; {"rate": r} lets it run |
| POST /__sim/faults | changes the knobs that are named (see `faults.Faults`) |
| DELETE /__sim/faults | puts all knobs back |
| DELETE /__sim/sessions | expires all login sessions |
| POST /__sim/incidents | injects an incident (see `scenario.Incident`) or `{"incidents": […]}`; times count from now |
| DELETE /__sim/incidents | takes all injected incidents back |
| POST /__sim/tokens | {"kind": "operator", "expires": RFC 3339, "unit": "ms" or "s"}: answers one more API token |

A wrong body is answered with 400 and `{"error": text}`.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from satark.simulators.vco.auth import ExpUnit, Kind
from satark.simulators.vco.faults import FaultsError
from satark.simulators.vco.scenario import Script, ScriptError
from satark.simulators.vco.shell import SIMULATOR
from satark.simulators.vco.simulator import Simulator

MAX_JUMP_S = 366 * 86_400


class ClockChange(Struct, frozen=True, forbid_unknown_fields=True):
    """One change of the clock; exactly one member."""

    now: Annotated[datetime, Meta(tz=True)] | None = None
    advance_s: Annotated[float, Meta(ge=-MAX_JUMP_S, le=MAX_JUMP_S)] | None = None
    rate: Annotated[float, Meta(gt=0, le=1e6)] | None = None


class TokenWish(Struct, frozen=True, forbid_unknown_fields=True):
    """What kind of API token is wanted, and when it expires."""

    kind: Kind
    expires: Annotated[datetime, Meta(tz=True)]
    unit: ExpUnit = "ms"


def routes() -> list[web.RouteDef]:
    """Return the control interface's routes."""
    return [
        web.get("/__sim/state", get_state),
        web.post("/__sim/clock", change_clock),
        web.post("/__sim/faults", change_faults),
        web.delete("/__sim/faults", heal),
        web.delete("/__sim/sessions", expire_sessions),
        web.post("/__sim/incidents", inject),
        web.delete("/__sim/incidents", forget_injected),
        web.post("/__sim/tokens", issue_token),
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
        knobs = msgspec.json.decode(await request.read())
        if not isinstance(knobs, dict):
            return _refuse("expected an object of knobs")
        simulator.change(**knobs)
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


async def inject(request: web.Request) -> web.Response:
    """Inject one incident, or a script of them."""
    simulator = request.app[SIMULATOR]
    raw = await request.read()
    try:
        given = msgspec.json.decode(raw)
        several = isinstance(given, dict) and "incidents" in given
        script = msgspec.convert(given if several else {"incidents": [given]}, Script)
        simulator.inject(*script.incidents)
    except (msgspec.DecodeError, ScriptError) as error:
        return _refuse(str(error))
    return _state(simulator)


async def forget_injected(request: web.Request) -> web.Response:
    """Take the injected incidents back."""
    request.app[SIMULATOR].forget_injected()
    return _state(request.app[SIMULATOR])


async def issue_token(request: web.Request) -> web.Response:
    """Answer one more API token."""
    try:
        wish = msgspec.json.decode(await request.read(), type=TokenWish)
        token = request.app[SIMULATOR].issue_token(wish.kind, wish.expires, wish.unit)
    except (msgspec.DecodeError, LookupError) as error:
        return _refuse(str(error.args[0] if error.args else error))
    return web.Response(body=msgspec.json.encode({"token": token.reveal()}), content_type="application/json")


def _state(simulator: Simulator) -> web.Response:
    return web.Response(body=msgspec.json.encode(simulator.state()), content_type="application/json")


def _refuse(text: str) -> web.Response:
    return web.Response(body=msgspec.json.encode({"error": text}), status=400, content_type="application/json")
