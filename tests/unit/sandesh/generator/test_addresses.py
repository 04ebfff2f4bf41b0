from pathlib import Path

import pytest

from satark.sandesh.generator.addresses import parse_address, parse_sink


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", ("10.0.0.1", 8086)),
        (" collector:1 ", ("collector", 1)),
        ("[::1]", ("::1", 8086)),
        ("[::1]:65535", ("::1", 65535)),
        ("fe80::1", ("fe80::1", 8086)),
    ],
)
def test_address(text: str, expected: tuple[str, int]) -> None:
    """Hosts and ports are told apart, in both versions of the protocol."""
    assert expected == parse_address(text)


@pytest.mark.parametrize("text", ["", ":8086", "a:0", "a:65536", "a:x", "a:٣", "[::1", "[::1]x", "[]:1"])
def test_no_address(text: str) -> None:
    """Anything else is refused, with the text."""
    with pytest.raises(ValueError, match="no address"):
        parse_address(text)


def test_sink() -> None:
    """A sink is a host with a port, which has no default, or a path."""
    assert ("stats", 8125) == parse_sink("stats:8125")
    assert Path("/run/stats.sock") == parse_sink("/run/stats.sock")
    with pytest.raises(ValueError, match="no address"):
        parse_sink("stats")
