import pytest

from satark.runtime.hosts import is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("LocalHost", True), ("127.0.0.9", True), ("::1", True), ("vco", False), ("10.0.0.1", False)],
)
def test_is_loopback(host: str, expected: bool) -> None:
    """Only what can mean nothing but this machine is loopback."""
    assert is_loopback(host) == expected
