"""The links of a mail: to the page of the incident, and those that act. Analytics answers them. Pure."""

from datetime import datetime, timedelta

from satark.notifier.events import RESOLVED, incident_of, is_group, state_of
from satark.notifier.mail.message import Links
from satark.notifier.routing.model import EMAIL, Target
from satark.notifier.telling import Part
from satark.runtime.links import LinkSettings
from satark.runtime.signed import Grant, Purpose, sign

PATH = "/act/"
CONSOLE = "/console/incidents/{incident}"
"""The page of an incident, which analytics serves, too; of a group it leads to the list."""

SILENCES = (("Silence 1 h", "1h"), ("Silence 4 h", "4h"), ("Silence until resolved", "resolved"))
"""The page behind the link offers all of them; the link says which is chosen first."""


def console_of(console_url: str | None, settings: LinkSettings) -> str | None:
    """Return the template of the link to an incident: the operator's own, else the page of the console, if that has an address."""
    return console_url or (f"{settings.base}{CONSOLE}" if settings.url else None)


def links_of(settings: LinkSettings) -> Links | None:
    """Return what makes the links of mails, as the settings have it; None where they have none."""
    if not settings.enabled:
        return None
    key, valid = settings.key_bytes[0], timedelta(seconds=settings.valid_s)

    def links(part: Part, target: Target, now: datetime) -> tuple[tuple[str, str], ...]:
        # A group is nobody's to have seen, and who reads a webhook is nobody in particular.
        if target.channel != EMAIL or is_group(part.shown) or state_of(part.shown) == RESOLVED:
            return ()
        acknowledge, silence = (
            f"{settings.base}{PATH}{sign(_grant(purpose, part, target, now, now + valid), key)}"
            for purpose in (Purpose.ACKNOWLEDGE, Purpose.SILENCE)
        )
        return ("Acknowledge", acknowledge), *((label, f"{silence}?for={length}") for label, length in SILENCES)

    return links


def _grant(purpose: Purpose, part: Part, target: Target, issued: datetime, expires: datetime) -> Grant:
    incident = incident_of(part.shown)
    return Grant(purpose=purpose, incident=incident, who=target.name, mail=part.id, issued=issued, expires=expires)
