"""Handles that are lent for one thing at a time."""

import threading

import pytest

from satark.analytics.store.handles import Handles
from satark.analytics.store.statement import StoreError


class Handle:
    """A handle that knows whether it is closed."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        """Close it."""
        self.closed = True


class Workshop:
    """Makes handles, and knows them all."""

    def __init__(self) -> None:
        self.made: list[Handle] = []

    def __call__(self) -> Handle:
        """Make one."""
        self.made.append(Handle())
        return self.made[-1]


class TestHandles:
    def test_a_handle_is_used_again(self) -> None:
        """One after the other, one handle is enough."""
        workshop = Workshop()
        handles = Handles(workshop, most=4)
        for _ in range(3):
            with handles.one():
                pass

        assert len(workshop.made) == 1

    def test_two_at_once_have_two(self) -> None:
        """What is lent is nobody else's."""
        handles = Handles(Handle, most=2)

        with handles.one() as one, handles.one() as other:
            assert one is not other

    def test_a_handle_that_reaches_the_store_no_more_is_closed(self) -> None:
        """A refusal leaves it as it is; a lost connection does not."""
        handles = Handles(Handle, most=1)
        for reason, closed in (("refused", False), ("unreachable", True)):
            with pytest.raises(StoreError), handles.one() as handle:
                raise StoreError(reason, "no")

            assert handle.closed == closed

    def test_who_waits_too_long_is_told_that_the_store_is_busy(self) -> None:
        """A read that never ends does not keep others waiting for ever."""
        handles = Handles(Handle, most=1, timeout_s=0.01)

        with handles.one(), pytest.raises(StoreError, match="no handle came free") as busy, handles.one():
            pass

        assert busy.value.reason == "busy"

    def test_many_threads_have_no_more_than_the_most(self) -> None:
        """The others wait for their turn."""
        workshop = Workshop()
        handles = Handles(workshop, most=2)

        def use() -> None:
            for _ in range(50):
                with handles.one():
                    pass

        threads = [threading.Thread(target=use) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(workshop.made) <= 2

    def test_closing_closes_what_is_free(self) -> None:
        """Nothing stays open."""
        handles = Handles(Handle, most=1)
        with handles.one() as handle:
            pass
        handles.close()

        assert handle.closed
