import asyncio
import threading
import time

import structlog

from satark.notifier.channels.delivery import Sent, Unrenderable
from satark.notifier.channels.email import EmailChannel
from satark.notifier.mail.message import Letterhead
from satark.notifier.routing.model import EMAIL, Target
from satark.notifier.routing.receivers import EmailConfig
from satark.notifier.telling import Part, Telling
from tests.unit.notifier.channels.postmen import postman
from tests.unit.notifier.channels.scripted_server import QUIT, ScriptedServer, scripted
from tests.unit.notifier.scenes import WRITTEN, opened

HEAD = Letterhead("Satark <alerts@example.net>", "example.net")
TO = Target("noc", EMAIL, "noc@example.net", EmailConfig("noc@example.net"))
TOLD = Telling(TO, (Part("one", opened()),))


class TestEmailChannel:
    async def test_writes_and_sends(self) -> None:
        """What is told becomes a mail, and closing ends the connection that was kept."""
        async with scripted(ScriptedServer()) as server:
            channel = EmailChannel(HEAD, postman(server.port))
            delivery = await channel.deliver(TOLD, WRITTEN)
            await channel.close()

        assert isinstance(delivery, Sent)
        assert delivery.message_id is not None
        assert delivery.message_id.encode() in server.accepted[0]
        assert QUIT == server.said[-1]

    async def test_lets_others_work_while_it_draws(self) -> None:
        """Drawing takes a while, in which the loop is not held up."""
        threads: list[int] = []

        def draw(_event: object, _now: object) -> None:
            threads.append(threading.get_ident())
            time.sleep(0.2)  # noqa: TID251 - what a drawing is like

        async def heartbeats() -> int:
            count = 0
            while not delivering.done():
                count += 1
                await asyncio.sleep(0.01)
            return count

        async with scripted(ScriptedServer()) as server:
            head = Letterhead(HEAD.sender, HEAD.domain, draw=draw)
            channel = EmailChannel(head, postman(server.port))
            delivering = asyncio.create_task(channel.deliver(TOLD, WRITTEN))
            count = await heartbeats()
            await channel.close()

        assert threads != [threading.get_ident()]
        assert count > 5

    async def test_draws_one_at_a_time(self) -> None:
        """Mails that come together are written one after the other."""
        at_work: list[int] = []

        def draw(_event: object, _now: object) -> None:
            at_work.append(1)
            assert 1 == len(at_work)
            time.sleep(0.02)  # noqa: TID251 - as above
            at_work.pop()

        async with scripted(ScriptedServer()) as server:
            channel = EmailChannel(Letterhead(HEAD.sender, HEAD.domain, draw=draw), postman(server.port))
            deliveries = await asyncio.gather(*(channel.deliver(TOLD, WRITTEN) for _ in range(5)))
            await channel.close()

        assert all(isinstance(delivery, Sent) for delivery in deliveries)

    async def test_keeps_what_it_cannot_write_from_the_server(self) -> None:
        """What cannot be written is ours to mend: it is logged with its traceback, and nobody is asked anything."""
        async with scripted(ScriptedServer()) as server:
            channel = EmailChannel(Letterhead("nobody", HEAD.domain), postman(server.port))
            with structlog.testing.capture_logs() as logs:
                delivery = await channel.deliver(TOLD, WRITTEN)
            await channel.close()

        assert Unrenderable("ValueError: 'nobody' is not a mail address") == delivery
        assert ["mail_unrenderable"] == [entry["event"] for entry in logs]
        assert not server.said
