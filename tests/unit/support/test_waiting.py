import asyncio

import pytest

from tests.support.waiting import NeverHappenedError, blocking, eventually


class TestEventually:
    async def test_returns_the_first_true_value(self) -> None:
        """The value that ends the waiting is handed back."""
        values = iter([0, "", None, "there"])

        found = await eventually(lambda: next(values), 5.0)

        assert found == "there"

    async def test_awaits_coroutine_functions(self) -> None:
        """A predicate may be a coroutine function."""
        answers = iter([False, True])

        async def ask() -> bool:
            await asyncio.sleep(0)
            return next(answers)

        assert await eventually(ask, 5.0)

    async def test_names_what_was_missed(self) -> None:
        """The error says what did not happen, in which time, and what was seen last."""
        with pytest.raises(NeverHappenedError, match=r"rain did not happen within 0.05 s; last value 0"):
            await eventually(lambda: 0, 0.05, what="rain")

    async def test_lets_errors_through(self) -> None:
        """An error of the predicate ends the waiting at once."""

        def broken() -> bool:
            raise LookupError("gone")

        with pytest.raises(LookupError, match="gone"):
            await eventually(broken, 5.0)


class TestBlocking:
    async def test_works_inside_a_running_loop(self) -> None:
        """A coroutine runs to its end even where a loop runs already."""

        async def three() -> int:
            await asyncio.sleep(0)
            return 3

        assert blocking(three()) == 3

    def test_hands_errors_on(self) -> None:
        """An error of the coroutine is raised at the caller."""

        async def fail() -> None:
            raise LookupError("inside")

        with pytest.raises(LookupError, match="inside"):
            blocking(fail())
