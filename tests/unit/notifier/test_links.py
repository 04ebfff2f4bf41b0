from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from satark.notifier.events import Event, incident_of
from satark.notifier.links import links_of
from satark.notifier.mail.message import Letterhead, compose
from satark.notifier.routing.model import EMAIL, WEBHOOK, Target
from satark.notifier.routing.receivers import EmailConfig
from satark.notifier.telling import Aside, Part, Telling
from satark.runtime.links import LinkSettings
from satark.runtime.secret import Secret
from satark.runtime.signed import Grant, Purpose, verify
from tests.unit.notifier.group_scenes import group
from tests.unit.notifier.scenes import WRITTEN, opened, resolved, updated

KEY, OLD = "k" * 32, "o" * 32
SETTINGS = LinkSettings(url="https://satark.example.com/x/", keys=Secret(f"{KEY},{OLD}"), valid_s=3600)
WHO = "noc@example.net"
TARGET = Target("noc", EMAIL, WHO, EmailConfig(WHO))


def made(event: Event, target: Target = TARGET, aside: Aside | None = None) -> dict[str, str]:
    """Return the links of a mail by their labels."""
    links = links_of(SETTINGS)
    assert links is not None
    return dict(links(Part("mail-1", event, aside or Aside()), target, WRITTEN))


def granted(url: str) -> Grant:
    """Return what a link grants, as analytics reads it."""
    return verify(urlsplit(url).path.rpartition("/")[2], SETTINGS.key_bytes[:1], WRITTEN)


class TestLinks:
    @pytest.mark.parametrize("event", [opened(), updated(opened())])
    def test_say_who_may_do_what(self, event: Event) -> None:
        """An open incident has a link to acknowledge and three to silence, for the mail's receiver and for a time."""
        found = made(event)

        assert ["Acknowledge", "Silence 1 h", "Silence 4 h", "Silence until resolved"] == [*found]
        assert [Purpose.ACKNOWLEDGE, *[Purpose.SILENCE] * 3] == [granted(url).purpose for url in found.values()]
        assert ["", "for=1h", "for=4h", "for=resolved"] == [urlsplit(url).query for url in found.values()]
        for url in found.values():
            assert url.startswith("https://satark.example.com/x/act/")
            assert (incident_of(event), WHO, "mail-1", WRITTEN.replace(microsecond=0), timedelta(hours=1)) == (
                granted(url).incident,
                granted(url).who,
                granted(url).mail,
                granted(url).issued,
                granted(url).expires - granted(url).issued,
            )

    def test_where_there_is_nothing_to_do(self) -> None:
        """What is over, a group, and what is no mail have no links."""
        assert {} == made(resolved(opened()))
        assert {} == made(opened(), aside=Aside(latest=resolved(opened())))
        assert {} == made(group(opened(), opened()))
        assert {} == made(opened(), replace(TARGET, channel=WEBHOOK))

    def test_without_settings_there_are_none(self) -> None:
        """Where no URL and key are set mails have no links."""
        assert links_of(LinkSettings()) is None


class TestMails:
    def test_have_the_links_in_both_parts(self) -> None:
        """Text and HTML of a mail have every link, whole."""
        head = Letterhead("satark@example.net", "example.net", links=links_of(SETTINGS))

        mail = compose(Telling(TARGET, (Part("mail-1", opened()),)), head, WRITTEN)

        content = mail.content.replace(b"=\r\n", b"").replace(b"=3D", b"=").decode()
        for url in made(opened()).values():
            assert 2 == content.count(f"{url}\r\n") + content.count(f'href="{url}"')
