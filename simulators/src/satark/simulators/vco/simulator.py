"""One simulated orchestrator as a test holds it: clock, script, knobs, counters. It touches no socket."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from satark.runtime.settings import Secret
from satark.simulators.vco.auth import Account, ExpUnit, Kind, Sessions, by_token, simulated_jwt
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.errors import TokenError
from satark.simulators.vco.faults import Failure, FailureKind, Faults, FaultsError, LateEdge
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.methods import METHODS, Call, Orchestrator, answer
from satark.simulators.vco.ratelimit import RateLimiter
from satark.simulators.vco.replacement import with_replacements
from satark.simulators.vco.scenario import MAX_INCIDENTS, Incident, Script, ScriptError
from satark.simulators.vco.timeline import Timeline, check_script, planned
from satark.simulators.vco.times import iso, to_ms
from satark.simulators.vco.topology import World
from satark.simulators.vco.v2.routing import NAMES

UNKNOWN_METHOD = "unknown"
MAX_ACCOUNTS = 1000
MAX_LINKS_SHOWN = 100
"""How many links the state names of one incident: an ISP may have thousands."""

LOGIN_METHODS = ("login/enterpriseLogin", "login/operatorLogin", "logout")
KNOWN_METHODS = frozenset({*METHODS, *LOGIN_METHODS, *NAMES})


class Simulator:
    """The state of a running simulator.

    `calls` counts the calls of each method that passed the rate limit, unknown methods together; `limiter` counts the
    refused ones; `refused_credentials` the failed logins and bad tokens. Raises ScriptError for a script that does not
    fit the world.
    """

    def __init__(
        self,
        world: World,
        *,
        script: Script,
        clock: VirtualClock,
        accounts: Sequence[Account],
        real_now: Callable[[], datetime],
        seed: int = 1,
        faults: Faults | None = None,
        source: str = "script",
    ) -> None:
        check_script(script, world, source)
        self.clock = clock
        self.accounts = tuple(accounts)
        self.seed = seed
        self.faults = faults or Faults()
        self.sessions = Sessions()
        self.limiter = RateLimiter()
        self.calls: Counter[str] = Counter()
        self.refused_credentials = 0
        self.in_flight = 0
        self._initial_faults = self.faults
        self._real_now = real_now
        self._given_world = world
        self._script = tuple(planned(script, clock.start))
        self._plan: tuple[tuple[Incident, datetime], ...] = ()
        self.faults = self._checked(self.faults)
        self._bind(self._script)

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self.clock.now(self._real_now())

    def set_time(self, when: datetime) -> None:
        """Stop the clock at a time."""
        self.clock = self.clock.set(when.astimezone(UTC))

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self.clock = self.clock.advance(seconds, self._real_now())

    def run_clock(self, rate: float) -> None:
        """Let the clock run from its present time, `rate` times as fast as real time."""
        self.clock = self.clock.run(rate, self._real_now())

    def inject(self, *incidents: Incident) -> None:
        """Let more go wrong; their times count from now.

        Raises ScriptError for what contradicts itself or does not fit the world.
        """
        more = Script(incidents=incidents)
        check_script(more, self.world, "incidents")
        plan = (*self._plan, *planned(more, self.now))
        if len(plan) > MAX_INCIDENTS:
            raise ScriptError("incidents", (f"at most {MAX_INCIDENTS} in all",))
        self._bind(plan)

    def forget_injected(self) -> None:
        """Let only what the script says go wrong, as if nothing else had ever happened."""
        self._bind(self._script)

    def issue_token(self, kind: Kind, expires: datetime, unit: ExpUnit = "ms") -> Secret:
        """Return one more API token of the first account of a kind, with its expiry in either unit.

        Raises LookupError when there is no such account.
        """
        account = next((one for one in self.accounts if one.kind == kind), None)
        if account is None:
            raise LookupError(f"there is no {kind} account")
        token = Secret(simulated_jwt(f"{kind}-{len(self.accounts)}", expires, unit))
        more = msgspec.structs.replace(account, token=token, username=None, password=None)
        self.accounts = (*self.accounts, more)[:MAX_ACCOUNTS]
        return token

    def fail(self, method: str, kind: FailureKind, *, times: int | None = 1, delay_s: float = 30.0) -> None:
        """Let the next calls of a method (`*`: any) go wrong."""
        failure = Failure(kind=kind, method=method, times=times, delay_s=delay_s)
        self.faults = msgspec.structs.replace(self.faults, fail=(*self.faults.fail, failure))

    def change(self, /, **knobs: Any) -> None:
        """Change knobs by name.

        Raises FaultsError for an unknown one or a wrong value.
        """
        self.faults = self._checked(self.faults.changed(msgspec.to_builtins(knobs)))

    def heal(self) -> None:
        """Put all knobs back to where they were at the start."""
        self.faults = self._initial_faults

    def next_failure(self, method: str) -> Failure | None:
        """Count a call and return the failure that is due for it, using it up."""
        self.count(method)
        failure, self.faults = self.faults.take(method)
        return failure

    def count(self, method: str) -> None:
        """Count a call."""
        self.calls[method if method in KNOWN_METHODS else UNKNOWN_METHOD] += 1

    def authenticate(self, authorization: str | None, cookie: str | None) -> Account:
        """Return the caller's account; a token wins over a cookie.

        Raises TokenError, and counts it.
        """
        try:
            if authorization is not None:
                return by_token(self.accounts, authorization, self.now, self.faults.token_expires)
            return self.sessions.account(cookie or "", self.now)
        except TokenError:
            self.refused_credentials += 1
            raise

    def answer(self, method: str, params: Any, account: Account) -> Any:
        """Return the result of a method at the virtual time.

        Raises PortalError as the method does.
        """
        return answer(self.orchestrator(), method, Call(account, params, self.now))

    def orchestrator(self) -> Orchestrator:
        """Return what the methods and resources look at, as the knobs stand."""
        faults = self.faults
        feed = Feed(
            self.world,
            self.timeline,
            self.seed,
            lag_s=faults.lag_s,
            late_s=faults.late_s,
            held_ms=held_ms(faults.late_edges, self.world),
        )
        return Orchestrator(
            feed,
            frozenset(faults.forbidden_enterprises),
            faults.era,
            faults.idle_rows,
            frozenset(faults.refused_with),
        )

    def state(self) -> dict[str, Any]:
        """Return what `GET /__sim/state` shows."""
        now = self.now
        return {
            "now": iso(now),
            "rate": self.clock.rate,
            "frozen": self.clock.frozen,
            "world": self.world.name,
            "seed": self.seed,
            "calls": dict(sorted(self.calls.items())),
            "refused": {
                "credentials": self.refused_credentials,
                "rate_limit": self.limiter.refused,
                "rate_limit_in_penalty": self.limiter.refused_in_penalty,
            },
            "sessions": len(self.sessions),
            "incidents": [
                {
                    **msgspec.to_builtins(one.incident),
                    "begins": iso(one.begins),
                    "ends": one.ends and iso(one.ends),
                    "link_count": len(one.links),
                    "links": sorted(one.links)[:MAX_LINKS_SHOWN],
                    "state": one.state(now),
                }
                for one in self.timeline.scheduled
            ],
            "faults": msgspec.to_builtins(self.faults),
        }

    def _bind(self, plan: Sequence[tuple[Incident, datetime]]) -> None:
        self._plan = tuple(plan)
        self.world = with_replacements(self._given_world, self._plan)
        self.timeline = Timeline.bound(self._plan, self.world, self.seed)

    def _checked(self, faults: Faults) -> Faults:
        """Return knobs whose edges exist.

        Raises FaultsError.
        """
        for one in faults.late_edges:
            if len(edges_called(one.edge, self._given_world)) != 1:
                raise FaultsError(f"late_edges: not exactly one edge is called {one.edge!r}")
        return faults


def edges_called(name: str, world: World) -> list[int]:
    """Return the ids of the edges with a display name, id or logical id."""
    return [
        edge.id
        for enterprise in world.enterprises
        for edge in enterprise.edges
        if name in {edge.name, str(edge.id), edge.logical_id}
    ]


def held_ms(late: Sequence[LateEdge], world: World) -> dict[int, list[tuple[int, int]]]:
    """Return from and until when edges hold their buckets back, by edge id."""
    held: dict[int, list[tuple[int, int]]] = {}
    for one in late:
        for edge_id in edges_called(one.edge, world):
            held.setdefault(edge_id, []).append((to_ms(one.since), to_ms(one.release)))
    return held
