"""The commands as a person types them."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from satark.analytics.commands.syslog import datagram
from tests.unit.analytics.commands.conftest import FakeServer, problem, rows
from tests.unit.analytics.commands.test_flow_lines import ROW as FLOW
from tests.unit.analytics.commands.test_log_lines import ROW as MESSAGE

Satark = Callable[..., int]


def test_logs_are_shown_a_line_each(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """Logs are shown a line each."""
    server.answer = lambda _: rows([MESSAGE, MESSAGE])

    assert satark("logs", "--last", "5m", "--source", "a6s40") == 0

    lines = capsys.readouterr().out.splitlines()
    assert [True, True] == [line.endswith("BgpPeerMessage:4711 hello p1 5") for line in lines]
    assert [[{"name": "Source", "value": "a6s40", "op": 1}]] == server.asked[0].body["where"]


def test_logs_as_json_have_nested_objects(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Logs as JSON have their messages as nested objects."""
    server.answer = lambda _: rows([MESSAGE])

    assert satark("logs", "--last", "5m", "--json") == 0

    (row,) = json.loads(capsys.readouterr().out)
    assert {"text": "hello", "peer": "p1", "count": 5, "file": "bgp.cc", "line": 12} == row["Xmlmessage"][
        "BgpPeerMessage"
    ]


def test_logs_go_into_a_file(server: FakeServer, satark: Satark, tmp_path: Path) -> None:
    """Logs go into a file."""
    server.answer = lambda _: rows([MESSAGE])

    assert satark("logs", "--last", "5m", "-o", str(tmp_path / "log")) == 0

    assert "hello p1 5" in (tmp_path / "log").read_text()


def test_logs_are_sent_to_a_syslog_server(server: FakeServer, satark: Satark) -> None:
    """Logs are sent to a syslog server, each with its own severity."""
    server.answer = lambda _: rows([MESSAGE])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        port = str(receiver.getsockname()[1])

        assert (
            satark("logs", "--last", "5m", "--send-syslog", "--syslog-server", "127.0.0.1", "--syslog-port", port) == 0
        )

        assert receiver.recv(4_096).startswith(b"<12>contrail: ")


def test_a_long_line_is_cut_for_syslog() -> None:
    """A long line is cut for syslog; a severity that is none becomes a notice."""
    assert (2_048, b"<13>contrail") == (len(datagram({"Level": -100}, "x" * 9_000)), datagram({}, "x")[:12])


