import argparse
import asyncio
import json
import logging
from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from satark.runtime.commands.dlq import actions, command
from satark.runtime.deadletter import dead_letter
from satark.runtime.kafka import read_to_end
from satark.runtime.letters import Selection, Tally
from satark.runtime.records import OutgoingRecord, Record
from tests.integration.runtime_kafka import settings_of, write
from tests.support.kafka import KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.ports import free_port

pytestmark = pytest.mark.kafka

NOW = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


class NamedError(ValueError):
    """An error with a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"it is {reason}")
        self.reason = reason


class Letters:
    """A topic of the test's own with its dead letters, and `satark dlq` to look at them."""

    def __init__(self, kafka: KafkaEndpoint, topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = settings_of(kafka)
        self.topics = topics
        self.topic = topics.name("t")
        self.dead = f"{self.topic}.dlq"
        for name, text in kafka.environment().items():
            monkeypatch.setenv(name, text)

    async def write(self, *reasons: str, value: bytes = b"{broken") -> None:
        """Write a dead letter for each reason; an empty one names no origin."""
        letters = []
        for number, reason in enumerate(reasons):
            record = Record(self.topic, 0, number, NOW, b"key-%d" % number, value, (("ce_id", b"%d" % number),))
            letter = dead_letter(record, NamedError(reason or "odd"), service="test", now=NOW)
            headers = tuple(h for h in letter.headers if reason or h[0] != "dlq_topic")
            letters.append(OutgoingRecord(letter.topic, letter.key, letter.value, headers))
        await write(self.settings, letters)

    async def dlq(self, *arguments: str) -> int:
        """Run `satark dlq` as a person does: in an event loop of its own."""
        parser = argparse.ArgumentParser()
        command.configure(parser)
        return await asyncio.to_thread(command.run, parser.parse_args(arguments))

    async def replayed(self) -> list[Record]:
        """Read the original topic."""
        return [record async for record in read_to_end(self.settings, self.topic)]


@pytest.fixture
async def letters(kafka: KafkaEndpoint, kafka_topics: Topics, monkeypatch: pytest.MonkeyPatch) -> Letters:
    """A topic and its topic of dead letters, both empty."""
    made = Letters(kafka, kafka_topics, monkeypatch)
    await kafka_topics.create("t")
    await kafka_topics.create("t.dlq")
    return made


class TestList:
    async def test_the_newest_are_listed(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """The newest so many letters are listed, oldest first, as JSON with all that is known."""
        await letters.write("invalid", "not_json", "invalid")

        status = await letters.dlq("list", "--topic", letters.topic, "--limit", "2", "--json")

        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert status == 0
        assert [(row["offset"], row["reason"]) for row in rows] == [(1, "not_json"), (2, "invalid")]
        assert rows[0]["from"] == f"{letters.topic}/0/1"
        assert (rows[0]["key"], rows[0]["service"], rows[0]["bytes"]) == ("key-1", "test", 7)

    async def test_a_selection_is_listed(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """A reason and a time select, also when the newest are others."""
        await letters.write("invalid", "not_json", "not_json")

        await letters.dlq("list", "--topic", letters.dead, "--reason", "invalid", "--since", "1h", "--limit", "1")
        chosen = capsys.readouterr().out
        await letters.dlq("list", "--topic", letters.dead, "--since", "2100-01-01")
        none = capsys.readouterr().out

        assert " 0/0 " in chosen
        assert "it is invalid" in chosen
        assert none == "no dead letters\n"

    async def test_every_topic_is_listed(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a topic those of all are listed."""
        await letters.write("invalid")

        await letters.dlq("list", "--limit", "1000", "--json")

        topics = {json.loads(line)["topic"] for line in capsys.readouterr().out.splitlines()}
        assert letters.dead in topics

    async def test_an_unknown_topic_is_told(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """A topic that is not there exits with 2 and lists those that are."""
        status = await letters.dlq("list", "--topic", "absent")

        assert status == 2
        assert letters.dead in capsys.readouterr().err


class TestShow:
    async def test_one_is_shown(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """One letter is shown with headers, bytes and text."""
        await letters.write("invalid", "not_json")

        status = await letters.dlq("show", f"{letters.dead}/0/1")

        written = capsys.readouterr().out
        assert status == 0
        assert "header     dlq_reason = not_json" in written
        assert "7b 62 72 6f 6b 65 6e" in written
        assert written.endswith("\n{broken\n")

    async def test_one_that_is_gone_is_told(
        self, letters: Letters, kafka: KafkaEndpoint, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A letter whose time is over is told as such."""
        await letters.write("invalid", "invalid")
        admin = AIOKafkaAdminClient(**kafka.client_options())
        await admin.start()
        await admin.delete_records({TopicPartition(letters.dead, 0): RecordsToDelete(before_offset=1)})
        await admin.close()

        status = await letters.dlq("show", f"{letters.dead}/0/0")

        assert status == 2
        assert f"there is no {letters.dead}/0/0 any more" in capsys.readouterr().err

    async def test_its_bytes_are_written(self, letters: Letters, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        """--raw writes the value's bytes and nothing else."""
        await letters.write("invalid", value=b"\x00\xff\n")

        await letters.dlq("show", "--raw", f"{letters.dead}/0/0")

        assert capsysbinary.readouterr().out == b"\x00\xff\n"

    @pytest.mark.parametrize(
        ("place", "why"), [("{}/0/9", "there is no"), ("{}/7/0", "there is no"), ("0/0", "name the topic")]
    )
    async def test_one_that_is_not_there_is_told(
        self, letters: Letters, capsys: pytest.CaptureFixture[str], place: str, why: str
    ) -> None:
        """A place without a letter exits with 2."""
        status = await letters.dlq("show", place.format(letters.dead))

        assert status == 2
        assert why in capsys.readouterr().err


class TestReplay:
    async def test_originals_go_back(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """The selected originals are written to their topic with key, bytes and headers; others are left, with reasons."""
        await letters.write("invalid", "not_json", "invalid", "")

        status = await letters.dlq("replay", "--topic", letters.topic, "--reason", "invalid", "--yes")

        back = await letters.replayed()
        assert status == 0
        assert [(r.key, r.value, r.headers) for r in back] == [
            (b"key-0", b"{broken", (("ce_id", b"0"),)),
            (b"key-2", b"{broken", (("ce_id", b"2"),)),
        ]
        assert capsys.readouterr().out.splitlines() == [
            f"2 to send back: {letters.dead} (invalid)",
            f"2 sent back: {letters.dead} (invalid)",
        ]

    async def test_a_dry_run_sends_nothing(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """--dry-run counts and sends nothing; what has no origin is told."""
        await letters.write("invalid", "")

        status = await letters.dlq("replay", "--topic", letters.dead, "--dry-run")

        assert (status, await letters.replayed()) == (0, [])
        assert capsys.readouterr().out.splitlines() == [
            f"1 would be sent back: {letters.dead} (invalid)",
            f"1 left out: {letters.dead}, it came from no topic",
        ]

    async def test_what_came_meanwhile_stays(self, letters: Letters) -> None:
        """Only what was counted and asked for is sent; letters without an origin are left out again."""
        await letters.write("invalid", "")
        existing = frozenset({letters.topic, letters.dead})
        planned, done = Tally(ends={(letters.dead, 0): 1}), Tally()
        await letters.write("invalid")

        await actions._replay(letters.settings, Selection(), existing, planned, done)

        assert (len(await letters.replayed()), done.replayed.total(), done.skipped.total()) == (1, 1, 1)

    async def test_a_person_may_say_no(self, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever answers no at the terminal sends nothing."""
        await letters.write("invalid")
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _: "n")

        status = await letters.dlq("replay", "--topic", letters.topic)

        assert (status, await letters.replayed()) == (0, [])

    async def test_single_ones_go_back(self, letters: Letters) -> None:
        """Letters are selected by place."""
        await letters.write("a", "b", "c")

        await letters.dlq("replay", "--topic", letters.topic, "--offset", "0/0", "--offset", f"{letters.dead}/0/2")

        assert [record.key for record in await letters.replayed()] == [b"key-0", b"key-2"]

    async def test_many_go_back_in_order(self, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
        """More than one batch goes back whole and in order, also a second time."""
        monkeypatch.setattr("satark.runtime.commands.dlq.actions.BATCH_RECORDS", 7)
        await letters.write(*["invalid"] * 20)

        statuses = [await letters.dlq("replay", "--topic", letters.topic, "--yes") for _ in range(2)]

        assert statuses == [0, 0]
        assert [record.key for record in await letters.replayed()] == [b"key-%d" % n for n in range(20)] * 2

    async def test_nothing_to_do_is_said(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """An empty selection says so and exits with 0."""
        status = await letters.dlq("replay", "--topic", letters.topic, "--reason", "none")

        assert (status, capsys.readouterr().out) == (0, "nothing to send back\n")

    async def test_a_selection_is_needed(self, letters: Letters, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a selection nothing is sent and the exit status is 2."""
        status = await letters.dlq("replay", "--yes")

        assert (status, await letters.replayed()) == (2, [])
        assert "say which" in capsys.readouterr().err


async def test_a_dead_broker_exits_with_69(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """After bounded tries it says that no broker answers."""
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("satark.runtime.commands.dlq.actions.CONNECT_ATTEMPTS", 1)
    parser = argparse.ArgumentParser()
    command.configure(parser)

    status = await asyncio.to_thread(command.run, parser.parse_args(["list"]))

    assert status == 69
    assert "satark dlq: Kafka is not available after 1 attempts" in capsys.readouterr().err
