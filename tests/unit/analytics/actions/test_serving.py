from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from satark.analytics.store.client import Store
from satark.analytics.store.statement import Row, Statement, StoreError
from satark.analytics.web.callers import Credential
from satark.analytics.web.rates import Rates
from satark.analytics.web.route import Role
from satark.runtime.kafka import KafkaUnavailableError
from satark.runtime.links import LinkSettings
from satark.runtime.said import Said
from satark.runtime.signed import Purpose
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.silences import Matcher, Silence
from tests.unit.analytics.actions.scene import LINKS, MAIL, OPEN, RESOLVED, WHO, app, press, stored, token
from tests.unit.analytics.v1.nothing import NoStore
from tests.unit.analytics.v1.scene import LINK, NOW, Post
from tests.unit.analytics.web.asking import ask

ACKNOWLEDGE, SILENCE = token(Purpose.ACKNOWLEDGE), token(Purpose.SILENCE)
HOSTILE = "<script>alert(1)</script>\"'\u202e\u05d0" + "x" * 200


def counted(purpose: str, result: str) -> float:
    """Return how many requests ended so."""
    labels = {"purpose": purpose, "result": result}
    return REGISTRY.get_sample_value("satark_analytics_mail_links_total", labels) or 0.0


class TestShow:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("link", [ACKNOWLEDGE, SILENCE, f"{SILENCE}?for=4h"])
    async def test_changes_nothing(self, store: Store, link: str, method: str) -> None:
        """Whatever follows a link says and silences nothing, however often."""
        stored(store)
        post, said = Post(), Said()
        served = app(store, post=post, said=said)

        answers = [await ask(served, f"/act/{link}", method=method) for _ in range(3)]

        assert {200} == {answer.status_code for answer in answers}
        assert ([], [], []) == (post.events, said.acknowledgements.every(), said.silences.every())

    async def test_says_what_and_for_whom(self, store: Store) -> None:
        """The page names the incident, whose link it is, until when it is good, and has one button."""
        stored(store)

        page = (await ask(app(store), f"/act/{ACKNOWLEDGE}")).text

        assert "Pune-01 / Broadband 1" in page
        assert f"Others will see that {WHO} looks after it." in page
        assert "9 Mar 2026, 12:00 UTC" in page
        assert 1 == page.count("<button")
        assert "<script" not in page

    @pytest.mark.parametrize(
        ("asked", "chosen"), [("", "1h"), ("?for=4h", "4h"), ("?for=resolved", "resolved"), ("?for=ever", "1h")]
    )
    async def test_offers_all_lengths(self, store: Store, asked: str, chosen: str) -> None:
        """A link to silence offers every length, the one in its address first; one that is none is the shortest."""
        stored(store)

        page = (await ask(app(store), f"/act/{SILENCE}{asked}")).text

        assert 3 == page.count('type="radio"')
        assert f'value="{chosen}" checked' in page
        assert 1 == page.count(" checked")

    async def test_is_kept_by_nobody(self, store: Store) -> None:
        """The page is not stored, not indexed, not framed, and its address goes nowhere."""
        stored(store)

        headers = (await ask(app(store), f"/act/{SILENCE}")).headers

        assert ("no-store", "no-referrer", "noindex, nofollow") == (
            headers["cache-control"],
            headers["referrer-policy"],
            headers["x-robots-tag"],
        )
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; form-action 'self'")
        assert headers["content-type"] == "text/html; charset=utf-8"

    async def test_says_who_has_seen_it(self, store: Store) -> None:
        """Who opens a link late learns that a colleague was faster."""
        stored(store)
        said = Said()
        said.take(Acknowledgement.of(incident=OPEN, entity=LINK, time=NOW, by="ben", comment="ticket 4711"))

        page = (await ask(app(store, said=said), f"/act/{ACKNOWLEDGE}")).text

        assert "Seen by ben at 2 Mar 2026, 12:00 UTC: ticket 4711" in page

    async def test_names_are_shown_and_not_run(self, store: Store) -> None:
        """Names from outside stay text, whatever is in them."""
        stored(store, labels={"edge": HOSTILE, "site": HOSTILE})

        page = (await ask(app(store), f"/act/{token(Purpose.SILENCE, who=HOSTILE)}")).text

        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert "<bdi>" in page


