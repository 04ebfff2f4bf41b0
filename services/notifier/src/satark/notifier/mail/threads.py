"""Ids of mails and of their threads: the same message always has the same, and a thread holds if its first is lost."""

import re

from satark.notifier.events import OPENED, Event, first_event, incident_of
from satark.notifier.routing.model import EMAIL
from satark.notifier.telling import Heartbeat, Telling
from satark.schemas.identifiers import identifier
from satark.schemas.notifications import notification_id

_SAFE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def message_id(event: str, receiver: str, domain: str) -> str:
    """Return the Message-ID of the mail that tells a receiver about an event: stable, so that a double is known as one."""
    return own_id(notification_id(event, EMAIL, receiver), domain)


def own_id(id_: str, domain: str) -> str:
    """Return the Message-ID of a message by its id."""
    return f"<{safe(id_)}@{domain}>"


def thread_id(incident: str, domain: str) -> str:
    """Return the id that all mails of an incident refer to. No mail has it: a thread holds even if its first is lost."""
    return f"<inc-{safe(incident)}.root@{domain}>"


def safe(id_: str) -> str:
    """Return an id that fits a header: itself, or another in place of what is none."""
    return id_ if _SAFE_ID.fullmatch(id_) else identifier("thread", id_)


def of_one(event: Event, telling: Telling, domain: str, state: str) -> dict[str, str]:
    """Return the headers of an incident's thread; its first mail refers to nothing but the root."""
    root = thread_id(incident_of(event), domain)
    first = message_id(first_event(event), telling.target.name, domain)
    own = own_id(telling.id, domain)
    return {
        "Message-ID": own,
        "In-Reply-To": root,
        "References": root if state == OPENED or first == own else f"{root} {first}",
    }


def of_digest(telling: Telling, domain: str) -> dict[str, str]:
    """Return the headers of the thread of all digests of the same to the same."""
    root = f"<digest-{safe(telling.thread)}.root@{domain}>"
    return {"Message-ID": own_id(telling.id, domain), "In-Reply-To": root, "References": root}


def of_heartbeat(heartbeat: Heartbeat, domain: str) -> dict[str, str]:
    """Return the headers of the thread of all signs of life to the same."""
    root = f"<heartbeat-{identifier('heartbeats', heartbeat.target.name)}.root@{domain}>"
    return {"Message-ID": own_id(heartbeat.id, domain), "In-Reply-To": root, "References": root}
