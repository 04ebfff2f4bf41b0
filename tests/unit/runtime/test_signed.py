from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from string import printable

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from satark.runtime import signed
from satark.runtime.signed import MAX_CHARS, Grant, Purpose, Refusal, TokenError, sign, verify

KEY, OLD = b"k" * 32, b"an older key, which signs no more"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
INCIDENT = "7d3f7a30-0d6c-5b0e-8d59-3d1f1ab2c3d4"
MAIL = "0c1e7b9a-52f4-5c11-9a55-6f1d2e3c4b5a"
GRANT = Grant(
    purpose=Purpose.ACKNOWLEDGE,
    incident=INCIDENT,
    who="asha@example.net",
    mail=MAIL,
    issued=NOW,
    expires=NOW + timedelta(days=7),
)
TOKEN = sign(GRANT, KEY)
TOKEN_HEAD = urlsafe_b64decode(TOKEN[:4])
ONE_OF_ITS_OWN = msgspec.msgpack.encode(["reboot", b"ti", "asha", b"tm", 0, 2**33])
TEXTS = st.text(max_size=128)
SECONDS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def grants() -> st.SearchStrategy[Grant]:
    """Return grants of all kinds of names and times."""
    return st.builds(
        Grant,
        purpose=st.sampled_from(Purpose),
        incident=st.one_of(TEXTS, st.uuids().map(str)),
        who=TEXTS,
        mail=st.one_of(TEXTS, st.uuids().map(str)),
        issued=SECONDS.map(lambda time: time.replace(microsecond=0)),
        expires=SECONDS.map(lambda time: time.replace(microsecond=0)),
    )


def signed_by_us(body: bytes) -> str:
    """Return a token of anything at all."""
    said = TOKEN_HEAD + body
    return urlsafe_b64encode(said + signed._code(said, KEY)).rstrip(b"=").decode()


def refusal(token: str, *, keys: tuple[bytes, ...] = (KEY,), now: datetime = NOW) -> Refusal:
    """Return why a token is refused; it must be."""
    with pytest.raises(TokenError) as caught:
        verify(token, keys, now)
    return caught.value.reason


class TestSign:
    @given(grants())
    @example(GRANT)
    def test_what_is_granted_comes_back(self, grant: Grant) -> None:
        """A token says what was granted, whatever the names are, in characters that no URL changes."""
        token = sign(grant, KEY)

        assert verify(token, (KEY,), grant.expires - timedelta(seconds=1)) == grant
        assert token.replace("-", "").replace("_", "").isalnum()
        assert token.isascii()

    def test_is_short(self) -> None:
        """With ids as they are a token leaves a link in a mail that can be looked at."""
        assert len(TOKEN) < 150

    def test_the_longest_names_fit(self) -> None:
        """The longest names that an event may hold have a token; longer ones are an error, not a broken link."""
        longest = Grant(
            purpose=Purpose.ACKNOWLEDGE, incident="i" * 128, who="w" * 256, mail=MAIL, issued=NOW, expires=NOW
        )
        token = sign(longest, KEY)

        assert len(token) <= MAX_CHARS
        with pytest.raises(ValueError, match="at most"):
            sign(Grant(purpose=Purpose.SILENCE, incident="", who="w" * 999, mail="", issued=NOW, expires=NOW), KEY)

    def test_a_short_key_signs_nothing(self) -> None:
        """A key that could be guessed is refused."""
        with pytest.raises(ValueError, match="at least 32 bytes"):
            sign(GRANT, b"k" * 31)


class TestVerify:
    @given(place=st.integers(0, len(TOKEN) - 1), other=st.sampled_from(printable))
    @example(place=len(TOKEN) - 1, other="B")
    def test_any_other_character_is_refused(self, place: int, other: str) -> None:
        """Whatever character is changed to whatever other, the token does not count any more: the last one, too."""
        changed = TOKEN[:place] + other + TOKEN[place + 1 :]

        if changed != TOKEN:
            assert refusal(changed) in {Refusal.MALFORMED, Refusal.FORGED}

    @given(st.integers(0, len(TOKEN) - 1))
    def test_a_part_is_refused(self, length: int) -> None:
        """A token that a mail program has cut does not count."""
        assert refusal(TOKEN[:length]) in {Refusal.MALFORMED, Refusal.FORGED}

    @given(st.one_of(st.text(), st.text("AB-_=", max_size=64), st.binary().map(lambda raw: raw.decode("latin-1"))))
    @example("")
    @example("A" * (MAX_CHARS + 1))
    @example(TOKEN + "=")
    @example(TOKEN + "\n")
    def test_no_text_is_an_accident(self, text: str) -> None:
        """Any text is refused with a reason, and by no other exception."""
        assert refusal(text) in {Refusal.MALFORMED, Refusal.FORGED}

    @given(st.binary(max_size=80))
    def test_what_another_version_has_signed(self, body: bytes) -> None:
        """Anything under a right signature that is no grant is malformed."""
        assert refusal(signed_by_us(body)) is Refusal.MALFORMED

    def test_another_key_is_forgery(self) -> None:
        """What none of the keys has signed is refused, and so is everything without a key."""
        assert refusal(TOKEN, keys=(OLD,)) is Refusal.FORGED
        assert refusal(TOKEN, keys=()) is Refusal.FORGED

    def test_keys_are_rotated(self) -> None:
        """What an older key signed counts for as long as that key is kept behind the new one."""
        assert verify(sign(GRANT, OLD), (KEY, OLD), NOW) == GRANT
        assert verify(TOKEN, (OLD, KEY), NOW) == GRANT

    def test_the_end(self) -> None:
        """A token counts until the second at which it expires, and says whose it was from then on."""
        verify(TOKEN, (KEY,), GRANT.expires - timedelta(microseconds=1))

        with pytest.raises(TokenError, match="expired") as caught:
            verify(TOKEN, (KEY,), GRANT.expires)
        assert caught.value.grant == GRANT

    def test_another_purpose(self) -> None:
        """What we have signed for something that is not done here is told apart from a forgery."""
        assert refusal(signed_by_us(ONE_OF_ITS_OWN)) is Refusal.OTHER_PURPOSE
