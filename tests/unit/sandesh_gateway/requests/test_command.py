import argparse
import json
from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console
from rich.tree import Tree

from satark.runtime.asking import Asked, request_to
from satark.sandesh_gateway.requests import screen
from satark.sandesh_gateway.requests.actions import UsageError, request_of
from satark.sandesh_gateway.requests.command import EXIT, command
from satark.schemas.messages import Message, SandeshHeader
from satark.schemas.requests import OUTCOME, RequestOutcome
from tests.unit.sandesh_gateway.cluster.words import up
from tests.unit.sandesh_gateway.requests.questions import GENERATOR, NOW

BODY = (
    '<Resp type="sandesh"><more type="bool">false</more><a type="i32">5</a><l type="list"><list type="struct" size="1"><S><ok type="bool">true</ok>'
    '</S></list></l><e type="list"><list type="i32" size="0"></list></e><t type="string">\x1b[31mred</t></Resp>'
)


def parsed(*words: str) -> argparse.Namespace:
    """Return the arguments as the command reads them."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args(words)


def shown(console_width: int = 200) -> Console:
    """Return a console that keeps what is printed."""
    return Console(record=True, width=console_width, file=StringIO())


def what_came(*, matched: int = 1) -> Asked:
    """Return one answer and its outcome."""
    asked = Asked(request_to(GENERATOR, "Req", timeout_s=1.0))
    header = SandeshHeader(type="RESPONSE", context=asked.request.id)
    entity = f"generator/{GENERATOR}"
    fields = {"generator": GENERATOR, "answers": "1", "gateway": "g1", "matched": str(matched), "detail": "why"}
    asked.learn(Message(id="1", entity=entity, kind="sandesh", time=NOW, name="Resp", sandesh=header, body=BODY))
    asked.learn(Message(id="2", entity=entity, kind=OUTCOME, time=NOW, name="answered", sandesh=header, fields=fields))
    return asked


class TestArguments:
    def test_a_request_is_made_of_them(self) -> None:
        """Generator, name, fields and the time that the daemon has."""
        made = request_of(parsed("--timeout", "2.5", GENERATOR, "SandeshTraceRequest", "buf_name=x", "count=3"))

        assert (made.generator, made.name) == (GENERATOR, "SandeshTraceRequest")
        assert [(each.name, each.type, each.value) for each in made.arguments] == [
            ("buf_name", "string", "x"),
            ("count", "i32", "3"),
        ]
        assert (made.expires - made.time).total_seconds() == 2.5

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["h1", "Req"], "is not SOURCE:NODE_TYPE:MODULE:INSTANCE"),
            ([GENERATOR, "Req", "a"], "no field=value"),
            ([GENERATOR, "Req", "a:i32=x"], "is no i32"),
            ([GENERATOR, "no name"], "no name of a request"),
            ([GENERATOR, "SandeshUVETypesReq", "a=1"], "has no field"),
        ],
    )
    def test_what_no_gateway_would_send_is_told_at_once(self, words: Sequence[str], told: str) -> None:
        """The person who types hears of it before anything is sent."""
        with pytest.raises(UsageError, match=told):
            request_of(parsed(*words))

    @pytest.mark.parametrize("words", [[], [GENERATOR], ["--list", GENERATOR, "Req"]])
    def test_it_must_be_clear_what_to_do(self, words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
        """To ask needs a generator and a name, to list takes no name; else it is a usage error."""
        assert command.run(parsed(*words)) == 2
        assert "GENERATOR and NAME are needed" in capsys.readouterr().err

    @pytest.mark.parametrize("text", ["0", "-1", "x", "nan", "inf", "1e9"])
    def test_a_timeout_is_a_number_of_seconds(self, text: str) -> None:
        """Neither nothing nor for ever."""
        with pytest.raises(SystemExit):
            parsed("--timeout", text, GENERATOR, "Req")

    def test_missing_settings_are_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without brokers it exits as every command does."""
        assert command.run(parsed(GENERATOR, "SandeshUVETypesReq")) == 78
        assert "SATARK_KAFKA_BROKERS" in capsys.readouterr().err

    def test_every_outcome_has_its_status(self) -> None:
        """All are told apart, and only an answer is a success."""
        assert set(EXIT) == set(RequestOutcome)
        assert len(set(EXIT.values())) == len(EXIT)
        assert EXIT[RequestOutcome.ANSWERED] == 0


class TestScreen:
    def test_answers_are_trees_and_outcomes_lines(self) -> None:
        """Fields are shown by name, nothing can colour the terminal, and the outcome says how many answers."""
        console = shown()
        screen.show(console, what_came())
        text = console.export_text()

        for part in ("Resp", GENERATOR, "a 5", "e -", r"\x1b[31mred", "answered", "1 answer", "why"):
            assert part in text
        assert "\x1b" not in text
        assert "more" not in text

    def test_lists_of_plain_structs_are_tables(self) -> None:
        """Their fields are columns, also where one lacks some; structs in structs are branches."""
        console, tree = shown(), Tree("t")
        screen._grow(tree, {"flat": [{"a": 1}, {"a": 2, "b": []}], "deep": [{"s": {"c": True}}]})
        console.print(tree)

        assert [line.rstrip() for line in console.export_text().splitlines()] == [
            "t",
            "├── flat",
            "│   └── a  b",
            "│       1",
            "│       2  -",
            "└── deep",
            "    └── [0]",
            "        └── s",
            "            └── c true",
        ]

    def test_missing_outcomes_are_counted(self) -> None:
        """When fewer have ended than were meant, that is said."""
        console = shown()
        screen.show(console, what_came(matched=3))

        assert "2 more of 3 have not been heard of" in console.export_text()

    def test_json_has_plain_values(self) -> None:
        """One object, with numbers as numbers."""
        console = shown(40)
        screen.show_json(console, what_came())
        found = json.loads(console.export_text())

        assert found["answers"][0]["fields"] == {"a": 5, "l": [{"ok": True}], "e": [], "t": "\x1b[31mred"}
        assert found["outcomes"][0]["outcome"] == "answered"

    def test_an_answer_without_readable_xml_shows_what_the_event_has(self) -> None:
        """The fields of the event are better than nothing."""
        entity = f"generator/{GENERATOR}"
        broken = Message(id="1", entity=entity, kind="sandesh", time=NOW, name="R", body="<R>", fields={"a": "1"})

        assert screen.content_of(broken) == {"a": "1"}

    def test_generators_are_a_table(self) -> None:
        """Who is connected where; nobody is a sentence."""
        console, empty, lines = shown(), shown(), shown(40)
        screen.show_sessions(console, [up(GENERATOR, 5, "g1")])
        screen.show_sessions(empty, [])
        screen.show_sessions_json(lines, [up(GENERATOR, 5, "g1"), up("b", 6, "g1")])

        assert GENERATOR in console.export_text()
        assert empty.export_text() == "nobody is connected\n"
        assert [json.loads(line)["session"] for line in lines.export_text().splitlines()] == [5, 6]
