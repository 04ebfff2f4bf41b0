"""The connection to the REST API."""

from typing import Any

import pytest

from satark.analytics.commands.api import Api, ApiError, UnreachableError, rows_of
from satark.runtime.api import ApiSettings
from satark.runtime.secret import Secret
from tests.support.ports import free_port
from tests.unit.analytics.commands.conftest import FakeServer, problem, rows

QUERY: dict[str, Any] = {"table": "MessageTable"}


def test_rows_come_batch_by_batch(server: FakeServer) -> None:
    """Rows come batch by batch, in order."""
    server.answer = lambda _: rows([{"a": 1}, {"a": 2}], [{"a": "], }"}])

    with Api(ApiSettings(url=server.url)) as api:
        assert [{"a": 1}, {"a": 2}, {"a": "], }"}] == list(api.query(QUERY))
    assert [("POST", "/analytics/query", QUERY)] == [(each.method, each.path, each.body) for each in server.asked]


def test_the_documented_form_of_an_answer_is_read() -> None:
    """The documented form, in which a batch begins with its comma, is read."""
    lines = [b'{"value": [', b'{"a": 1}, {"a": 2}', b', {"a": 3}', b"]}"]

    assert [{"a": 1}, {"a": 2}, {"a": 3}] == list(rows_of(iter(lines)))


def test_no_rows_are_no_rows() -> None:
    """An answer without rows has none."""
    assert [] == list(rows_of(iter([b'{"value": [', b"]}"])))
    assert [] == list(rows_of(iter([b'{"value": []}'])))


@pytest.mark.parametrize(
    "lines",
    [[], [b"<html>"], [b'{"value": [', b'{"a": 1}'], [b'{"value": [', b'{"a": '], [b'{"value": [', b"5", b"]}"]],
)
def test_an_answer_that_is_none_or_cut_short_is_told(lines: list[bytes]) -> None:
    """An answer that is none, or is cut short, is told: nobody takes a part for all."""
    with pytest.raises(UnreachableError):
        list(rows_of(iter(lines)))


def test_a_refusal_has_the_servers_words(server: FakeServer) -> None:
    """A refusal has the server's words and code."""
    server.answer = lambda _: problem(429, "too_many_rows", "more than 10 rows")

    with Api(ApiSettings(url=server.url)) as api, pytest.raises(ApiError, match="more than 10 rows") as told:
        list(api.query(QUERY))

    assert (429, "too_many_rows", True) == (told.value.status, told.value.code, told.value.is_too_much)


def test_a_refusal_in_plain_text_is_shown(server: FakeServer) -> None:
    """A refusal in plain text, as Contrail has them, is shown."""
    server.answer = lambda _: (410, b"Table X not found")

    with Api(ApiSettings(url=server.url)) as api, pytest.raises(ApiError, match="Table X not found"):
        api.get("/analytics/table/X")


def test_a_redirect_is_not_followed(server: FakeServer) -> None:
    """A redirect is not followed: the token is for this server alone."""
    server.answer = lambda _: (302, b"elsewhere")

    with Api(ApiSettings(url=server.url, token=Secret("t"))) as api, pytest.raises(ApiError):
        api.get("/v1/health")

    assert ["Bearer t"] == [each.authorization for each in server.asked]


def test_basic_credentials_are_sent(server: FakeServer) -> None:
    """Basic credentials are sent."""
    with Api(ApiSettings(url=server.url, user="admin", password=Secret("pw"))) as api:
        assert api.get("/analytics") == []

    assert ["Basic YWRtaW46cHc="] == [each.authorization for each in server.asked]


def test_a_server_that_is_not_there_is_told() -> None:
    """A server that is not there is told, with its address."""
    url = f"http://127.0.0.1:{free_port()}"

    with Api(ApiSettings(url=url)) as api, pytest.raises(UnreachableError, match=url):
        api.get("/analytics")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (ApiSettings(url="ftp://h"), "URL must be http"),
        (ApiSettings(url="http://u:p@h"), "URL must not hold"),
        (ApiSettings(user="u"), "USER and PASSWORD belong together"),
        (ApiSettings(user="u", password=Secret("p"), token=Secret("t")), "choose one"),
    ],
)
def test_settings_that_contradict_themselves_are_named(settings: ApiSettings, expected: str) -> None:
    """Settings that contradict themselves are named."""
    assert any(expected in mistake for mistake in settings.mistakes())
