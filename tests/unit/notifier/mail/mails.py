"""The mails that tests look at: one of every kind, and some that are hard. `MAILS` are those of `tests/data/mails`."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from satark.notifier.chart import Picture
from satark.notifier.events import Event
from satark.notifier.mail.message import Letterhead, Mail, compose
from satark.notifier.preview.examples import examples, one, target
from satark.notifier.routing.model import Target
from satark.notifier.telling import PLAIN, Aside, Part, Told
from satark.schemas.incidents import Severity
from tests.unit.notifier.group_scenes import group, incident, over
from tests.unit.notifier.scenes import (
    WRITTEN,
    alarm,
    alarm_over,
    blind,
    heard,
    opened,
    readable,
    resolved,
    silent,
    still_open,
    symptom,
    updated,
)

CONSOLE = "https://satark.example.net/i/"
HEAD = Letterhead("Satark <alerts@example.net>", "example.net", console_url=f"{CONSOLE}{{incident}}")
PREFIXED = Letterhead("alerts@example.net", "example.net", "[WAN]")
LATER = WRITTEN + timedelta(minutes=45)

CALM = opened(symptom())
BAD = opened(
    symptom(value=186.0),
    symptom("loss_pct_rx", value=3.2, centre=0.0, spread=0.0, floor=0.5),
    symptom("jitter_ms_tx", value=14.0, centre=2.4, spread=0.6, floor=2.5),
    severity=Severity.CRITICAL,
)
STRANGE = opened(
    labels={
        "edge": "São Paulo 03 <script>alert(1)</script>\r\nBcc: victim@example.com",
        "link": "مكتب القاهرة / الإنترنت \u202eevil",
        "enterprise": "東京支社",
        "timezone": "America/Sao_Paulo",
    }
)
EASED = symptom(value=78.0, peak=104.0, active=False)
BLIND = blind()
LOSSY = symptom("loss_pct_rx", value=3.2, centre=0.0, spread=0.0, floor=0.5)
TOGETHER = tuple(incident(number) for number in range(5))

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001010000000037"
    "6ef9240000000a4944415408d7636800000082008177cd72b60000000049454e44ae426082"
)
"""A picture of one pixel: what is drawn is not the mail's concern."""


def drawn(_event: Event, _now: datetime) -> Picture:
    """Return a picture."""
    return Picture(DOT, 'Latency is 100 ms; normal is "55 to 95".', 640, 240)


def linked(_part: Part, to: Target, _now: datetime) -> tuple[tuple[str, str], ...]:
    """Return links that act."""
    return tuple((label, f"https://satark.example.net/act/{n}?who={to.name}&a=b") for n, label in enumerate(ACTIONS))


ACTIONS = ("Acknowledge", "Silence 1 h", "Silence 4 h", "Silence until resolved")
RICH = Letterhead("Satark <alerts@example.net>", "example.net", console_url=HEAD.console_url, draw=drawn, links=linked)

_EVENTS: dict[str, tuple[Event, datetime]] = {
    "group": (group(*TOGETHER), WRITTEN),
    "group_joined": (group(*TOGETHER, incident(7), sequence=1, severity=Severity.CRITICAL, open_count=4), WRITTEN),
    "group_over": (over(*TOGETHER), LATER),
    "opened": (CALM, WRITTEN),
    "opened_critical": (BAD, WRITTEN),
    "opened_strange_names": (STRANGE, WRITTEN),
    "updated": (updated(CALM, EASED, LOSSY), WRITTEN),
    "opened_still_open": (still_open(CALM), WRITTEN + timedelta(hours=2)),
    "blind": (BLIND, WRITTEN),
    "readable": (readable(BLIND), LATER),
    "silent": (silent(), WRITTEN),
    "heard": (heard(silent()), LATER),
    "alarm": (alarm(), WRITTEN),
    "alarm_over": (alarm_over(alarm()), LATER),
}
_NOC = target("noc@example.net", "default")

MAILS: dict[str, tuple[Told, Letterhead, datetime]] = {
    **{name: (one(event, to=_NOC), HEAD, now) for name, (event, now) in _EVENTS.items()},
    "resolved": (one(resolved(BAD), to=_NOC), PREFIXED, LATER),
    "opened_rich": (one(CALM, to=_NOC), RICH, WRITTEN),
    **{f"example_{example.name}": (example.told, HEAD, example.now) for example in examples()},
}


def mail(name: str) -> Mail:
    """Return the mail of a name."""
    told, head, now = MAILS[name]
    return compose(told, head, now)


def compose_one(event: Event, receiver: str, head: Letterhead, now: datetime, aside: Aside = PLAIN) -> Mail:
    """Return the mail that tells an address of one event, where there is no file of routes."""
    return compose(one(event, aside, to=target(receiver, "default")), head, now)


def parsed(mail: Mail) -> EmailMessage:
    """Return a mail as a client parses it."""
    message = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """Return the text of one part, as a person sees its lines."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """Notes what a mail's HTML holds: its elements in their order, what it shows, and what it refers to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.links: set[str | None] = set()
        self.sources: set[str | None] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and what it refers to; what is said instead of a picture is shown."""
        self.elements.append(f"{tag} {' '.join(sorted(name for name, _ in attrs))}")
        self.links |= {value for name, value in attrs if name == "href"}
        self.sources |= {value for name, value in attrs if name in {"src", "background", "srcset"}}
        self.sources |= {value for name, value in attrs if name == "style" and value and "url(" in value}
        self.text += "\n" + " ".join(value or "" for name, value in attrs if name in {"alt", "aria-label"})
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Note what is shown."""
        if "style" not in self.open:
            self.text += data
