from satark.notifier.channels.build import channels_of, letterhead_of, postman_of
from satark.notifier.channels.smtp_mechanism import Mechanism
from satark.notifier.routing.model import ALERTMANAGER, EMAIL, SLACK, WEBHOOK
from satark.notifier.settings import NotifierSettings
from satark.runtime.links import LinkSettings
from satark.runtime.settings import Secret, load
from tests.support.ports import free_port
from tests.unit.notifier.channels.postmen import letter
from tests.unit.notifier.channels.scripted_server import BANNER, QUIT, USER, WORD, ScriptedServer, scripted


def settings(port: int, **more: str) -> NotifierSettings:
    """Return settings as the environment gives them."""
    environ = {
        "SATARK_NOTIFIER_SMTP_URL": f"smtp://{USER}@127.0.0.1:{port}",
        "SATARK_NOTIFIER_SMTP_PASSWORD": WORD,
        "SATARK_NOTIFIER_SENDER": "Satark <alerts@example.net>",
        "SATARK_NOTIFIER_RECEIVERS": "noc@example.net",
    }
    return load("notifier", NotifierSettings, environ | {f"SATARK_NOTIFIER_{n}": v for n, v in more.items()})


class TestChannelsOf:
    def test_are_of_all_kinds(self) -> None:
        """Each kind that a target can have, under its own name; nothing is opened."""
        channels = channels_of(settings(free_port()))

        assert {EMAIL, WEBHOOK, ALERTMANAGER, SLACK} == set(channels)
        assert all(kind == channel.name for kind, channel in channels.items())

    async def test_can_be_closed_unused(self) -> None:
        """As when the service stops at once."""
        for channel in channels_of(settings(free_port())).values():
            await channel.close()


class TestLetterheadOf:
    def test_leads_to_the_console(self) -> None:
        """Mails lead to the page of the incident where the console has an address, but the operator's own link comes first."""
        reached = LinkSettings(url="https://noc.example.com/satark/", keys=Secret("k" * 32))
        own = "https://tickets.example.com/?about={incident}"

        assert (
            "https://noc.example.com/satark/console/incidents/{incident}"
            == letterhead_of(settings(1), reached).console_url
        )
        assert own == letterhead_of(settings(1, CONSOLE_URL=own), reached).console_url
        assert letterhead_of(settings(1), LinkSettings()).console_url is None


class TestPostmanOf:
    async def test_goes_by_the_settings(self) -> None:
        """User, password, mechanism, and how many mails a connection carries."""
        server = ScriptedServer(extensions=("AUTH PLAIN LOGIN",))
        async with scripted(server):
            found = settings(server.port, SMTP_MECHANISM="login", CONNECTION_MAILS="1")
            carrier = postman_of(found)
            for _ in range(2):
                await carrier.post(letter())

        assert Mechanism.LOGIN is found.smtp_mechanism
        assert ["LOGIN", "LOGIN"] == server.logins
        assert (2, 2) == (server.count(BANNER), server.count(QUIT))

    def test_knows_that_a_mechanism_needs_a_password(self) -> None:
        """A mechanism without anybody who logs in is a mistake."""
        found = NotifierSettings(
            smtp_url="smtp://127.0.0.1:25",
            sender="alerts@example.net",
            receivers=("noc@example.net",),
            smtp_mechanism=Mechanism.XOAUTH2,
        )

        assert ["SMTP_MECHANISM is xoauth2, but SMTP_PASSWORD is missing"] == list(found.mistakes())
        assert Secret(WORD) == settings(1).smtp_password
