import pytest

from satark.runtime.secret import Secret


class TestSecret:
    @pytest.mark.parametrize(
        "shown", [str, repr, "{}".format, "{:>4}".format, lambda s: f"{s!r} {s}", lambda s: str([s])]
    )
    def test_printing_it_shows_nothing(self, shown: object) -> None:
        """No way of making a text of a secret shows its value."""
        assert callable(shown)

        assert "hunter2" not in shown(Secret("hunter2"))

    def test_whoever_needs_it_asks(self) -> None:
        """The value itself is there for whoever asks for it by name."""
        assert Secret("hunter2").reveal() == "hunter2"

    def test_equal_values_are_equal(self) -> None:
        """Secrets compare and hash by value, and equal no plain text."""
        assert {Secret("a"), Secret("a"), Secret("b")} == {Secret("a"), Secret("b")}
        assert Secret("a") != "a"
