"""Parameters of one statement: whatever comes from outside is bound here, and only its placeholder is text."""

from collections.abc import Mapping

Bound = str | int | float


class Binder:
    """Gives each value a placeholder; the same value of the same type has the same."""

    def __init__(self) -> None:
        self._values: dict[str, Bound] = {}
        self._placeholders: dict[tuple[str, str], str] = {}

    def text(self, value: str) -> str:
        """Return the placeholder of a text."""
        return self._bind(value, "String")

    def integer(self, value: int) -> str:
        """Return the placeholder of a whole number of 64 bits."""
        return self._bind(value, "Int64")

    def double(self, value: float) -> str:
        """Return the placeholder of a number."""
        return self._bind(value, "Float64")

    @property
    def values(self) -> Mapping[str, Bound]:
        """What was bound, by the name in its placeholder."""
        return dict(self._values)

    def _bind(self, value: Bound, sql_type: str) -> str:
        known = (sql_type, repr(value))
        if known not in self._placeholders:
            name = f"p{len(self._values)}"
            self._values[name] = value
            self._placeholders[known] = f"{{{name}:{sql_type}}}"
        return self._placeholders[known]