class TestAcknowledge:
    async def test_is_an_event(self, store: Store) -> None:
        """The button says who has seen it, in which mail the link was, and what the person wrote, on one line."""
        stored(store)
        post = Post()

        answer = await press(app(store, post=post), ACKNOWLEDGE, comment=" ticket\r\n4711 ")

        (event,) = post.events
        assert isinstance(event, Acknowledgement)
        assert (OPEN, LINK, NOW, WHO) == (event.incident, event.entity, event.time, event.by)
        assert event.comment == f"ticket 4711 (from mail {MAIL})"
        assert (200, True) == (answer.status_code, "<h1>Acknowledged</h1>" in answer.text)

    async def test_twice_is_once(self, store: Store) -> None:
        """A link that is used again adds nothing, and says when it was used."""
        stored(store)
        post, said = Post(), Said()
        served = app(store, post=post, said=said)
        await press(served, ACKNOWLEDGE)

        again, shown = await press(served, ACKNOWLEDGE), await ask(served, f"/act/{ACKNOWLEDGE}")

        assert 1 == len(post.events)
        assert again.text == shown.text
        assert "Already acknowledged" in again.text
        assert f"{WHO} at 2 Mar 2026, 12:00 UTC" in again.text

    async def test_two_processes_say_the_same(self, store: Store) -> None:
        """What two processes publish that have not heard of each other has one id; another mail's link has another."""
        stored(store)
        post = Post()

        for link in (ACKNOWLEDGE, ACKNOWLEDGE, token(Purpose.ACKNOWLEDGE, age=timedelta(hours=1))):
            await press(app(store, post=post, said=Said()), link)

        first, second, other = (event.id for event in post.events)
        assert first == second != other


class TestSilence:
    @pytest.mark.parametrize(
        ("length", "matcher", "span"),
        [
            ("1h", Matcher(name="entity", pattern=LINK), timedelta(hours=1)),
            ("4h", Matcher(name="entity", pattern=LINK), timedelta(hours=4)),
            ("resolved", Matcher(name="incident", pattern=OPEN), timedelta(days=180)),
        ],
    )
    async def test_is_an_event(self, store: Store, length: str, matcher: Matcher, span: timedelta) -> None:
        """The button silences the link for hours, or the incident for as long as a silence may last."""
        stored(store)
        post = Post()

        answer = await press(app(store, post=post), SILENCE, for_=length, do="silence")

        (event,) = post.events
        assert isinstance(event, Silence)
        assert ((matcher,), NOW, NOW + span, WHO) == (event.matchers, event.starts, event.ends, event.by)
        assert event.comment == f"from mail {MAIL}"
        assert f"satark silence end {event.silence}" in answer.text

    async def test_a_star_in_a_name_silences_no_more(self, store: Store) -> None:
        """An entity with a star in its name is not silenced by name, which would be a pattern of many."""
        stored(store, entity="counter/*")
        post = Post()

        await press(app(store, post=post), SILENCE)

        (event,) = post.events
        assert isinstance(event, Silence)
        assert event.matchers == (Matcher(name="incident", pattern=OPEN),)

    async def test_one_for_each_length(self, store: Store) -> None:
        """A link silences once for each length, in whatever process."""
        stored(store)
        post = Post()
        for length in ("1h", "1h", "4h"):
            await press(app(store, post=post, said=Said()), SILENCE, for_=length)

        first, second, other = (event.silence for event in post.events if isinstance(event, Silence))

        assert first == second != other

    async def test_is_ended_by_the_same_link(self, store: Store) -> None:
        """Who has silenced it may end that, once; the link does not silence it again after that."""
        stored(store)
        post, said = Post(), Said()
        served = app(store, post=post, said=said)
        await press(served, SILENCE, for_="4h")

        ended = await press(served, SILENCE, for_="4h", do="end")
        again = await press(served, SILENCE, for_="4h")
        twice = await press(served, SILENCE, for_="4h", do="end")

        assert [WHO] == [event.ended_by for event in post.events[1:] if isinstance(event, Silence)]
        assert 2 == len(post.events)
        assert ended.text == again.text == twice.text
        assert "The silence is over" in ended.text

    async def test_nothing_to_end(self, store: Store) -> None:
        """A link ends no silence but its own, and an acknowledgement none at all."""
        stored(store)
        post = Post()
        served = app(store, post=post)

        assert 409 == (await press(served, SILENCE, do="end")).status_code
        assert 200 == (await press(served, ACKNOWLEDGE, do="end")).status_code
        assert [Acknowledgement] == [type(event) for event in post.events]


