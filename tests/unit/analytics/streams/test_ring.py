import pytest

from satark.analytics.streams.ring import Ring


class TestRing:
    def test_entries_are_numbered(self) -> None:
        """From the first that is held to the next that comes."""
        ring: Ring[str] = Ring(most=3, most_bytes=100)

        for entry in "abcde":
            ring.put(entry, 1)

        assert (2, 5, ["c", "d", "e"]) == (ring.first, ring.next, [ring[number] for number in range(2, 5)])

    def test_large_entries_push_out_others(self) -> None:
        """Bytes have an end, too, but the newest is held however large it is."""
        ring: Ring[str] = Ring(most=100, most_bytes=10)
        for entry, size in (("a", 5), ("b", 5), ("c", 1), ("d", 50)):
            ring.put(entry, size)

        assert (3, "d") == (ring.first, ring[3])

    @pytest.mark.parametrize("number", [-1, 0, 2])
    def test_what_is_not_held_is_an_error(self, number: int) -> None:
        """Not silently another."""
        ring: Ring[str] = Ring(most=1, most_bytes=100)
        ring.put("a", 1)
        ring.put("b", 1)

        with pytest.raises(IndexError):
            ring[number]
