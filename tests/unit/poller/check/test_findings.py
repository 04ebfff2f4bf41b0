from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satark.poller.check.findings import Examination, Finding, Verdict, access, clock, refused, token
from satark.poller.errors import (
    AuthError,
    InsecureError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnreachableError,
)
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def orchestrator(url: str = "vco.example.net", **changes: Any) -> Orchestrator:
    """Return an orchestrator with a token."""
    return Orchestrator(name="vco", url=url, **({"token": Secret("abc")} | changes))


def verdicts(
    *errors: OrchestratorError, known: bool = False, url: str = "vco.example.net", **changes: Any
) -> list[Verdict]:
    """Return the verdicts on connection, TLS and login."""
    return [finding.verdict for finding in access(orchestrator(url, **changes), errors, known=known)]


class TestAccess:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            (UnreachableError, ["failed", "not asked", "not asked"]),
            (InsecureError, ["ok", "failed", "not asked"]),
            (AuthError, ["ok", "ok", "failed"]),
            (ServerError, ["ok", "ok", "not asked"]),
        ],
    )
    def test_first_error(self, kind: type[OrchestratorError], expected: list[str]) -> None:
        """The first thing that fails is told; what is behind it is not known."""
        assert verdicts(kind("vco", "m", "d")) == expected

    def test_fine(self) -> None:
        """What was accepted is fine, also when something went wrong on the way."""
        assert verdicts(known=True) == ["ok"] * 3
        assert verdicts(UnreachableError("vco", "m", "d"), known=True) == ["ok"] * 3

    def test_insecure_by_choice(self) -> None:
        """What does not protect the credential is worth a warning."""
        assert verdicts(known=True, url="http://localhost")[1] is Verdict.WARNING
        assert verdicts(known=True, verify=False)[1] is Verdict.WARNING

    def test_way(self) -> None:
        """The login says as whom."""
        login = orchestrator(token=None, username="ann", password=Secret("geheim"))

        assert access(login, (), known=True)[2].detail == "as ann"
        assert access(orchestrator(token=None, driver="mapped"), (), known=True)[2].detail == "without a credential"


class TestRefused:
    @pytest.mark.parametrize(
        ("kind", "expected"), [(PrivilegeError, "forbidden"), (MethodError, "unknown"), (ServerError, "failed")]
    )
    def test_kinds(self, kind: type[OrchestratorError], expected: str) -> None:
        """Forbidden, unknown and failed are told apart, with the reason."""
        finding = refused("bulk", kind("vco", "m", "so it is"))

        assert (finding.what, finding.verdict, finding.detail) == ("bulk", expected, f"{kind.reason}: so it is")


class TestClock:
    @pytest.mark.parametrize(
        ("skew_s", "verdict", "detail"),
        [
            (0.4, "ok", "as ours"),
            (60.0, "ok", "60 s ahead of this machine's"),
            (-61.0, "warning", "61 s behind this machine's"),
        ],
    )
    def test_skew(self, skew_s: float, verdict: str, detail: str) -> None:
        """A clock that is more than a minute off is worth a warning."""
        assert clock(skew_s) == Finding("clock", Verdict(verdict), detail)


class TestToken:
    def test_opaque(self) -> None:
        """A token that says nothing is no fault."""
        assert token(orchestrator(), NOON).verdict is Verdict.OK
        assert token(orchestrator(token=None), NOON).verdict is Verdict.SKIPPED

    @pytest.mark.parametrize(("days", "expected"), [(31, "ok"), (30, "warning"), (0, "failed")])
    def test_expiry(self, days: int, expected: str) -> None:
        """A token that ends within 30 days is worth a warning, one that has ended is of no use."""
        # {"exp": 1775822400}: 2026-04-10T12:00Z
        jwt = Secret("e30.eyJleHAiOiAxNzc1ODIyNDAwfQ.c2ln")

        finding = token(orchestrator(token=jwt), datetime(2026, 4, 10, 12, tzinfo=UTC) - timedelta(days=days))

        assert finding.verdict.value == expected
        assert "2026-04-10 12:00 UTC" in finding.detail


class TestExamination:
    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_readable(self, verdict: Verdict) -> None:
        """Only what is forbidden, unknown or failed makes an orchestrator unreadable."""
        whole = Examination(orchestrator="o", url="u", driver="d", findings=[Finding("x", verdict)])

        assert whole.readable == (verdict in {Verdict.OK, Verdict.WARNING, Verdict.SKIPPED})
