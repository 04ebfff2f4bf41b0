import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.notifier.channels.slack import AMBER, GREEN, GREY, HEADER_CHARS, MAX_BLOCKS, RED, SECTION_CHARS, write
from satark.notifier.channels.slack_text import escaped, joined
from satark.notifier.channels.words import linking
from satark.notifier.routing.receivers import SlackConfig, WebhookConfig
from satark.notifier.telling import Aside, Occasion, Told
from tests.unit.notifier.channels.tellings import URL, heartbeat, telling
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.scenes import LONDON, WRITTEN, alarm, blind, opened, resolved, updated

LINK = linking("https://console.example.net/?incident={incident}&entity={entity}")
CONFIG = SlackConfig(URL)


def sent(told: Told) -> dict[str, Any]:
    """Return the message that Slack gets, checked with its limits."""
    found: dict[str, Any] = json.loads(write(told, WRITTEN, link=LINK).body)
    check(found)
    return found


def check(message: dict[str, Any]) -> None:
    """Assert what Slack's reference of blocks demands."""
    blocks = [*message["blocks"], *message["attachments"][0]["blocks"]]
    assert len(blocks) <= MAX_BLOCKS
    for block in blocks:
        match block:
            case {"type": "header", "text": {"type": "plain_text", "text": text}}:
                assert 1 <= len(text) <= HEADER_CHARS
            case {"type": "section", "text": {"type": "mrkdwn", "text": text}}:
                assert 1 <= len(text) <= SECTION_CHARS
            case {"type": "section", "fields": fields}:
                assert 1 <= len(fields) <= 10
                assert all(1 <= len(field["text"]) <= 2000 for field in fields)
            case {"type": "context", "elements": elements}:
                assert 1 <= len(elements) <= 10
            case _:
                pytest.fail(f"no such block: {block}")


def texts(message: dict[str, Any]) -> str:
    """Return all that is shown."""
    return json.dumps([message["text"], message["blocks"], message["attachments"]], ensure_ascii=False)


