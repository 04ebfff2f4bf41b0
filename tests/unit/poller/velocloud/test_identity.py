"""identity: one login, one renewal a look, none for a while once it was refused; and secrets that stay secret."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from satark.poller.errors import LoginRefusedError, OrchestratorError, ServerError
from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.http.identity import Fixed
from satark.poller.orchestrator import Orchestrator
from satark.poller.velocloud import identity
from satark.poller.velocloud.identity import LOGIN_BACKOFF, RENEWAL_S, Session, identity_of
from satark.runtime.settings import Secret
from tests.unit.poller.doubles import PASSWORD, TOKEN, sample_answer, settings_for, with_login

REFUSED = sample_answer("v1_login_failed.http")
DOWN = Answer(502, {"content-type": "text/html"}, b"<html>")
ENTERPRISE, OPERATOR = "login/enterpriseLogin", "login/operatorLogin"


def opened(cookie: str, status: int = 200) -> Answer:
    """Return the answer to a good login."""
    return Answer(status, {}, b"", (f"velocloud.session={cookie}; Path=/; HttpOnly",))


@dataclass
class Doors:
    """Answers logins: the next of a page's answers, its last one for ever; remembers what came."""

    answers: defaultdict[str, list[Answer]] = field(default_factory=lambda: defaultdict(lambda: [REFUSED]))
    calls: Counter[str] = field(default_factory=Counter)
    requests: list[Request] = field(default_factory=list)
    carried: list[Mapping[str, str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    async def __call__(self, request: Request, carried: Mapping[str, str], asked: Asked) -> Answer:
        """Answer one request, after a while."""
        self.calls[request.method] += 1
        self.requests.append(request)
        self.carried.append(carried)
        self.asked.append(asked)
        await asyncio.sleep(0)
        left = self.answers[request.method]
        return left.pop(0) if len(left) > 1 else left[0]


@dataclass
class Clock:
    """A monotonic clock that stands until it is moved."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of logins."""
    one = Clock()
    monkeypatch.setattr(identity, "monotonic", one)
    return one


def orchestrator(**changes: Any) -> Orchestrator:
    """Return an orchestrator with a login."""
    return with_login(settings_for("https://vco.example.net"), "ann@example.net", PASSWORD, **changes)


def doors(**answers: list[Answer]) -> Doors:
    """Return doors by kind of user."""
    one = Doors()
    one.answers.update({f"login/{kind}Login": list(given) for kind, given in answers.items()})
    return one


async def renewed(session: Session, at: Doors) -> bool:
    """Return whether the session that is held can be renewed."""
    return await session.renew(await session.headers(at), at)


class TestLogin:
    async def test_once(self) -> None:
        """Callers at the same time log in once, and carry the same cookie."""
        at, session = doors(enterprise=[opened("one"), opened("two")]), Session(orchestrator())
        carried = await asyncio.gather(*(session.headers(at) for _ in range(5)))

        assert carried == [{"Cookie": "velocloud.session=one"}] * 5
        assert at.calls == {ENTERPRISE: 1}

    async def test_request(self) -> None:
        """A login posts name and password as JSON to the login page, with no credential in its headers."""
        at = doors(enterprise=[opened("one", status=302)])
        await Session(orchestrator()).headers(at)
        request = at.requests[0]

        assert (request.verb, request.path, at.carried) == ("POST", "/login/enterpriseLogin", [{}])
        assert msgspec.json.decode(request.body or b"") == {"username": "ann@example.net", "password": PASSWORD}

    @pytest.mark.parametrize(
        ("login", "calls"),
        [("auto", {ENTERPRISE: 1, OPERATOR: 1}), ("operator", {OPERATOR: 1})],
    )
    async def test_operator(self, login: str, calls: dict[str, int]) -> None:
        """An operator gets in by the second page, or by the one that was named."""
        at = doors(operator=[opened("one")])
        await Session(orchestrator(login=login)).headers(at)

        assert at.calls == calls

    async def test_remembers_the_page(self, clock: Clock) -> None:
        """The page that let one in is asked first the next time."""
        at, session = doors(operator=[opened("one"), opened("two")]), Session(orchestrator())
        await session.headers(at)
        clock.now += RENEWAL_S

        assert await renewed(session, at)
        assert at.calls == {ENTERPRISE: 1, OPERATOR: 2}


class TestRenewal:
    async def test_other_session(self) -> None:
        """A stale session is replaced by a new login."""
        at, session = doors(enterprise=[opened("one"), opened("two")]), Session(orchestrator())

        assert await renewed(session, at)
        assert await session.headers(at) == {"Cookie": "velocloud.session=two"}

    async def test_together(self) -> None:
        """Callers whose session expired at the same time log in once between them."""
        at, session = doors(enterprise=[opened("one"), opened("two")]), Session(orchestrator())
        stale = await session.headers(at)

        assert await asyncio.gather(*(session.renew(stale, at) for _ in range(5))) == [True] * 5
        assert at.calls[ENTERPRISE] == 2

    async def test_once_a_look(self, clock: Clock) -> None:
        """Within a look there is one renewal, however long the look lasts."""
        at, session = doors(enterprise=[opened(name) for name in "abcd"]), Session(orchestrator())

        assert await renewed(session, at)
        clock.now += 10 * RENEWAL_S
        assert not await renewed(session, at)
        session.begin_cycle()
        assert await renewed(session, at)
        assert at.calls[ENTERPRISE] == 3

    async def test_not_within_a_minute(self, clock: Clock) -> None:
        """Within a minute there is one renewal, however many looks begin."""
        at, session = doors(enterprise=[opened(name) for name in "abcd"]), Session(orchestrator())
        assert await renewed(session, at)
        for passed in (0.0, 30.0, 29.9):
            clock.now += passed
            session.begin_cycle()
            assert not await renewed(session, at)
        clock.now += 0.2

        assert await renewed(session, at)
        assert at.calls[ENTERPRISE] == 3

    async def test_refused(self, clock: Clock) -> None:
        """A password that was changed meanwhile is refused once, and the error says so at each look from then on."""
        at, session = doors(enterprise=[opened("one"), REFUSED]), Session(orchestrator(login="enterprise"))
        stale = await session.headers(at)
        for _ in range(5):
            session.begin_cycle()
            with pytest.raises(LoginRefusedError, match="Invalid username or password"):
                await session.headers(at) if at.calls[ENTERPRISE] > 1 else await session.renew(stale, at)
            clock.now += 50

        assert at.calls[ENTERPRISE] == 2


class TestBackoff:
    async def test_grows(self, clock: Clock) -> None:
        """A refused login is tried after five minutes, ten, twenty …, and once an hour in the end."""
        at, session = doors(), Session(orchestrator(login="enterprise"))
        begun, tries = clock.now, []
        while clock.now - begun < 4 * 3_600:
            session.begin_cycle()
            before = at.calls[ENTERPRISE]
            with pytest.raises(LoginRefusedError, match="Invalid username or password"):
                await session.headers(at)
            if at.calls[ENTERPRISE] > before:
                tries.append(int(clock.now - begun) // 60)
            clock.now += 60

        assert tries == [0, 5, 15, 35, 75, 135, 195]
        assert LOGIN_BACKOFF.delay_s(0) == 300.0

    async def test_other_page_fails(self, clock: Clock) -> None:
        """While one page refuses and the other is out of order, only the latter is asked again."""
        at, session = doors(operator=[DOWN]), Session(orchestrator())
        for _ in range(4):
            clock.now += 5
            with pytest.raises(ServerError):
                await session.headers(at)

        assert at.calls == {ENTERPRISE: 1, OPERATOR: 4}

    async def test_failing_page(self) -> None:
        """A page that is out of order says nothing of the password, and may be asked again."""
        at, session = doors(enterprise=[DOWN, opened("one")]), Session(orchestrator())
        with pytest.raises(ServerError):
            await session.headers(at)

        assert await session.headers(at) == {"Cookie": "velocloud.session=one"}

    async def test_forgotten(self, clock: Clock) -> None:
        """After a good login the next refusal is a first one again."""
        at = doors(enterprise=[REFUSED, REFUSED, opened("one"), REFUSED])
        session = Session(orchestrator(login="enterprise"))
        for wait_s in (0, 300, 600):
            clock.now += wait_s
            try:
                await session.headers(at)
            except LoginRefusedError:
                continue
        with pytest.raises(LoginRefusedError):
            await renewed(session, at)
        clock.now += 299
        with pytest.raises(LoginRefusedError):
            await session.headers(at)

        assert at.calls[ENTERPRISE] == 4


class TestEnd:
    async def test_logout(self) -> None:
        """A session is closed with its cookie, once; the next request logs in again."""
        at, session = doors(enterprise=[opened("one"), opened("two")]), Session(orchestrator())
        at.answers["logout"] = [sample_answer("v1_logout.http")]
        await session.headers(at)
        await session.end(at)
        await session.end(at)

        assert at.calls["logout"] == 1
        assert at.carried[-1] == {"Cookie": "velocloud.session=one"}
        assert await session.headers(at) == {"Cookie": "velocloud.session=two"}

    async def test_failing_logout(self) -> None:
        """A logout that fails is of no interest."""

        async def gone(_request: Request, _carried: Mapping[str, str], asked: Asked) -> Answer:
            raise asked.fail(OrchestratorError, "gone")

        session = Session(orchestrator())
        await session.headers(doors(enterprise=[opened("one")]))
        await session.end(gone)

        assert session.secrets == (PASSWORD,)


class TestSecrets:
    async def test_known(self) -> None:
        """The password is a secret from the beginning, the cookie as soon as it is there; logging out uses both."""
        at, session = doors(enterprise=[opened("one-cookie")]), Session(orchestrator())
        before = session.secrets
        await session.headers(at)

        assert (before, session.secrets) == ((PASSWORD,), (PASSWORD, "one-cookie"))
        assert at.asked[0].secrets == (PASSWORD,)

    async def test_refusal_that_repeats_the_password(self) -> None:
        """What the login page says is told without the password, at once and later."""
        echo = Answer(302, {}, b"", (f"velocloud.message=Wrong%20password%20{PASSWORD}",))
        session = Session(orchestrator(login="enterprise"))
        for _ in range(2):
            with pytest.raises(LoginRefusedError, match=r"Wrong password \*\*\*") as caught:
                await session.headers(doors(enterprise=[echo]))

            assert PASSWORD not in str(caught.value)


class TestToken:
    def test_wins(self) -> None:
        """Where there are both, the token counts."""
        both = msgspec.structs.replace(orchestrator(), token=Secret(TOKEN))

        assert isinstance(identity_of(both), Fixed)
        assert isinstance(identity_of(orchestrator()), Session)
