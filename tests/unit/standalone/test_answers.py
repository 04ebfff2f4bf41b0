"""Where the REST API of a run is."""

import socket

import pytest

from satark.standalone.answers import answers_at, is_free


def test_an_address_is_free_until_somebody_listens() -> None:
    """An address is free until somebody listens there."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        listener.listen()

        assert not is_free(address)
    assert is_free(address)


@pytest.mark.parametrize(
    ("listen", "port", "expected"),
    [
        ("127.0.0.1:8081", "8081", "http://127.0.0.1:8081/console; or ask: satark incidents, satark logs"),
        ("127.0.0.1:0", "4711", "satark logs with SATARK_API_URL=http://127.0.0.1:4711"),
        ("0.0.0.0:8081", "8081", "http://127.0.0.1:8081/console; or ask: satark incidents, satark logs"),
        ("[::]:9", "9", "satark logs with SATARK_API_URL=http://[::1]:9"),
    ],
)
def test_the_line_says_what_to_set_where_the_address_is_not_the_usual_one(
    listen: str, port: str, expected: str
) -> None:
    """The line says what to set where the address is not the usual one."""
    assert answers_at(listen, port).endswith(expected)
