from typing import Any

import pytest

from satark.detector.rules import values
from satark.runtime.documents import parse
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import WRONG, Scalar


def read(shape: Scalar, text: str) -> Any:
    """Return a value as it is read, or what is told of it."""
    content = f"x: {text}".encode()
    mistakes = Mistakes("f", content)
    found = shape.read(parse(content).fields["x"], mistakes)
    return mistakes.told()[0].text if found is WRONG else found


class TestValues:
    @pytest.mark.parametrize(
        ("shape", "right", "wrong"),
        [
            (
                values.moment(),
                ["2026-11-29T02:00", "2026-11-29", "2026-11-29 02:00:30"],
                ["2026-11-31", "0026-11-30", "2199-01-01", "now", "2026-11-29T02:00Z"],
            ),
            (
                values.instant(),
                ["2026-11-29T02:00Z", "2026-11-29T02:00+05:30"],
                ["2026-11-29T02:00", "0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00", "now", "[]"],
            ),
            (values.zone(), ["Europe/Berlin", "UTC", "entity"], ["Mars/One", "../etc/passwd", "Europe", "1"]),
        ],
    )
    def test_values(self, shape: Scalar, right: list[str], wrong: list[str]) -> None:
        """A value that is allowed is read, any other is told with what was expected."""
        assert [one for one in right if str(read(shape, one)).startswith("expected")] == []
        assert [one for one in wrong if not str(read(shape, one)).startswith("expected")] == []

    def test_zone_is_an_offset(self) -> None:
        """What is no time for lack of a zone is told where the zone belongs."""
        assert "the member timezone says where" in read(values.moment(), "2026-11-29T02:00Z")
