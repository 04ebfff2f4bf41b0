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
from satark.notifier.links import console_of, links_of
from satark.notifier.mail.message import Letterhead
from satark.notifier.overrides.folder import folder_of
from satark.notifier.pictures import picture
from satark.notifier.routing.model import ALERTMANAGER, EMAIL, SLACK, WEBHOOK
from satark.notifier.settings import NotifierSettings
from satark.runtime.links import LinkSettings

WRITERS: dict[str, Callable[..., Request]] = {
    WEBHOOK: webhook.write,
    ALERTMANAGER: alertmanager.write,
    SLACK: slack.write,
}


def channels_of(settings: NotifierSettings, links: LinkSettings | None = None) -> dict[str, Channel]:
    """Return a channel of each kind; `links` says where a reader's links lead. Nothing is opened."""
    links = links or LinkSettings()
    link, poster = linking(console_of(settings.console_url, links)), Poster()
    found: dict[str, Channel] = {EMAIL: EmailChannel(letterhead_of(settings, links), postman_of(settings))}
    for kind, write in WRITERS.items():
        found[kind] = HttpChannel(kind, partial(write, link=link), poster)
    return found


def letterhead_of(settings: NotifierSettings, links: LinkSettings) -> Letterhead:
    """Return what all mails of an installation share."""
    return Letterhead(
        settings.sender,
        settings.domain,
        settings.subject_prefix,
        console_of(settings.console_url, links),
        draw=picture,
        links=links_of(links),
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
