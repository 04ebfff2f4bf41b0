from collections.abc import Sequence

import pytest

from satark.sandesh.wire.control import Hello, Identity
from satark.sandesh_gateway.server.admission import Holder
from satark.sandesh_gateway.server.generators import Generator, Generators
from satark.sandesh_gateway.server.sessions import Cluster, Sessions
from satark.schemas.codec import Event
from satark.schemas.generators import Connection, GeneratorSession
from satark.schemas.uves import SharesWithdrawn
from tests.support.waiting import eventually

AGENT = Identity("host", "Compute", "agent", "0")
HELLO = Hello(AGENT, uve_types=("Vn",), pid=7)
HOST = "192.0.2.1"


class Desk:
    """Sessions, what they told, and whom they hung up."""

    def __init__(self, *, resume_s: float = 0.0, elsewhere: Holder | None = None, least: int = 0) -> None:
        self.told: list[str] = []
        self.hung_up: list[str] = []
        self.ended: list[str] = []
        self.generators = Generators()
        self.sessions = Sessions(
            "gw",
            self.generators,
            Cluster(holder=lambda _: elsewhere, next_session=lambda _, now_us: max(now_us, least)),
            self._tell,
            resume_s=resume_s,
            anybody=False,
            on_end=self.ended.append,
        )
        self.numbers: list[int] = []

    def begin(self, hello: Hello = HELLO, host: str = HOST) -> Generator | None:
        """A generator says hello."""
        return self.sessions.begin(hello, host, lambda each: self.hung_up.append(each.name))[0]

    def _tell(self, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case GeneratorSession(state=state, session=session):
                    self.told.append(state.value)
                    self.numbers.append(session)
                case SharesWithdrawn(reason=reason, through=through):
                    self.told.append(reason)
                    self.numbers.append(through)


def begun(desk: Desk, hello: Hello = HELLO, host: str = HOST) -> Generator:
    """A generator that was accepted."""
    generator = desk.begin(hello, host)
    assert generator is not None
    return generator


def test_a_session_begins_with_the_end_of_all_before() -> None:
    """Whoever held the generator last, and however it ended."""
    desk = Desk()

    generator = begun(desk)

    assert desk.told == ["new_session", Connection.UP.value]
    assert [generator.session - 1, generator.session] == desk.numbers


def test_its_end_withdraws_its_shares() -> None:
    """Then it is said to be down; and who waits for its answers is told."""
    desk = Desk()
    generator = begun(desk)

    desk.sessions.lost(generator, "closed by the peer")

    assert desk.told[2:] == ["session_lost", Connection.DOWN.value]
    assert [generator.session] * 2 == desk.numbers[2:]
    assert desk.ended == [generator.name]
    assert (generator.resets, generator.connected, generator.open) == (1, False, False)


def test_ends_once() -> None:
    """Losses that are noticed twice are told once."""
    desk = Desk()
    generator = begun(desk)

    desk.sessions.lost(generator, "")
    desk.sessions.lost(generator, "")
    desk.sessions.end(generator, "gateway_stopped")

    assert len(desk.told) == 4


def test_sessions_of_one_generator_have_growing_numbers() -> None:
    """Also when the clock stands still or goes back, and above what other gateways gave."""
    desk = Desk(least=2**60)

    first = begun(desk).session
    second = begun(desk).session

    assert 2**60 == first
    assert second > first


def test_the_older_connection_is_hung_up() -> None:
    """It is half open: the same host connects again."""
    desk = Desk()

    generator = begun(desk)
    begun(desk)

    assert [generator.name] == desk.hung_up
    assert (generator.connects, generator.resets) == (2, 1)
    assert desk.told == ["new_session", "up", "new_session", "up"]


@pytest.mark.parametrize(("connected", "accepted"), [(True, False), (False, True)])
def test_a_name_that_lives_at_another_gateway_is_not_given_away(connected: bool, accepted: bool) -> None:
    """To another host; when that gateway is dead it is free."""
    desk = Desk(elsewhere=Holder("192.0.2.9", 0, 5, connected=connected))

    assert accepted is (desk.begin() is not None)


async def test_a_process_that_is_back_in_time_resumes() -> None:
    """Nothing is withdrawn, and it is told what Kafka has."""
    desk = Desk(resume_s=60.0)
    generator = begun(desk)
    session = generator.session
    desk.sessions.reply(HELLO)
    desk.sessions.acknowledged(generator, session, ("VnTrace", "Vn"), 12)

    desk.sessions.lost(generator, "")
    again, reply = desk.sessions.begin(HELLO, HOST, lambda _: None)

    assert again is generator
    assert {"Vn": 12} == dict(reply.seen)
    assert desk.told == ["new_session", "up", "up"]
    assert session == generator.session
    desk.sessions.end_all("gateway_stopped")


async def test_who_is_not_back_in_time_begins_anew() -> None:
    """The session ends by itself."""
    desk = Desk(resume_s=0.01)
    generator = begun(desk)
    session = generator.session

    desk.sessions.lost(generator, "")
    await eventually(lambda: not generator.open, 5.0, what="the end of the session")
    _, reply = desk.sessions.begin(HELLO, HOST, lambda _: None)

    assert desk.told == ["new_session", "up", "session_lost", "down", "new_session", "up"]
    assert generator.session > session
    assert {"Vn": 0} == dict(reply.seen)


async def test_another_process_resumes_nothing() -> None:
    """Its numbers begin at one again."""
    desk = Desk(resume_s=60.0)
    generator = begun(desk)

    desk.sessions.lost(generator, "")
    begun(desk, Hello(AGENT, uve_types=("Vn",), pid=8))

    assert desk.told == ["new_session", "up", "new_session", "up"]


def test_an_acknowledgement_of_an_earlier_session_does_not_count() -> None:
    """The generator sends everything again in the new one."""
    desk = Desk()
    generator = begun(desk)
    session = generator.session
    desk.sessions.lost(generator, "")
    begun(desk)

    desk.sessions.acknowledged(generator, session, ("VnTrace", "Vn"), 12)

    assert {"Vn": 0} == dict(desk.sessions.reply(HELLO).seen)


def test_an_end_that_others_told_is_not_told_again() -> None:
    """On the topic of sessions the last word counts: it is theirs."""
    desk = Desk()
    generator = begun(desk)

    desk.sessions.end(generator, "superseded", told=False)

    assert desk.told[2:] == ["superseded"]
