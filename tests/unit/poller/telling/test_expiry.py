import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.telling.expiry import MAX_TOKEN_CHARS, Stage, Told, announcement, due, expiry_of, remaining, stage_at
from satark.schemas.codec import encode
from satark.schemas.messages import Level

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
EXPIRY = NOON + timedelta(days=10)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def part(value: object) -> str:
    """Return a part of a JWT."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(payload: object) -> str:
    """Return a token with that payload, signed by nobody."""
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(payload)}.c2lnbmF0dXJl"


class TestExpiryOf:
    @given(TIMES)
    def test_seconds_and_milliseconds(self, time: datetime) -> None:
        """The same time is read from seconds, as by the standard, and from milliseconds, as this vendor has it."""
        whole = time.replace(microsecond=0)
        seconds = int(whole.timestamp())

        assert expiry_of(jwt({"exp": seconds})) == whole
        assert expiry_of(jwt({"exp": seconds * 1_000, "sub": "x"})) == whole

    def test_published_sample(self) -> None:
        """The published sample of the vendor is from October 2023."""
        assert expiry_of(jwt({"exp": 1696541186000})) == datetime(2023, 10, 5, 21, 26, 26, tzinfo=UTC)

    @pytest.mark.parametrize(
        "payload",
        [
            {},
            [],
            "exp",
            None,
            {"exp": None},
            {"exp": "1696541186000"},
            {"exp": True},
            {"exp": 0},
            {"exp": -1},
            {"exp": 1e300},
            {"exp": 10**30},
            {"exp": [1]},
        ],
    )
    def test_no_time(self, payload: object) -> None:
        """What is no time is no expiry."""
        assert expiry_of(jwt(payload)) is None

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "abc",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            "a.é.c",
            f"a.{part({'exp': 1})}",
            "a." + "W1tb" * 5_000 + ".c",
            jwt({"exp": 1, "x": "y" * MAX_TOKEN_CHARS}),
        ],
    )
    def test_no_jwt(self, token: str) -> None:
        """A token of another form has no expiry that could be known."""
        assert expiry_of(token) is None

    @given(st.text() | st.builds("a.{}.c".format, st.text()) | st.builds(jwt, st.recursive(st.floats(), st.lists)))
    def test_any_token(self, token: str) -> None:
        """Whatever a token is, reading it fails never."""
        expiry_of(token)


class TestDue:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            (31, None),
            (30, Stage.MONTH),
            (10, Stage.MONTH),
            (7.01, Stage.MONTH),
            (7, Stage.WEEK),
            (1.01, Stage.WEEK),
            (1, Stage.DAY),
            (0.01, Stage.DAY),
            (0, Stage.EXPIRED),
            (-100, Stage.EXPIRED),
        ],
    )
    def test_stage(self, days: float, expected: Stage | None) -> None:
        """The nearest stage counts."""
        assert stage_at(NOON + timedelta(days=days), NOON) == expected

    def test_a_life(self) -> None:
        """A token that is looked at every hour for two months is announced four times, each stage once."""
        told: Told | None = None
        heard = []
        for hour in range(60 * 24):
            now = EXPIRY - timedelta(days=45) + timedelta(hours=hour)
            if (new := due(EXPIRY, now, told)) is not None:
                told = new
                heard.append(((EXPIRY - now).days, new.stage))

        assert heard == [(30, Stage.MONTH), (7, Stage.WEEK), (1, Stage.DAY), (0, Stage.EXPIRED)]

    @given(st.lists(st.integers(0, 50 * 24), max_size=30), st.integers(0, 29))
    def test_restarts(self, hours: list[int], forgotten: int) -> None:
        """Whoever knows what was told tells no stage twice; whoever forgot it makes the same message again."""
        told: Told | None = None
        ids: list[str] = []
        known: list[str] = []
        for index, hour in enumerate(sorted(hours)):
            now = EXPIRY - timedelta(days=40) + timedelta(hours=hour)
            if index == forgotten:
                told = None
            if (new := due(EXPIRY, now, told)) is not None:
                ids.append(announcement("vco", new, now).id)
                if index != forgotten:
                    known.append(ids[-1])
                told = new

        assert len(known) == len(set(known))
        assert len(set(ids)) <= len(Stage)

    def test_new_token(self) -> None:
        """A new token begins anew, also one that expires earlier."""
        told = Told(EXPIRY, Stage.EXPIRED)

        assert due(EXPIRY + timedelta(days=365), NOON, told) is None
        assert due(NOON + timedelta(days=3), NOON, told) == Told(NOON + timedelta(days=3), Stage.WEEK)

    def test_unknown(self) -> None:
        """A token that does not say when it expires is announced never."""
        assert due(None, NOON) is None


class TestAnnouncement:
    def test_ten_days(self) -> None:
        """The message names the orchestrator and the date."""
        message = announcement("vco.example.net", Told(EXPIRY, Stage.MONTH), NOON)

        assert message.text == (
            "The API token of vco.example.net expires on 2026-03-20 12:00 UTC, in 10 days: create a new one before."
        )
        assert (message.kind, message.name, message.level) == ("poller", "TOKEN_EXPIRES", Level.NOTICE)
        assert (message.entity, message.labels) == (
            "orchestrator/vco.example.net",
            {"orchestrator": "vco.example.net"},
        )

    def test_levels(self) -> None:
        """The nearer, the graver; the expired one says what follows."""
        messages = [announcement("vco", Told(EXPIRY, stage), EXPIRY) for stage in sorted(Stage, reverse=True)]

        assert [m.level for m in messages] == [Level.NOTICE, Level.WARNING, Level.ERROR, Level.CRITICAL]
        assert "expired on 2026-03-20" in messages[-1].text
        assert "within a day" in messages[-2].text

    @pytest.mark.parametrize(
        ("days", "expected"), [(29.99, "in 30 days"), (1.2, "in 1 day"), (0.4, "within a day"), (-1, "within a day")]
    )
    def test_remaining(self, days: float, expected: str) -> None:
        """Days are told as a person would round them."""
        assert remaining(NOON + timedelta(days=days), NOON) == expected

    @given(TIMES, TIMES, st.sampled_from(Stage), st.text(st.characters(codec="utf-8"), min_size=1, max_size=128))
    def test_valid(self, expiry: datetime, now: datetime, stage: Stage, orchestrator: str) -> None:
        """Every announcement is a message of the contract, and its id does not depend on when it is made."""
        message = announcement(orchestrator, Told(expiry, stage), now)

        assert encode(message, source="poller").topic == "satark.messages.v1"
        assert message.id == announcement(orchestrator, Told(expiry, stage), NOON).id
