"""Who may pass: credentials, roles, the Host header and the rate, in that order, with every refusal counted and logged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from satark.analytics.web import metrics, rates
from satark.analytics.web.callers import Caller, Credential, DeniedError, Refusal, identify, permit
from satark.analytics.web.hosts import host_name
from satark.analytics.web.problem import Problem
from satark.analytics.web.rates import Rates
from satark.analytics.web.route import Role
from satark.runtime.hosts import is_loopback

ANYBODY = "anybody"
"""The name of a caller where none is asked for."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Admission:
    """Who passed, and what its answer says of the rate limit."""

    caller: Caller
    headers: Mapping[str, str]


class Access:
    """Decides who passes. Without credentials everybody may do everything, which is for a loopback port only."""

    def __init__(
        self, *, credentials: Iterable[Credential] | None, rate: Rates | None, clock: Callable[[], float]
    ) -> None:
        """`credentials` is iterated for each request; `clock` tells monotonic seconds."""
        self._credentials = credentials
        self._rate = rate
        self._clock = clock

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return self._credentials is None

    def admit(self, headers: Mapping[str, str], role: Role, *, address: str, where: str) -> Admission:
        """Return who calls. Raises Problem (401, 403, 421, 429); `where` is the route, for the log."""
        try:
            return self._admit(headers, role, address)
        except DeniedError as error:
            metrics.DENIALS.labels(error.refusal.value).inc()
            log.warning("request_denied", reason=error.refusal.value, route=where, address=address, detail=str(error))
            raise error.problem from None

    def _admit(self, headers: Mapping[str, str], role: Role, address: str) -> Admission:
        try:
            caller = self._caller(headers, role, address)
        except DeniedError:
            self._take(f"address {address}")  # guesses are limited, too
            raise
        is_known = self._credentials is not None and role is not Role.ANYONE
        said = self._take(f"caller {caller.name}" if is_known else f"address {address}")
        permit(caller, role)
        return Admission(caller, said)

    def _caller(self, headers: Mapping[str, str], role: Role, address: str) -> Caller:
        if role is Role.ANYONE:
            return Caller(ANYBODY, Role.ANYONE, address)
        if self._credentials is not None:
            return identify(headers, self._credentials, address=address)
        if not is_loopback(host_name(headers.get("host", "")) or ""):
            # A page anywhere may resolve its own name to 127.0.0.1 and have its reader's browser ask us.
            problem = Problem(421, "wrong_host", "without credentials this answers to localhost only, by its own names")
            raise DeniedError(Refusal.HOST, problem)
        return Caller(ANYBODY, Role.ADMIN, address)

    def _take(self, bucket: str) -> dict[str, str]:
        if self._rate is None:
            return {}
        verdict = self._rate.take(bucket, self._clock())
        said = rates.headers(verdict, self._rate.policy)
        if not verdict.allowed:
            detail = f"too many requests; the next may come in {verdict.wait_s} s"
            raise DeniedError(Refusal.RATE, Problem(429, "too_many_requests", detail, headers=said))
        return said
