import asyncio
import logging
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaUnavailableError, Producer, client_options, connected, read_to_end, ssl_context
from satark.runtime.kafka.connection import closed
from satark.runtime.kafka.reading import NOTHING_LEFT_S, Progress
from satark.runtime.secret import Secret
from tests.support.certificates import Authority
from tests.support.ports import free_port


class Reluctant:
    """A client that fails a number of times before it starts."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.stopped = 0

    async def start(self) -> None:
        """Fail, or not."""
        if self.failures:
            raise self.failures.pop(0)

    async def stop(self) -> None:
        """Count."""
        self.stopped += 1


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made."""
    pauses: list[float] = []

    async def pause(delay_s: float) -> None:
        pauses.append(delay_s)

    monkeypatch.setattr("satark.runtime.kafka.connection.asyncio.sleep", pause)
    return pauses


class TestClientOptions:
    def test_plain_brokers_are_a_list(self) -> None:
        """Brokers are split; without TLS and SASL nothing of them is given."""
        options = client_options(KafkaSettings(brokers="a:1, b:2"))

        assert options["bootstrap_servers"] == ["a:1", "b:2"]
        assert options["ssl_context"] is None
        assert "sasl_mechanism" not in options

    def test_tls_and_sasl_are_handed_over(self, tmp_path: Path) -> None:
        """A login over TLS gives mechanism, user, password and a context that verifies."""
        settings = KafkaSettings(
            brokers="a:1",
            security_protocol="SASL_SSL",
            sasl_username="user",
            sasl_password=Secret("hunter2"),
            ca_file=Authority(tmp_path).ca_file,
        )

        options = client_options(settings)

        assert (options["sasl_mechanism"], options["sasl_plain_username"]) == ("SCRAM-SHA-512", "user")
        assert options["sasl_plain_password"] == "hunter2"
        assert options["ssl_context"].check_hostname
        assert ssl_context(KafkaSettings(brokers="a:1")) is None


class TestConnected:
    async def test_each_try_has_a_client_of_its_own(self, no_pauses: list[float]) -> None:
        """A client that failed is closed and another one made, after a growing pause."""
        made: list[Reluctant] = []
        failures: list[Exception] = [KafkaConnectionError("no"), OSError("no"), TimeoutError()]

        def make() -> Reluctant:
            made.append(Reluctant([failures.pop(0)] if failures else []))
            return made[-1]

        client = await connected(make)

        assert client is made[-1]
        assert [one.stopped for one in made] == [1, 1, 1, 0]
        assert no_pauses == [0.5, 1.0, 2.0]

    async def test_it_gives_up_after_the_allowed_tries(self, no_pauses: list[float]) -> None:
        """With a number of attempts the last failure is told."""
        with pytest.raises(KafkaUnavailableError, match="not available after 2 attempts: KafkaConnectionError: no"):
            await connected(lambda: Reluctant([KafkaConnectionError("no")]), attempts=2)

        assert no_pauses == [0.5]

    async def test_a_mistake_of_ours_is_not_repeated(self) -> None:
        """What is not the broker's fault goes up at once, and the client is closed."""
        client = Reluctant([AssertionError("ours")])

        with pytest.raises(AssertionError, match="ours"):
            await connected(lambda: client)

        assert client.stopped == 1

    @pytest.mark.parametrize("hangs", [True, False])
    async def test_a_stop_that_fails_is_no_failure_of_ours(self, monkeypatch: pytest.MonkeyPatch, hangs: bool) -> None:
        """A stop that hangs or cancels itself, as aiokafka's does without a broker, still closes the connections."""
        monkeypatch.setattr("satark.runtime.kafka.connection.STOP_TIMEOUT_S", 0.01)
        closings: list[str] = []

        class Connections:
            async def close(self) -> None:
                closings.append("connections")

        class Stubborn:
            client = Connections()

            async def stop(self) -> None:
                if not hangs:
                    raise asyncio.CancelledError
                await asyncio.Event().wait()

        await closed(Stubborn())

        assert closings == ["connections"]

    async def test_nobody_there_is_told(self, no_pauses: list[float], caplog: pytest.LogCaptureFixture) -> None:
        """A producer and a reader whose broker does not exist say so."""
        caplog.set_level(logging.CRITICAL)
        settings = KafkaSettings(brokers=f"127.0.0.1:{free_port()}")

        with pytest.raises(KafkaUnavailableError, match=r"after 1 attempts: .*Unable to bootstrap"):
            await Producer(settings, client_id="test", connect_attempts=1).__aenter__()
        with pytest.raises(KafkaUnavailableError, match="after 5 attempts"):
            await anext(read_to_end(settings, "any"))

        assert len(no_pauses) == 4

    async def test_leaving_what_was_never_entered_is_fine(self) -> None:
        """Construction opens nothing, so there is nothing to close."""
        producer = Producer(KafkaSettings(brokers="nowhere:1"), client_id="test")

        await producer.__aexit__(None, None, None)


class TestProgress:
    def test_records_are_progress(self) -> None:
        """While records come the reading has not ended, however long it takes."""
        progress = Progress(0.0)

        assert not any(progress.ended(now_s, moved=True, answers=[1]) for now_s in (10.0, 20.0, 30.0))

    def test_answers_without_records_are_the_end(self) -> None:
        """When the broker answers for some seconds that it has nothing more, nothing more is there."""
        progress = Progress(0.0)

        ended = [
            progress.ended(now_s, moved=False, answers=[int(now_s * 1000)]) for now_s in (1.0, 2.0, NOTHING_LEFT_S + 1)
        ]

        assert ended == [False, False, True]

    def test_silence_is_no_end(self) -> None:
        """A broker that does not answer has not said that nothing is left; the silence is measured."""
        progress = Progress(0.0)

        ended = [progress.ended(now_s, moved=False, answers=answers) for now_s, answers in ((1.0, [1]), (50.0, [1]))]
        unasked = Progress(0.0).ended(50.0, moved=False, answers=[None])

        assert (ended, unasked) == ([False, False], False)
        assert progress.silent_s == 49.0

    def test_with_nothing_left_to_read_it_just_ends(self) -> None:
        """Without partitions there is no answer to judge."""
        assert not Progress(0.0).ended(50.0, moved=True, answers=[])
