"""A store that must not be asked."""

from collections.abc import Iterator, Sequence

from satark.analytics.store.statement import Row, Statement


class NoStore:
    """Fails the test that asks it."""

    def rows(self, statement: Statement) -> list[Row]:
        """Fail."""
        raise AssertionError(statement.sql)

    def blocks(self, statement: Statement) -> Iterator[Sequence[Row]]:
        """Fail."""
        raise AssertionError(statement.sql)
