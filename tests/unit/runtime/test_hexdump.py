from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.hexdump import hexdump


class TestHexdump:
    def test_bytes_and_text_are_side_by_side(self) -> None:
        """A line has the position, sixteen bytes and their text."""
        assert list(hexdump(b"metrics\x00\xff {broken", limit=100)) == [
            "00000000  6d 65 74 72 69 63 73 00 ff 20 7b 62 72 6f 6b 65  metrics.. {broke",
            "00000010  6e                                               n",
        ]

    def test_the_rest_is_counted(self) -> None:
        """What is over the limit is told, not shown."""
        assert list(hexdump(b"abc", limit=2))[1:] == ["… 1 more bytes"]

    @given(data=st.binary(max_size=100), limit=st.integers(min_value=0, max_value=100))
    def test_the_bytes_can_be_read_back(self, data: bytes, limit: int) -> None:
        """The hexadecimal columns hold exactly the bytes up to the limit."""
        rows = [line for line in hexdump(data, limit=limit) if not line.startswith("…")]

        assert data[:limit] == b"".join(bytes.fromhex(line[10:57]) for line in rows)
