from base64 import urlsafe_b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.analytics.uves.tokens import Tokens

TOKENS = Tokens(b"key")
OTHERS = Tokens(b"another key")


class TestTokens:
    @settings(deadline=None)
    @given(st.text(), st.text(), st.text(max_size=64))
    def test_a_token_names_its_view(self, entity: str, kind: str, view: str) -> None:
        """Of this alarm, to whoever has the key; the same view always has the same token."""
        token = TOKENS.of(entity, kind, view)

        assert (view, token) == (TOKENS.view(entity, kind, token), TOKENS.of(entity, kind, view))
        assert OTHERS.view(entity, kind, token) is None

    @settings(deadline=None)
    @given(st.data())
    def test_a_token_that_was_touched_names_nothing(self, data: st.DataObject) -> None:
        """Not one bit of it may be other."""
        token = bytearray(TOKENS.of("ObjectFoo:f", "a:b", "seen").encode())
        at = data.draw(st.integers(0, len(token) - 1))
        token[at] = data.draw(st.sampled_from(b"ABCxyz019-_=\x00").filter(lambda byte: byte != token[at]))

        assert TOKENS.view("ObjectFoo:f", "a:b", token.decode()) in {None, _same(token)}

    @pytest.mark.parametrize(
        ("entity", "kind"), [("ObjectFoo:g", "a:b"), ("ObjectFoo:f", "a:c"), ("ObjectFoo:fa", ":b")]
    )
    def test_a_token_is_of_one_alarm(self, entity: str, kind: str) -> None:
        """At another object, or of another type, it names nothing."""
        assert TOKENS.view(entity, kind, TOKENS.of("ObjectFoo:f", "a:b", "seen")) is None

    @pytest.mark.parametrize("token", ["", "=", "ä", "no base64!", "A" * 10_000, "\x00"])
    def test_anything_else_names_nothing(self, token: str) -> None:
        """Whatever a caller sends."""
        assert TOKENS.view("ObjectFoo:f", "a:b", token) is None

    def test_the_key_is_not_shown(self) -> None:
        """Not where values are printed."""
        assert "key'" not in repr(TOKENS)


def _same(token: bytearray) -> str | None:
    """The view, where the change was in bits that base64 does not use."""
    try:
        same = urlsafe_b64decode(bytes(token)) == urlsafe_b64decode(TOKENS.of("ObjectFoo:f", "a:b", "seen"))
    except ValueError:
        return None
    return "seen" if same else None
