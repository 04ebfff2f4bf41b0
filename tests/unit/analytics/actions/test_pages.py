from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.routes.actions import deeds, pages, refusals
from satark.analytics.routes.actions.deeds import Length
from satark.analytics.routes.v1.questions.incidents import Incident, IncidentState
from satark.analytics.web.problem import Problem
from satark.runtime.signed import Grant, Purpose, Refusal, TokenError
from tests.unit.analytics.actions.scene import MAIL, OPEN, WHO
from tests.unit.analytics.v1.scene import LINK, NOW, PUNE

GRANT = Grant(purpose=Purpose.SILENCE, incident=OPEN, who=WHO, mail=MAIL, issued=NOW, expires=NOW + timedelta(days=7))
INCIDENT = Incident(
    incident=OPEN,
    entity=LINK,
    kind="wan-link",
    state=IncidentState.OPEN,
    severity="critical",
    reason="first_symptom",
    opened_at=NOW,
    ended_at=None,
    updated_at=NOW,
    events=1,
    metrics=["latency_ms_rx", "loss_pct_tx"],
    alarm="",
    labels=PUNE,
    historical=False,
    flapping=False,
    acknowledged=None,
)
VOID = {"meta", "link", "input"}


def other(**members: object) -> Incident:
    """Return an incident that differs."""
    return msgspec.structs.replace(INCIDENT, **members)


def facts(incident: Incident) -> dict[str, str]:
    """Return what a page says of an incident."""
    shown = pages.asking(GRANT, incident, Length.HOUR, None, NOW).incident
    assert shown is not None
    return {"place": shown.place, **dict(shown.facts)}


class Nesting(HTMLParser):
    """Knows which elements are open, and which were closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.seen |= {tag, *(name for name, _ in attrs if name.startswith("on"))}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, which must be the last that was opened."""
        assert tag == self.open.pop()


class TestRender:
    @given(st.text(), st.text(), st.sampled_from(Purpose))
    def test_any_name_is_text(self, name: str, who: str, purpose: Purpose) -> None:
        """Whatever names hold, a page is well-formed and has no element but its own."""
        incident = other(labels={"edge": name, "site": name}, alarm=name)
        seen = deeds.acknowledgement(replace(GRANT, who=who), incident, comment=name, now=NOW)
        page = pages.asking(replace(GRANT, who=who, purpose=purpose), incident, Length.HOUR, seen, NOW)
        nesting = Nesting()

        nesting.feed(pages.render(page).decode())

        assert [] == nesting.open
        assert set() == nesting.seen & {"script", "b", "img", "iframe", "a"} | {
            n for n in nesting.seen if n[:2] == "on"
        }


class TestShown:
    def test_metrics_in_words(self) -> None:
        """Metrics are words and directions, four at most; of an alarm its type is said."""
        many = ["latency_ms_rx", "jitter_ms_tx", "loss_pct_rx", "loss_pct_tx", "bytes_rx", "process_mem"]

        assert "latency (download), loss (upload)" == facts(INCIDENT)["What"]
        assert facts(other(metrics=many))["What"].endswith("loss (upload) and 2 more")
        assert "disk-usage" == facts(other(metrics=many, alarm="disk-usage"))["What"]
        assert "What" not in facts(other(metrics=[]))

    def test_a_name_where_there_is_one(self) -> None:
        """What has neither edge nor name is called by its key."""
        assert "Pune-01 / Broadband 1" == facts(INCIDENT)["place"]
        assert LINK == facts(other(labels={}))["place"]

    @pytest.mark.parametrize(
        ("kind", "entity", "texts"),
        [
            ("wan-link", LINK, ("incidents of this link are not mailed either", "a new one of this link is mailed")),
            ("vrouter", "vrouter/*", ("13:00 UTC; this incident only", "a new one of this object is mailed")),
        ],
    )
    def test_a_choice_says_what_it_covers(self, kind: str, entity: str, texts: tuple[str, str]) -> None:
        """Each length says until when, and whether it covers more than the incident."""
        form = pages.asking(GRANT, other(kind=kind, entity=entity), Length.HOUR, None, NOW).form
        assert form is not None
        first, _, last = form.choices

        assert (True, True) == (texts[0] in first.text, texts[1] in last.text)


class TestOver:
    def test_says_when_it_ended(self) -> None:
        """The end is told where it is known."""
        assert "It ended at 2 Mar 2026, 12:00 UTC." in pages.over(other(ended_at=NOW), status=200).lines
        assert "It has ended." in pages.over(INCIDENT, status=200).lines

    def test_a_silence_that_ended_by_itself(self) -> None:
        """A silence whose time is over says when, and offers the other lengths."""
        silence = deeds.silence(GRANT, INCIDENT, Length.HOUR, comment="", now=NOW)
        later: datetime = NOW + timedelta(hours=2)

        page = pages.silenced(silence, INCIDENT, Length.HOUR, later, before=True)

        assert "It was ended at 2 Mar 2026, 13:00 UTC." in page.lines
        assert ["?for=4h", "?for=resolved"] == [href for href, _ in page.others]
        assert page.form is None


class TestWords:
    @given(st.text(max_size=2000))
    def test_are_one_short_line(self, comment: str) -> None:
        """Whatever a person writes becomes one line that can be printed, and fits."""
        found = deeds.words(comment)

        assert found.isprintable()
        assert len(found) <= deeds.MAX_COMMENT
        assert found == deeds.words(found)


class TestRefusals:
    def test_another_purpose_is_no_good(self) -> None:
        """What another version has signed for something else is refused like a forgery, and says nothing of itself."""
        found = refusals.of_token(TokenError(Refusal.OTHER_PURPOSE))

        assert (403, "other_purpose", "unknown") == (found.page.status, found.result, found.purpose)

    def test_a_refusal_of_the_request_says_why(self) -> None:
        """What is wrong with a request is said on the page."""
        page = refusals.of_problem(Problem(400, "bad_form", "The form is torn")).page

        assert (400, ("The form is torn.", "Nothing was changed.")) == (page.status, page.lines)