class TestRefusals:
    @pytest.mark.parametrize(
        ("link", "status", "words", "result"),
        [
            (ACKNOWLEDGE[:-1], 404, "not whole", "malformed"),
            (f"{ACKNOWLEDGE[:40]}B{ACKNOWLEDGE[41:]}", 403, "not good", "forged"),
            (token(Purpose.SILENCE, key="other" * 10), 403, "not good", "forged"),
            (token(Purpose.SILENCE, age=timedelta(days=7)), 410, "good until 2 Mar 2026, 12:00 UTC", "expired"),
            (token(Purpose.SILENCE, "never heard of"), 404, "not known", "not_found"),
        ],
    )
    async def test_what_does_not_count(self, store: Store, link: str, status: int, words: str, result: str) -> None:
        """A link that is cut, changed, too old or of nothing does nothing, says why, and is counted."""
        stored(store)
        post = Post()
        purpose = "silence" if result in {"expired", "not_found"} else "unknown"
        before = counted(purpose, result)

        shown, pressed = await ask(app(store, post=post), f"/act/{link}"), await press(app(store, post=post), link)

        assert (status, status, []) == (shown.status_code, pressed.status_code, post.events)
        assert words in shown.text
        assert before + 2 == counted(purpose, result)

    async def test_what_is_over(self, store: Store) -> None:
        """Of an incident that was resolved meanwhile the page says so, and the button is a conflict."""
        stored(store)
        post, link = Post(), token(Purpose.ACKNOWLEDGE, RESOLVED)

        shown, pressed = await ask(app(store, post=post), f"/act/{link}"), await press(app(store, post=post), link)

        assert (200, 409, []) == (shown.status_code, pressed.status_code, post.events)
        assert "This is over already" in shown.text
        assert "<button" not in shown.text

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_another_sites_form(self, store: Store, site: str) -> None:
        """A form on another site that has somebody's link does nothing in that person's browser."""
        stored(store)
        post = Post()

        answer = await press(app(store, post=post), ACKNOWLEDGE, site)

        assert (403, []) == (answer.status_code, post.events)

    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (b"{}", {"Content-Type": "application/json"}, 415),
            (b"a=1&" * 20, {"Content-Type": "application/x-www-form-urlencoded"}, 400),
            (b"comment=\xff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ],
    )
    async def test_what_is_no_form(self, store: Store, body: bytes, headers: dict[str, str], status: int) -> None:
        """A body that no page of ours sends is refused."""
        stored(store)
        post = Post()

        answer = await ask(app(store, post=post), f"/act/{SILENCE}", method="POST", content=body, headers=headers)

        assert (status, []) == (answer.status_code, post.events)

    async def test_without_settings_there_is_nothing(self) -> None:
        """Where links are not set up there are no pages, with whatever token."""
        assert 404 == (await ask(app(NoStore(), links=LinkSettings()), f"/act/{ACKNOWLEDGE}")).status_code

    async def test_kafka_does_not_take_it(self, store: Store) -> None:
        """When nothing could be written the page says that nothing was changed, and it can be tried again."""
        stored(store)
        post, said = Post(), Said()
        served = app(store, post=post, said=said)
        post.error = KafkaUnavailableError("away")

        failed = await press(served, ACKNOWLEDGE)
        post.error = None

        assert (503, True) == (failed.status_code, "Nothing was changed." in failed.text)
        assert "<h1>Acknowledged</h1>" in (await press(served, ACKNOWLEDGE)).text

    async def test_the_store_does_not_answer(self) -> None:
        """Without the store there is a page that asks for patience."""

        class Broken(NoStore):
            def rows(self, statement: Statement) -> list[Row]:
                raise StoreError("network", statement.sql)

        answer = await ask(app(Broken()), f"/act/{ACKNOWLEDGE}")

        assert (503, True) == (answer.status_code, "Try again in a minute." in answer.text)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(text=st.text(st.characters(exclude_characters="/?#%\\", exclude_categories=["Cs", "Cc"]), min_size=1))
    async def test_any_text(self, text: str) -> None:
        """Any text in place of a token is a page that says no."""
        answer = await ask(app(NoStore()), f"/act/{text}")

        assert answer.status_code in {403, 404}


class TestSecrecy:
    @pytest.mark.parametrize("path", ["/act/{}", "/act/{}/", "/satark/ACT/{}", "/act/{}?for=4h", "/x//act/{}"])
    async def test_no_log_line_has_a_token(self, store: Store, path: str) -> None:
        """A log holds no token, not of paths that lead nowhere either."""
        stored(store)

        with capture_logs() as logs:
            await ask(app(store), path.format(SILENCE))
            await ask(app(store), path.format(SILENCE), method="POST")

        assert SILENCE not in str(logs)
        assert "***" in str(logs)

    async def test_the_log_says_who_did_what(self, store: Store) -> None:
        """Who used which mail's link for what is one line of the log."""
        stored(store)

        with capture_logs() as logs:
            await press(app(store), ACKNOWLEDGE)

        (line,) = [line for line in logs if line["event"] == "mail_link"]
        assert (WHO, MAIL, OPEN, "acknowledge", "done") == tuple(
            line[name] for name in ("who", "mail", "incident", "purpose", "result")
        )


class TestAccess:
    async def test_nobody_logs_in(self, store: Store) -> None:
        """Where all else asks for a credential the link is one itself, from any host, and so is its style."""
        stored(store)
        served = app(store, credentials=[Credential("ana", Role.READ, b"")])

        page = await ask(served, f"/act/{SILENCE}", headers={"Host": "satark.example.com"})
        style = await ask(served, "/static/satark.css")

        assert (200, 200, "text/css; charset=utf-8") == (
            page.status_code,
            style.status_code,
            style.headers["content-type"],
        )
        assert "prefers-color-scheme: dark" in (await ask(served, "/static/tokens.css")).text
        assert 404 == (await ask(served, "/static/serving.py")).status_code
        assert 404 == (await ask(served, "/static/..%2Fserving.py")).status_code

    async def test_guesses_are_limited(self) -> None:
        """Who tries many links is told to wait, like any caller."""
        served = app(NoStore(), rate=Rates(per_s=1, burst=3))

        statuses = [(await ask(served, "/act/guess")).status_code for _ in range(4)]

        assert [404, 404, 404, 429] == statuses

    def test_these_settings_are_on(self) -> None:
        """The pages of these tests are those of an installation with links."""
        assert LINKS.enabled