def test_names_of_objects_are_shown_once_each(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of objects are shown once each, in order."""
    server.answer = lambda _: rows([{"ObjectId": "b"}, {"ObjectId": "a"}, {"ObjectId": "b"}])

    assert satark("logs", "--object-type", "vrouter", "--object-values") == 0

    assert "a\nb\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tail", "--reverse"],
        ["--tail", "--last", "5m"],
        ["--tail", "--limit", "5"],
        ["--object-values"],
        ["--object-values", "--object-type", "vrouter", "--object-id", "x"],
        ["--last", "5 minutes"],
        ["--trace", "b"],
    ],
)
def test_what_does_not_go_together_has_status_2(
    satark: Satark, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What does not go together has status 2 and one line on stderr."""
    assert satark("logs", *arguments) == 2
    assert 1 == len(capsys.readouterr().err.splitlines())


def test_a_refusal_has_status_1(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal has status 1 and the server's words."""
    server.answer = lambda _: problem(401, "unauthenticated", "a token is needed")

    assert satark("stats") == 1
    assert "satark stats: a token is needed (HTTP 401)\n" == capsys.readouterr().err


def test_a_broken_server_has_status_69(server: FakeServer, satark: Satark) -> None:
    """A server that fails has status 69."""
    server.answer = lambda _: problem(500, "store", "the store does not answer")

    assert satark("flows") == 69


def test_wrong_settings_have_status_78(satark: Satark, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong settings have status 78."""
    monkeypatch.setenv("SATARK_API_URL", "gopher://h")

    assert satark("flows") == 78


def test_tables_of_statistics_are_listed(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables of statistics are listed by their short names."""
    tables = [
        {"name": "MessageTable", "type": "LOG"},
        {"name": "StatTable.A.b", "type": "STAT", "display_name": "Bees"},
    ]
    server.answer = lambda _: (200, json.dumps(tables).encode())

    assert satark("stats") == 0

    assert ["table", "what", "A.b", "Bees"] == capsys.readouterr().out.split()


def test_a_tables_columns_are_shown(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """A table's columns are shown a line each."""
    columns: list[dict[str, Any]] = [
        {"name": "Source", "datatype": "string", "index": True, "suffixes": None},
        {"name": "b.c", "datatype": "int", "index": False, "suffixes": ["b.d"]},
    ]
    server.answer = lambda _: (200, json.dumps({"type": "STAT", "columns": columns}).encode())

    assert satark("stats", "--table", "A.b") == 0

    assert "Source : string (--where)\nb.c [b.d] : int\n" == capsys.readouterr().out
    assert "/analytics/table/StatTable.A.b/schema" == server.asked[0].path


def test_statistics_are_asked_and_shown(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """Statistics are asked as the arguments say, and shown as CSV when that is wanted."""
    server.answer = lambda _: rows([{"T=": 60, "SUM(b.c)": 5}])
    conditions = ("--where", "name=x AND b.c=1<5", "--sort", "T=60", "--descending")

    assert satark("stats", "--table", "A.b", "--select", "T=60", "SUM(b.c)", *conditions, "--csv", "--last", "1h") == 0

    body = server.asked[0].body
    assert "T=,SUM(b.c)\n60,5\n" == capsys.readouterr().out
    assert ("StatTable.A.b", ["T=60", "SUM(b.c)"], 2, ["T=60"]) == (
        body["table"],
        body["select_fields"],
        body["sort"],
        body["sort_fields"],
    )
    assert [[{"name": "name", "value": "x", "op": 1}, {"name": "b.c", "value": 1, "op": 3, "value2": 5}]] == body[
        "where"
    ]


def test_times_are_for_people_in_a_table_alone(
    server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Times are dates in a table, and microseconds for programs."""
    server.answer = lambda _: rows([{"T=": 1_700_000_000_000_000, "COUNT(b)": 5}])
    asked = ("stats", "--table", "A.b", "--select", "T=60", "COUNT(b)", "--last", "1h")

    assert [satark(*asked), satark(*asked, "--csv")] == [0, 0]

    out = capsys.readouterr().out
    assert (True, True) == ("2023 Nov 1" in out, "1700000000000000,5" in out)


def test_flows_are_shown_a_line_each(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """Flows are shown a line each."""
    server.answer = lambda _: rows([FLOW])
    asked = ("--source-vn", "vn1", "--source-ip", "10.1.1.3", "--protocol", "tcp", "--source-port", "33000")

    assert satark("flows", *asked, "--action", "pass", "--direction", "egress") == 0

    body = server.asked[0].body
    assert capsys.readouterr().out.startswith("[SRC-VR:a6s40/10.0.0.1] ingress pass")
    assert ["sourcevn", "sourceip", "protocol", "sport"] == [each["name"] for each in body["where"][0]]
    assert ([{"name": "action", "value": "pass", "op": 1}], 0) == (body["filter"], body["dir"])


@pytest.mark.parametrize(
    ("option", "value", "companion"),
    [
        ("--source-ip", "10.0.0.1", "--source-vn"),
        ("--destination-ip", "10.0.0.1", "--destination-vn"),
        ("--source-port", "80", "--protocol"),
        ("--destination-port", "80", "--protocol"),
    ],
)
def test_an_option_without_its_companion_is_refused(
    satark: Satark, capsys: pytest.CaptureFixture[str], option: str, value: str, companion: str
) -> None:
    """An option that is nothing without another is refused, and says which."""
    assert satark("flows", option, value) == 2
    assert f"Please provide {companion} in addition to {option}" in capsys.readouterr().err


def test_sessions_are_asked_and_shown(server: FakeServer, satark: Satark, capsys: pytest.CaptureFixture[str]) -> None:
    """Sessions are asked as the arguments say."""
    server.answer = lambda _: rows([{"vn": "a", "SUM(forward_logged_bytes)": 5}])

    assert satark("sessions", "--where", "labels CONTAINS label=web", "--filter", "vn=a.*", "--json") == 0

    body = server.asked[0].body
    assert [{"vn": "a", "SUM(forward_logged_bytes)": 5}] == json.loads(capsys.readouterr().out)
    assert ("SessionSeriesTable", "client", 0) == (body["table"], body["session_type"], body["is_service_instance"])
    assert [{"name": "vn", "value": "a.*", "op": 8}] == body["filter"]
