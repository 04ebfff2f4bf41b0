import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from satark.runtime import letters
from satark.runtime.commands.dlq import actions, command, screen
from satark.runtime.letters import Place, Tally
from satark.runtime.records import Record

NOW = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
TOPICS = frozenset({"a.v1", "a.v1.dlq", "b.v1.dlq"})


def parsed(*arguments: str) -> argparse.Namespace:
    """Return the parsed arguments of `satark dlq`."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args(arguments)


def printed(show: Any, *arguments: Any, width: int = 200) -> str:
    """Return what is shown on a console that is no terminal."""
    console = Console(width=width, force_terminal=False)
    with console.capture() as captured:
        show(console, *arguments)
    return captured.get()


def letter(**changes: Any) -> Record:
    """Return a dead letter."""
    headers = (("dlq_reason", b"invalid"), ("dlq_detail", b"odd \x1b[2J"), ("dlq_topic", b"a.v1"))
    return replace(Record("a.v1.dlq", 0, 3, NOW, b"k", b'{"x": [bold]1}', headers), **changes)


class TestArguments:
    def test_a_list_has_a_limit(self) -> None:
        """`list` shows fifty of all topics unless told otherwise."""
        args = parsed("list")

        assert (args.topic, args.limit, args.since, args.json) == (None, 50, None, False)

    def test_places_and_times_are_read(self) -> None:
        """Places and times are understood before anything is asked."""
        args = parsed("replay", "--topic", "a.v1", "--offset", "0/1", "--offset", "0/2", "--since", "2026-03-02T10:05Z")

        assert args.offset == [Place(None, 0, 1), Place(None, 0, 2)]
        assert args.since == NOW

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            (["list", "--limit", "0"], "is not a number from 1 to"),
            (["list", "--since", "yesterday"], "neither a time"),
            (["list", "--since", "999999d"], "date value out of range"),
            (["show", "17"], "is not topic/partition/offset"),
            ([], "the following arguments are required"),
        ],
    )
    def test_others_are_refused(self, arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
        """An argument that makes no sense exits with 2 and says why."""
        with pytest.raises(SystemExit) as ended:
            parsed(*arguments)

        assert ended.value.code == 2
        assert why in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            ([], "say which"),
            (["--all", "--topic", "a.v1"], "--all means every letter"),
            (["--reason", "x", "--offset", "0/1"], "--offset needs --topic"),
            (["--topic", "a.v1", "--offset", "b.v1/0/1"], "--offset names b.v1.dlq, --topic another"),
            (["--topic", "c.v1"], "there is no topic c.v1.dlq; there are: a.v1.dlq, b.v1.dlq"),
        ],
    )
    def test_a_replay_must_be_meant(self, arguments: list[str], why: str) -> None:
        """A replay without a selection, or with a contradictory one, is refused."""
        with pytest.raises(actions.UsageError, match=why):
            actions._replayed_topics(TOPICS, parsed("replay", *arguments))

    def test_a_selection_names_topics(self) -> None:
        """A replay reads the one topic that is named, or all."""
        one = actions._replayed_topics(TOPICS, parsed("replay", "--topic", "a.v1", "--offset", "a.v1/0/1"))
        every = actions._replayed_topics(TOPICS, parsed("replay", "--all"))

        assert (one, every) == (["a.v1.dlq"], ["a.v1.dlq", "b.v1.dlq"])

    def test_wrong_settings_exit_with_78(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without brokers nothing is tried."""
        monkeypatch.delenv("SATARK_KAFKA_BROKERS", raising=False)

        assert command.run(parsed("list")) == 78
        assert "SATARK_KAFKA_BROKERS is missing" in capsys.readouterr().err


class TestConfirmation:
    @pytest.mark.parametrize(("answer", "expected"), [("y", True), (" YES ", True), ("", False), ("n", False)])
    def test_a_person_is_asked(self, monkeypatch: pytest.MonkeyPatch, answer: str, expected: bool) -> None:
        """At a terminal only a yes sends anything."""
        planned = Tally()
        planned.add(letter(), letters.verdict(letter(), TOPICS))
        asked: list[str] = []
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)

        def reply(question: str) -> str:
            asked.append(question)
            return answer

        monkeypatch.setattr("builtins.input", reply)

        assert expected == actions._confirmed(planned, asks=True)
        assert asked == ["Send 1 back? [y/N] "]

    def test_scripts_are_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a terminal, or with --yes, nobody is asked."""
        monkeypatch.setattr("sys.stdin.isatty", lambda: False)

        assert actions._confirmed(Tally(), asks=True)
        assert actions._confirmed(Tally(), asks=False)


class TestScreen:
    def test_a_list_is_a_table(self) -> None:
        """A list has a row for each letter, and nothing in it is taken for markup or moves the cursor."""
        written = printed(screen.show_list, [letters.summary(letter())])

        header, row = written.splitlines()
        assert header.split() == ["time", "topic", "partition/offset", "key", "reason", "detail", "bytes"]
        assert row.split() == ["2026-03-02T10:05:00.000Z", "a.v1.dlq", "0/3", "k", "invalid", "odd", "\\x1b[2J", "14"]

    def test_a_terminal_s_list_fits_it(self) -> None:
        """On a terminal no line is longer than it is wide."""
        console = Console(width=90, force_terminal=True, color_system=None)
        with console.capture() as captured:
            screen.show_list(console, [letters.summary(letter())])

        assert max(len(line) for line in captured.get().splitlines()) <= 90

    def test_an_empty_list_says_so(self) -> None:
        """Nothing found is said."""
        assert printed(screen.show_list, []) == "no dead letters\n"

    def test_a_letter_is_shown_whole(self) -> None:
        """A letter is shown with its place, headers, bytes and text."""
        written = printed(screen.show_letter, letter(value=b'{"x"\n\x1b[1m'))

        assert written.splitlines() == [
            "place      a.v1.dlq/0/3",
            "time       2026-03-02T10:05:00+00:00",
            "key        k",
            "header     dlq_reason = invalid",
            "header     dlq_detail = odd \\x1b[2J",
            "header     dlq_topic = a.v1",
            "value      9 bytes",
            "",
            '00000000  7b 22 78 22 0a 1b 5b 31 6d                       {"x"..[1m',
            "",
            '{"x"',
            "\\x1b[1m",
        ]

    def test_a_large_value_is_bounded(self) -> None:
        """Of a large value the beginning is shown, and how much more there is."""
        written = printed(screen.show_letter, letter(value=b"x" * 10_000, key=None))

        assert "… 5904 more bytes" in written
        assert "… 5904 more characters" in written
        assert len(written) < 30_000

    def test_a_letter_without_value_is_shown(self) -> None:
        """A tombstone has no bytes to show."""
        assert "value      none" in printed(screen.show_letter, letter(value=None))

    def test_a_tally_is_told(self) -> None:
        """Counts are told by topic and reason, and what is left out with the reason."""
        tally = Tally()
        for one in (letter(), letter(), letter(headers=())):
            tally.add(one, letters.verdict(one, TOPICS))

        assert printed(screen.show_tally, tally, "sent back") == (
            "2 sent back: a.v1.dlq (invalid)\n1 left out: a.v1.dlq, it came from no topic\n"
        )
        assert printed(screen.show_tally, Tally(), "sent back") == "nothing sent back\n"
