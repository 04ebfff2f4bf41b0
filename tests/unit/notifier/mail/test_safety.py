"""No name from outside can add a header, an element or a line to the subject, whatever the mail tells."""

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.notifier.mail.message import compose
from satark.notifier.preview.examples import one, target
from satark.notifier.preview.examples import part as part_of
from satark.notifier.telling import Aside, Heartbeat, Occasion, Telling, Told
from satark.schemas.incidents import IncidentOpened, Reason
from tests.support.rfc5322 import faults
from tests.unit.notifier.group_scenes import group, incident, member
from tests.unit.notifier.mail.mails import RICH, Page, parsed, part
from tests.unit.notifier.sayings import seen
from tests.unit.notifier.scenes import LONDON, NOON, WRITTEN, opened, resolved, updated

KINDS = ("opened", "updated", "resolved", "closed", "group", "reminder", "fallback", "kept back", "digest", "heartbeat")
FREE = ("enterprise", "edge", "link", "interface", "isp", "site")

names = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.text(st.sampled_from("<>&\"'\r\n\t =?{}%/-!\\;:\u202e\u2066\u2028\x00名é"), max_size=40),
)


def told(kind: str, name: str) -> Told:
    """Return a message of a kind in which everything that people or devices may name has the name."""
    labels = LONDON | dict.fromkeys(FREE, f"N{name}")
    return dict(_tellings(opened(labels=labels), f"N{name}"))[kind]


def _tellings(begin: IncidentOpened, name: str) -> Iterator[tuple[str, Told]]:
    word = replace(seen(opened()), by=name, comment=name)
    yield "opened", one(begin, Aside(seen=word), to=target(receiver=name))
    yield "updated", one(updated(begin))
    yield "resolved", one(resolved(begin))
    yield "closed", one(replace(resolved(begin), reason=Reason.CLOSED, closed_by=name, because=name))
    links = [incident(n, edge=name, link=name, isp=name) for n in range(2)]
    named = [member(each) for each in links]
    yield "group", one(group(*links, value=name, members=tuple(named), labels=LONDON | {"isp": name}))
    yield "reminder", one(begin, Aside(occasion=Occasion.REMINDER, count=1, seen=word))
    yield "fallback", one(begin, Aside(occasion=Occasion.FALLBACK, instead_of=name))
    yield "kept back", one(begin, Aside(updated(begin), kept_back_by=name))
    aside = Aside(updated(begin), kept_back_by=name, seen=word)
    parts = tuple(part_of(each, aside, target()) for each in (begin, *links))
    yield "digest", Telling(target(receiver=name), parts, (("site", name), (name, name)))
    yield "heartbeat", Heartbeat("1", target(receiver=name), NOON, NOON, 1, 1, 1, 1, (name, name))


@cache
def expected(kind: str) -> tuple[list[str], list[str]]:
    """Return the headers and the elements of a mail in which all names are harmless."""
    message = parsed(compose(told(kind, "ame"), RICH, WRITTEN))
    return [name.lower() for name in message], Page(part(message, "html")).elements


@pytest.mark.parametrize("kind", KINDS)
@given(name=names)
@example("Evil\r\nBcc: victim@example.com")
@example("</td></table><script>alert(1)</script><img src=x onerror=alert(1)>")
@example("\"><a href='javascript:alert(1)'>")
@example("<!-- ]]> </style></title></textarea>")
@example("{{ view.incident }}{% include 'x' %}")
@example("=?utf-8?q?Bcc=3A?= =?")
@example("مكتب القاهرة \u202e\u2066")
@example("&lt;b&gt;&#60;b&#62;&")
@settings(deadline=None, max_examples=12)
def test_a_name_is_only_a_name(kind: str, name: str) -> None:
    """The same headers and the same elements as with a harmless name, and a subject of one line."""
    mail = compose(told(kind, name), RICH, WRITTEN)
    message = parsed(mail)
    headers, elements = expected(kind)

    assert faults(mail.content) == []
    assert [field.lower() for field in message] == headers
    assert Page(part(message, "html")).elements == elements
    assert len(message["Subject"].splitlines()) == 1
