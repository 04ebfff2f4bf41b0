import pytest

from satark.simulators.generators.draws import DAY_S, busy_seconds, busyness, draw, identifier, number


class TestDraws:
    def test_repeatable(self) -> None:
        """The same question has the same answer, another one or another seed another."""
        assert draw(1, "a", 2) == draw(1, "a", 2)
        assert len({draw(1, "a", 2), draw(1, "a", 3), draw(2, "a", 2), draw(1, "b", 2)}) == 4

    def test_even(self) -> None:
        """The answers are spread evenly."""
        draws = [draw(7, index) for index in range(2000)]

        assert min(draws) >= 0
        assert max(draws) < 1
        assert sum(draws) / len(draws) == pytest.approx(0.5, abs=0.03)

    def test_both_ends(self) -> None:
        """An integer can be either end of its range."""
        assert {number(3, 5, 1, index) for index in range(100)} == {3, 4, 5}

    def test_identifier(self) -> None:
        """Identifiers are UUIDs of version 4 that differ."""
        found = {identifier(1, index) for index in range(100)}

        assert len(found) == 100
        assert {each.version for each in found} == {4}


class TestDay:
    def test_shape(self) -> None:
        """Afternoons are busy, nights are not, and every day is like the one before."""
        assert busyness(15 * 3600) == pytest.approx(1.6)
        assert busyness(3 * 3600) == pytest.approx(0.4)
        assert busyness(3600) == pytest.approx(busyness(3600 + 20_000 * DAY_S))

    def test_integral(self) -> None:
        """Counters grow as the shape says, by as much as if every second had been summed up."""
        summed = sum(busyness(second + 0.5) for second in range(1000, 9000))

        assert busy_seconds(1000, 9000) == pytest.approx(summed, rel=1e-6)
        assert busy_seconds(5000, 5000 + DAY_S) == pytest.approx(DAY_S)
