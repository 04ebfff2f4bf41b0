import pytest

from satark.sandesh.wire.control import Hello, Identity
from satark.sandesh_gateway.server.admission import Holder, Verdict, admit

AGENT = Identity("host", "Compute", "agent", "0")
HELLO = Hello(AGENT, pid=7)
HERE, THERE = "192.0.2.1", "192.0.2.9"


def holder(*, host: str = HERE, pid: int = 7, connected: bool = True) -> Holder:
    """Who has the name."""
    return Holder(host, pid, 1, connected)


@pytest.mark.parametrize(
    ("held", "host", "anybody", "verdict"),
    [
        (None, HERE, False, Verdict.NEW),
        (holder(), HERE, False, Verdict.NEW),
        (holder(pid=8), HERE, False, Verdict.NEW),
        (holder(), THERE, False, Verdict.REFUSED),
        (holder(), THERE, True, Verdict.NEW),
        (holder(connected=False), HERE, False, Verdict.RESUMED),
        (holder(connected=False, pid=8), HERE, False, Verdict.NEW),
        (holder(connected=False, pid=0), HERE, False, Verdict.NEW),
        (holder(connected=False, pid=8), THERE, False, Verdict.NEW),
    ],
    ids=str,
)
def test_admits(held: Holder | None, host: str, anybody: bool, verdict: Verdict) -> None:
    """A name is not taken from a living connection of another host; a process that is back resumes."""
    assert verdict is admit(HELLO, host, held, anybody=anybody).verdict


NAMELESS = [Identity("h", "", "m", "0"), Identity("h", "n", "m", "")]
ENDLESS = [Identity("h" * 256, "n", "m", "0"), Identity("h", "n", "m" * 256, "0")]
AMBIGUOUS = [Identity("h", "n:x", "m", "0"), Identity("h", "n", "m", "0:1")]


@pytest.mark.parametrize("who", NAMELESS + ENDLESS + AMBIGUOUS, ids=lambda who: str(who)[:20])
def test_refuses_who_does_not_say_who_it_is(who: Identity) -> None:
    """As the originals do (clause 6.1); or says it at length, or so that it could be another."""
    assert Verdict.REFUSED is admit(Hello(who), HERE, None, anybody=True).verdict


def test_says_who_has_the_name() -> None:
    """For the log."""
    refused = admit(HELLO, THERE, holder(), anybody=False)

    assert refused.reason == "host:Compute:agent:0 is connected from 192.0.2.1"


def test_a_process_without_a_number_resumes_nothing() -> None:
    """It cannot be told from another."""
    assert Verdict.NEW is admit(Hello(AGENT), HERE, holder(connected=False, pid=0), anybody=False).verdict
