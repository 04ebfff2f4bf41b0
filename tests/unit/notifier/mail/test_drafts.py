"""How a mail is kept small enough, and what of it may fail."""

from dataclasses import replace
from datetime import datetime

import pytest
import structlog

from satark.notifier.chart import Picture
from satark.notifier.events import Event
from satark.notifier.mail.drafts import drafts
from satark.notifier.mail.message import MAX_BYTES, compose
from satark.notifier.mail.view import DigestView, View
from satark.notifier.preview.examples import examples, one
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.mail.mails import CALM, HEAD, RICH, drawn, parsed, part
from tests.unit.notifier.scenes import WRITTEN

STORM = next(example for example in examples() if example.name == "storm")


class TestPicture:
    def test_is_in_the_html_and_said_in_words(self) -> None:
        """Its size is told, so that nothing jumps; without it the words stand alone."""
        message = parsed(compose(one(CALM), RICH, WRITTEN))
        picture = next(each for each in message.walk() if each.get_content_type() == "image/png")
        html = part(message, "html")

        assert f'src="cid:{picture["Content-ID"].strip("<>")}" width="640" height="240"' in html
        assert 'alt="Latency is 100 ms; normal is &#34;55 to 95&#34;."' in html
        assert ("inline", "chart.png") == (picture.get_content_disposition(), picture.get_filename())
        assert drawn(CALM, WRITTEN).png == picture.get_payload(decode=True)

    def test_takes_the_place_of_the_bars(self) -> None:
        """The plain part keeps its line of blocks."""
        rich, plain = (parsed(compose(one(CALM), head, WRITTEN)) for head in (RICH, HEAD))

        assert 'role="img"' in part(plain, "html")
        assert 'role="img"' not in part(rich, "html")
        assert "▁▂" in part(rich, "plain")

    @pytest.mark.parametrize("size", [MAX_BYTES, 10 * MAX_BYTES])
    def test_is_left_out_when_it_is_too_large(self, size: int) -> None:
        """The mail goes without it."""

        def vast(event: Event, now: datetime) -> Picture:
            return replace(drawn(event, now), png=bytes(size))

        content = compose(one(CALM), replace(RICH, draw=vast), WRITTEN).content

        assert len(content) < MAX_BYTES
        assert b"image/png" not in content

    def test_that_cannot_be_drawn_costs_no_mail(self) -> None:
        """It is logged, and the bars are there."""

        def broken(_event: Event, _now: datetime) -> Picture:
            raise ImportError("no library")

        with structlog.testing.capture_logs() as logs:
            message = parsed(compose(one(CALM), replace(RICH, draw=broken), WRITTEN))

        assert ["chart_not_drawn"] == [each["event"] for each in logs]
        assert 'role="img"' in part(message, "html")

    def test_there_may_be_none(self) -> None:
        """Nothing can be drawn of a group."""
        message = parsed(compose(one(CALM), replace(RICH, draw=lambda _event, _now: None), WRITTEN))

        assert ["text/plain", "text/html"] == [each.get_content_type() for each in message.walk()][1:]


class TestLength:
    def test_of_a_digest_shrinks_by_lines(self) -> None:
        """What has no line is counted."""
        views = [draft.view for draft in drafts(STORM.told, HEAD, STORM.now)]
        lines = [(len(view.lines), view.more_lines) for view in views if isinstance(view, DigestView)]

        assert lines == [(50, 947), (20, 977), (5, 992)]

    def test_of_a_group_shrinks_by_members(self) -> None:
        """They are counted too."""
        event = group(*(incident(number) for number in range(60)))
        views = [draft.view for draft in drafts(one(event), HEAD, WRITTEN)]

        assert [50, 20, 5] == [len(view.members) for view in views if isinstance(view, View)]
        assert [10, 40, 55] == [view.more_members for view in views if isinstance(view, View)]

    def test_goes_out_all_the_same_when_nothing_helps(self) -> None:
        """A link as long as a book is the operator's; a mail server may still take it."""
        head = replace(HEAD, console_url=f"https://satark.example.net/{'x' * MAX_BYTES}")

        assert len(compose(one(CALM), head, WRITTEN).content) > MAX_BYTES