class TestMessage:
    def test_tells_of_an_incident(self) -> None:
        """What a mail's subject says is the header, what its text says follows, with facts and a link."""
        event = opened()
        message = sent(telling(CONFIG, event))

        header = message["blocks"][0]["text"]["text"]
        assert header.startswith("[OPENED] LDN-vVCE / BT Business Broadband: download latency 100 ms (normal ")
        (attachment,) = message["attachments"]
        assert AMBER == attachment["color"]
        shown = texts(message)
        for part in ("It began at 2026-11-21 12:00 UTC", "*ISP*\\nBritish Telecom", f"incident={event.incident}"):
            assert part in shown
        assert "Satark to noc, message " in attachment["blocks"][-1]["elements"][0]["text"]

    def test_says_the_same_in_plain_words(self) -> None:
        """Who shows no blocks, as Mattermost, shows the text."""
        message = sent(telling(CONFIG, opened()))

        first, *rest = message["text"].split("\n")
        assert message["blocks"][0]["text"]["text"] == first == message["attachments"][0]["fallback"]
        assert any("It began at" in line for line in rest)
        assert rest[-1].startswith("https://console.example.net/?incident=")

    @pytest.mark.parametrize(
        ("told", "colour"),
        [
            (telling(CONFIG, opened()), AMBER),
            (telling(CONFIG, updated(opened())), RED),
            (telling(CONFIG, resolved(opened())), GREEN),
            (telling(CONFIG, alarm()), RED),
            (telling(CONFIG, blind()), RED),
            (telling(CONFIG, opened(), aside=Aside(occasion=Occasion.TEST)), GREY),
            (telling(CONFIG, opened(), resolved(opened(entity="wan-link/x/1/2"))), AMBER),
            (heartbeat(CONFIG), GREY),
            (heartbeat(CONFIG, failing=("ops/webhook",)), RED),
        ],
    )
    def test_shows_how_bad_it_is(self, told: Told, colour: str) -> None:
        """The gravest that is open gives the colour; what is over is green, and what is no incident is grey."""
        assert colour == sent(told)["attachments"][0]["color"]

    def test_names_the_members_of_a_group(self) -> None:
        """The first ten, and how many more."""
        shown = texts(sent(telling(CONFIG, group(*map(incident, range(14))))))

        assert "• Edge" in shown
        assert "and 4 more" in shown

    def test_is_a_digest_of_a_storm(self) -> None:
        """A thousand incidents fit: the gravest have lines, the others are counted."""
        events = [opened(entity=f"wan-link/vco.example.net/4101/{number}") for number in range(1000)]
        message = sent(telling(CONFIG, *events))

        assert "[DIGEST]" in message["text"]
        assert "and 960 more" in texts(message)

    def test_is_a_sign_of_life(self) -> None:
        """A heartbeat says what happened."""
        message = sent(heartbeat(CONFIG, failing=("ops/webhook",)))

        assert "[HEARTBEAT]" in message["text"]
        assert "cannot be reached: ops/webhook" in texts(message)

    def test_goes_where_it_is_told_to(self) -> None:
        """Channel and name are there if they are given."""
        message = sent(telling(SlackConfig(URL, channel="#noc", username="Satark"), opened()))

        assert ("#noc", "Satark") == (message["channel"], message["username"])
        assert "channel" not in sent(telling(CONFIG, opened()))

    def test_is_for_slack(self) -> None:
        """A target of another kind is a mistake of ours."""
        with pytest.raises(TypeError, match="noc/webhook is no incoming webhook"):
            write(telling(WebhookConfig(URL), opened()), WRITTEN, link=LINK)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "forbidden"),
        [
            ("<!channel>", "<!channel>"),
            ("<https://evil.example|click>", "<https://evil"),
            ("@all look", "@all"),
            ("[free](https://evil.example)", "]("),
            ("&lt;!here&gt;", "&lt;!here"),
        ],
    )
    def test_are_no_markup(self, name: str, forbidden: str) -> None:
        """No name pings a channel or links to anywhere."""
        message = sent(telling(CONFIG, opened(labels=LONDON | {"edge": name, "link": name, "isp": name})))

        assert forbidden not in texts(message)

    @settings(max_examples=50, deadline=None)
    @given(name=st.text(alphabet=st.sampled_from("<>&@]()|*_`~x\n\u202e é😀"), max_size=300))
    def test_of_any_kind_keep_within_the_limits(self, name: str) -> None:
        """Whatever an orchestrator calls its things, the message is one that Slack takes."""
        message = sent(telling(CONFIG, opened(labels=LONDON | {"edge": name, "link": name})))

        links = [part for part in texts(message).split("<")[1:] if not part.startswith("https://console.example.net/")]
        assert not links


class TestEscaped:
    @given(text=st.text(), limit=st.integers(1, 200))
    def test_shows_what_it_was_given(self, text: str, limit: int) -> None:
        """Within the limit; undone it is the text again, or its beginning with an ellipsis."""
        safe = escaped(text, limit)
        undone = safe.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\u200b", "")
        plain = text.replace("\u200b", "")

        assert len(safe) <= limit
        assert undone == plain or (undone.endswith("…") and plain.startswith(undone[:-1]))
        assert "<" not in safe
        assert ">" not in safe

    def test_cuts_no_entity(self) -> None:
        """Half an entity would be shown as such."""
        assert "ab…" == escaped("ab<", 5)
        assert "ab&lt;" == escaped("ab<", 6)


class TestJoined:
    @given(lines=st.lists(st.text(alphabet="ab ", min_size=1, max_size=30), max_size=20))
    def test_loses_no_line(self, lines: list[str]) -> None:
        """Texts together hold all lines in order, and none is too long."""
        found = joined(lines, 30)

        assert lines == [line for text in found for line in text.split("\n")]
        assert all(len(text) <= 30 for text in found)
