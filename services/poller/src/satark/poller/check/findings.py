"""What a checkup finds out about an orchestrator, as values. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from satark.poller.errors import (
    AuthError,
    InsecureError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    UnreachableError,
)
from satark.poller.orchestrator import Orchestrator
from satark.poller.schedule import TOLERATED_SKEW_S
from satark.poller.telling.expiry import expiry_of, remaining, stage_at


class Verdict(StrEnum):
    """How it is with one thing. The first two, and what was not asked, make nothing unreadable."""

    OK = "ok"
    WARNING = "warning"
    SKIPPED = "not asked"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    FAILED = "failed"


BAD = frozenset({Verdict.FORBIDDEN, Verdict.UNKNOWN, Verdict.FAILED})


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    detail: str = ""


class Examination(Struct, kw_only=True):
    """Everything that was found out about one orchestrator."""

    orchestrator: str
    url: str
    driver: str
    findings: list[Finding] = field(default_factory=list)
    enterprises: Annotated[int | None, Meta(description="Enterprises to be polled.")] = None
    edges: int | None = None
    links: int | None = None
    newest: Annotated[datetime | None, Meta(description="Start of the newest sample with values.")] = None
    data_delay_s: Annotated[float | None, Meta(description="Age of the end of that sample.")] = None

    @property
    def readable(self) -> bool:
        """Whether everything that was asked can be read."""
        return not any(finding.verdict in BAD for finding in self.findings)


def refused(what: str, error: OrchestratorError) -> Finding:
    """Return the finding of a call that failed: what may not be read, what the release lacks, and what went wrong."""
    verdict = Verdict.FAILED
    if isinstance(error, PrivilegeError):
        verdict = Verdict.FORBIDDEN
    elif isinstance(error, MethodError):
        verdict = Verdict.UNKNOWN
    return Finding(what, verdict, f"{error.reason}: {error.detail}")


def access(orchestrator: Orchestrator, errors: Sequence[OrchestratorError], *, known: bool) -> list[Finding]:
    """Return how one gets in, by the errors of the first questions; `known` says that the credential was accepted."""
    unreachable = next((e for e in errors if isinstance(e, UnreachableError)), None)
    insecure = next((e for e in errors if isinstance(e, InsecureError)), None)
    unwelcome = next((e for e in errors if isinstance(e, AuthError)), None)
    way = _way(orchestrator)
    login = Finding("login", Verdict.OK, way)
    if unwelcome is not None:
        login = Finding("login", Verdict.FAILED, f"{way}: {unwelcome.detail}")
    elif not known:
        login = Finding("login", Verdict.SKIPPED, way)
    reached = Finding("connection", Verdict.OK, orchestrator.base_url)
    if unreachable is not None and not known:
        return [Finding("connection", Verdict.FAILED, unreachable.detail), Finding("TLS", Verdict.SKIPPED), login]
    return [reached, _tls(orchestrator, insecure), login]


def _way(orchestrator: Orchestrator) -> str:
    if orchestrator.token is not None:
        return "API token"
    return f"as {orchestrator.username}" if orchestrator.username else "without a credential"


def _tls(orchestrator: Orchestrator, insecure: InsecureError | None) -> Finding:
    if insecure is not None:
        return Finding("TLS", Verdict.FAILED, insecure.detail)
    if orchestrator.base_url.startswith("http:"):
        return Finding("TLS", Verdict.WARNING, "none: plain http")
    if not orchestrator.verify:
        return Finding("TLS", Verdict.WARNING, "the certificate is not checked")
    return Finding("TLS", Verdict.OK, f"trusted by {orchestrator.ca_file}" if orchestrator.ca_file else "trusted")


def clock(skew_s: float) -> Finding:
    """Return how far the orchestrator's clock is from ours."""
    verdict = Verdict.OK if abs(skew_s) <= TOLERATED_SKEW_S else Verdict.WARNING
    direction = "ahead of" if skew_s > 0 else "behind"
    return Finding("clock", verdict, f"{abs(skew_s):.0f} s {direction} this machine's" if round(skew_s) else "as ours")


def token(orchestrator: Orchestrator, now: datetime) -> Finding:
    """Return when the token expires."""
    if orchestrator.token is None:
        return Finding("token", Verdict.SKIPPED, "there is none")
    expiry = expiry_of(orchestrator.bare_token)
    if expiry is None:
        return Finding("token", Verdict.OK, "does not say when it expires")
    verdict = Verdict.OK if stage_at(expiry, now) is None else Verdict.WARNING
    if expiry <= now:
        return Finding("token", Verdict.FAILED, f"expired on {expiry:%Y-%m-%d %H:%M} UTC")
    return Finding("token", verdict, f"expires on {expiry:%Y-%m-%d %H:%M} UTC, {remaining(expiry, now)}")
