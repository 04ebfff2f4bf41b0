import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.idl.literals import MAX_INTEGER, MIN_INTEGER, bad_escape, double, integer, quote, unquote


class TestTexts:
    @given(st.text())
    def test_round_trip(self, text: str) -> None:
        """Any text survives quoting, and needs no escape that is none."""
        assert unquote(quote(text)) == text
        assert bad_escape(quote(text)) is None

    @pytest.mark.parametrize(
        ("literal", "text"),
        [('"a"', "a"), ("'a'", "a"), (r'"\r\n\t\"\'\\"', "\r\n\t\"'\\"), (r"'\\n'", r"\n"), ("''", "")],
    )
    def test_unquote(self, literal: str, text: str) -> None:
        """Both quotes, and six escapes."""
        assert unquote(literal) == text

    @pytest.mark.parametrize(("literal", "bad"), [(r'"ab\q"', (3, r"\q")), (r'"\x41"', (1, r"\x")), (r'"\\q"', None)])
    def test_bad_escape(self, literal: str, bad: tuple[int, str] | None) -> None:
        """The first escape that is none is found, with its place."""
        assert bad_escape(literal) == bad


class TestNumbers:
    @given(st.integers(MIN_INTEGER, MAX_INTEGER))
    def test_round_trip(self, number: int) -> None:
        """Every integer of 64 bits, signed or not, is one."""
        assert integer(str(number)) == number
        assert integer(f"{'-' if number < 0 else '+'}{'0' * 50}{abs(number)}") == number

    @pytest.mark.parametrize(
        "literal", ["18446744073709551616", "-9223372036854775809", "0x10000000000000000", "9" * 5000]
    )
    def test_too_big(self, literal: str) -> None:
        """What has more than 64 bits is none."""
        assert integer(literal) is None

    @pytest.mark.parametrize(("literal", "number"), [("0xFf", 255), ("007", 7), ("+0", 0), ("0x" + "0" * 99 + "1", 1)])
    def test_spellings(self, literal: str, number: int) -> None:
        """Hexadecimal and decimal; there is no octal."""
        assert integer(literal) == number

    def test_doubles(self) -> None:
        """A double is finite."""
        assert [double(text) for text in ("1.5", "-.5", "1e3", "1e-999", "1e999", "-1e999")] == [
            1.5,
            -0.5,
            1000.0,
            0.0,
            None,
            None,
        ]
