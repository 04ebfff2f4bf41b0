"""Report: an orchestrator is unreadable when going on was useless, or when no call worked."""

from satark.poller.errors import AuthError, OrchestratorError, ServerError, UnreachableError
from satark.poller.look.report import Report
from tests.unit.poller.links import at

SERVER = ServerError("vco.example.net", "method", "internal error")
SILENT = UnreachableError("vco.example.net", "method", "no answer")
DENIED = AuthError("vco.example.net", "method", "token expired")


def report(calls: int, *failed: OrchestratorError, hopeless: bool = False) -> Report:
    """Return what a look with so many calls came to."""
    made = Report(at(1), at(0), calls=calls)
    for error in failed:
        made.fail(error, hopeless=hopeless)
    return made


class TestProblem:
    def test_none(self) -> None:
        """A look in which all calls worked, or none was due, is no problem."""
        assert report(3).problem is None
        assert report(0).problem is None

    def test_some(self) -> None:
        """One failing call does not make the orchestrator unreadable."""
        assert report(2, SERVER).problem is None

    def test_all(self) -> None:
        """When every call failed the first error stands for them."""
        assert report(2, SERVER, SILENT).problem is SERVER

    def test_hopeless(self) -> None:
        """An error that every further call would meet is the problem, though others worked before."""
        assert report(9, DENIED, hopeless=True).problem is DENIED

    def test_counted(self) -> None:
        """Failures are counted by reason."""
        assert report(3, SERVER, SERVER, SILENT).failed == {"server_error": 2, "unreachable": 1}
