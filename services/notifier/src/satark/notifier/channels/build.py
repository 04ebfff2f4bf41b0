"""The channels of an installation, by kind."""

from collections.abc import Callable
from functools import partial

from satark.notifier.channels import alertmanager, slack, webhook
from satark.notifier.channels.delivery import Channel
from satark.notifier.channels.email import EmailChannel
from satark.notifier.channels.http import HttpChannel, Poster
from satark.notifier.channels.http_request import Request
from satark.notifier.channels.smtp import Keeping, Postman
from satark.notifier.channels.smtp_session import Timeouts
from satark.notifier.channels.words import linking
from satark.notifier.mail.message import Letterhead, Links
from satark.notifier.overrides.folder import folder_of
from satark.notifier.pictures import picture
from satark.notifier.routing.model import ALERTMANAGER, EMAIL, SLACK, WEBHOOK
from satark.notifier.settings import NotifierSettings

WRITERS: dict[str, Callable[..., Request]] = {
    WEBHOOK: webhook.write,
    ALERTMANAGER: alertmanager.write,
    SLACK: slack.write,
}


def channels_of(settings: NotifierSettings, links: Links | None = None) -> dict[str, Channel]:
    """Return a channel of each kind; `links` are what a mail's reader can do by one click. Nothing is opened."""
    link, poster = linking(settings.console_url), Poster()
    found: dict[str, Channel] = {EMAIL: EmailChannel(letterhead_of(settings, links), postman_of(settings))}
    for kind, write in WRITERS.items():
        found[kind] = HttpChannel(kind, partial(write, link=link), poster)
    return found


def letterhead_of(settings: NotifierSettings, links: Links | None = None) -> Letterhead:
    """Return what all mails of an installation share."""
    return Letterhead(
        settings.sender,
        settings.domain,
        settings.subject_prefix,
        settings.console_url,
        draw=picture,
        links=links,
        templates=folder_of(settings.templates),
    )


def postman_of(settings: NotifierSettings) -> Postman:
    """Return who hands mails to the mail server of the settings."""
    return Postman(
        settings.target,
        helo=settings.domain,
        password=settings.smtp_password,
        ca_file=settings.smtp_ca_file,
        timeouts=Timeouts(settings.connect_timeout_s, settings.command_timeout_s, settings.data_timeout_s),
        mechanism=settings.smtp_mechanism,
        keeping=Keeping(settings.connection_mails, settings.connection_age_s, settings.connection_idle_s),
    )
