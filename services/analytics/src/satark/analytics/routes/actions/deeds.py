"""What a link does: the events that it makes, the same ones each time. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from satark.analytics.routes.v1.questions.incidents import Incident
from satark.analytics.routes.v1.silences import MAX_LENGTH
from satark.analytics.routes.v1.telling import MAX_BY
from satark.runtime.signed import Grant
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.identifiers import instant
from satark.schemas.silences import ANY, Matcher, Silence

MAX_COMMENT = 500
"""Of what a person says on the page; mails and lists show it."""


class Length(StrEnum):
    """For how long there are to be no mails."""

    HOUR = "1h"
    FOUR_HOURS = "4h"
    RESOLVED = "resolved"
    """As long as a silence may be: of this incident, so that it says nothing any more once that is over."""


SPANS = {Length.HOUR: timedelta(hours=1), Length.FOUR_HOURS: timedelta(hours=4), Length.RESOLVED: MAX_LENGTH}


def length_of(text: str | None) -> Length:
    """Return the length that is asked for, the shortest for what is none."""
    return Length(text) if text in set(Length) else Length.HOUR


def acknowledgement(grant: Grant, incident: Incident, *, comment: str, now: datetime) -> Acknowledgement:
    """Return the word of whoever has the link."""
    return Acknowledgement.of(
        incident=incident.incident,
        entity=incident.entity,
        time=now,
        by=grant.who[:MAX_BY],
        comment=remark(grant, comment),
        origin=origin(grant),
    )


def silence(grant: Grant, incident: Incident, length: Length, *, comment: str, now: datetime) -> Silence:
    """Return the silence of whoever has the link: one for each link and length."""
    return Silence.of(
        matchers=(matcher(incident, length),),
        starts=now,
        ends=now + SPANS[length],
        time=now,
        by=grant.who[:MAX_BY],
        comment=remark(grant, comment),
        origin=f"{origin(grant)} {length.value}",
    )


def matcher(incident: Incident, length: Length) -> Matcher:
    """Return what is silenced: for a while all that is about the entity, until it is resolved this incident alone.

    An entity that has a `*` in its name cannot be named by a pattern without others, so it is never silenced as such.
    """
    if length is Length.RESOLVED or ANY in incident.entity:
        return Matcher(name="incident", pattern=incident.incident)
    return Matcher(name="entity", pattern=incident.entity)


def origin(grant: Grant) -> str:
    """Return what makes a link the same: not its text, which another key would change."""
    return " ".join(["link", grant.purpose.value, grant.incident, grant.mail, instant(grant.issued), grant.who])


def remark(grant: Grant, comment: str) -> str:
    """Return what the event says besides who and when: a person's words, and from which mail they come."""
    said, mail = words(comment), f"from mail {grant.mail}"
    return f"{said} ({mail})" if said else mail


def words(comment: str) -> str:
    """Return a person's words as one line of printable text, not too long."""
    plain = "".join(character if character.isprintable() else " " for character in comment)
    return " ".join(plain.split())[:MAX_COMMENT]
