import asyncio

import pytest

from satark.notifier.channels.delivery import Permanent, Retry, Sent
from satark.notifier.channels.smtp import Keeping
from tests.support.waiting import eventually
from tests.unit.notifier.channels.postmen import letter, postman
from tests.unit.notifier.channels.scripted_server import (
    BANNER,
    DATA,
    DOT,
    EHLO,
    MAIL,
    QUIT,
    RCPT,
    RSET,
    Fault,
    ScriptedServer,
    scripted,
)

ONE_MAIL = [MAIL, RCPT, DATA, DOT]


class TestKeeping:
    async def test_sends_several_mails_on_a_connection(self) -> None:
        """Before each but the first the server is asked whether it still answers."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port)
            for _ in range(3):
                assert isinstance(await carrier.post(letter()), Sent)
            await carrier.close()

        assert [BANNER, EHLO, *ONE_MAIL, RSET, *ONE_MAIL, RSET, *ONE_MAIL, QUIT] == server.said

    async def test_begins_another_after_so_many(self) -> None:
        """No connection carries more than it should."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port, keeping=Keeping(mails=2))
            for _ in range(5):
                await carrier.post(letter())
            await carrier.close()

        assert 3 == server.connections
        assert 3 == server.count(QUIT)

    async def test_begins_another_after_so_long(self) -> None:
        """A connection that is old enough ends with the mail that it carries."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port, keeping=Keeping(age_s=0.0))
            await carrier.post(letter())
            await carrier.post(letter())

        assert 2 == server.connections
        assert QUIT == server.said[-1]

    async def test_ends_an_idle_one(self) -> None:
        """A server's connections are not held without need."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port, keeping=Keeping(idle_s=0.05))
            await carrier.post(letter())
            await eventually(lambda: server.count(QUIT), what="goodbye")
            await eventually(lambda: not server.open, what="the end of the connection")

            assert isinstance(await carrier.post(letter()), Sent)
            await carrier.close()

        assert 2 == server.connections

    async def test_takes_one_mail_at_a_time(self) -> None:
        """Mails that come together go one after the other, on one connection."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port)
            deliveries = await asyncio.gather(*(carrier.post(letter()) for _ in range(5)))
            await carrier.close()

        assert 5 == sum(isinstance(delivery, Sent) for delivery in deliveries)
        assert 1 == server.connections

    async def test_can_be_closed_twice_and_used_again(self) -> None:
        """Closing ends connections, not the postman."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port)
            await carrier.close()
            await carrier.post(letter())
            await carrier.close()
            await carrier.close()

            assert isinstance(await carrier.post(letter()), Sent)
            await carrier.close()

    async def test_survives_its_own_cancellation(self) -> None:
        """Who is stopped in the middle of a mail leaves no connection in the middle of one."""
        async with scripted(ScriptedServer({DOT: [Fault.HANG]})) as server:
            carrier = postman(server.port)
            posting = asyncio.create_task(carrier.post(letter()))
            await eventually(lambda: server.received, what="the mail")
            posting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await posting

            assert isinstance(await carrier.post(letter()), Sent)
            await carrier.close()

        assert 2 == server.connections


class TestStale:
    async def test_costs_no_retry(self) -> None:
        """A server that closed what was idle takes the next mail on a new connection, in the same try."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port)
            await carrier.post(letter())
            server.hang_up()
            await eventually(lambda: not server.open, what="the end of the connection")

            delivery = await carrier.post(letter())
            await carrier.close()

        assert isinstance(delivery, Sent)
        assert 2 == server.connections
        assert 2 == len(server.accepted)

    @pytest.mark.parametrize("fault", [*Fault, "421 idle for too long", "500 what", "451 no"])
    async def test_costs_no_retry_when_the_server_refuses_to_begin_again(self, fault: str | Fault) -> None:
        """Whatever it answers to RSET, a new connection is worth a try."""
        async with scripted(ScriptedServer({RSET: [fault]})) as server:
            carrier = postman(server.port, timeout_s=0.4)
            await carrier.post(letter())
            delivery = await carrier.post(letter())
            await carrier.close()

        assert isinstance(delivery, Sent)
        assert 2 == server.connections

    @pytest.mark.parametrize("fault", [Fault.DROP, Fault.HANG, "421 too many mails in this connection"])
    async def test_costs_no_retry_when_the_server_wants_no_more_of_it(self, fault: str | Fault) -> None:
        """A connection that ends before the mail is spoken of has not refused it."""
        async with scripted(ScriptedServer({MAIL: ["250 OK", fault]})) as server:
            carrier = postman(server.port, timeout_s=0.4)
            await carrier.post(letter())
            delivery = await carrier.post(letter())
            await carrier.close()

        assert isinstance(delivery, Sent)
        assert 2 == server.connections

    async def test_is_opened_again_but_once(self) -> None:
        """A server that closes each connection is a server that is down."""
        async with scripted(ScriptedServer({MAIL: ["250 OK", *["421 no"] * 5]})) as server:
            carrier = postman(server.port)
            await carrier.post(letter())
            delivery = await carrier.post(letter())

        assert Retry("421 no", whole=True) == delivery
        assert 2 == server.connections

    async def test_is_not_what_a_refusal_is(self) -> None:
        """A refusal on a kept connection is one: no other connection is asked for a kinder word."""
        async with scripted(ScriptedServer({MAIL: ["250 OK", "550 no"]})) as server:
            carrier = postman(server.port)
            await carrier.post(letter())
            delivery = await carrier.post(letter())
            await carrier.close()

        assert Permanent("550 no") == delivery
        assert 1 == server.connections
