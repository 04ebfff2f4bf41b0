import argparse
import asyncio
import json
from datetime import UTC, datetime

import pytest

from satark.runtime.checking import command
from satark.runtime.groups import OpsSettings
from satark.runtime.health import Health
from satark.runtime.ops import OpsServer
from tests.support.ports import free_port


def run(*arguments: str) -> int:
    """Run `satark check`."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture
def no_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brokers that are not there."""
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", f"127.0.0.1:{free_port()}")


def test_wrong_settings_are_told_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each mistake has a line, and the status is 78."""
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", "nowhere")

    assert 78 == run("--api", "ftp://example.net")
    assert "satark check: SATARK_API_*: URL must be http:// or https:// and a host" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("--ops", "poller"), ("--without", "kafka")])
def test_arguments_that_make_no_sense_are_refused(arguments: tuple[str, ...]) -> None:
    """As argparse does."""
    with pytest.raises(SystemExit) as ended:
        run(*arguments)

    assert 2 == ended.value.code


@pytest.mark.usefixtures("no_kafka")
def test_without_kafka_there_is_one_line_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    """And what to do."""
    assert 2 == run()

    header, row, summary = capsys.readouterr().out.splitlines()
    assert header.split() == ["part", "what", "state", "detail", "what", "to", "do"]
    assert row.startswith("kafka  brokers  bad")
    assert row.rstrip().endswith("docs/how-to/run-it.md#kafka")
    assert summary.startswith("bad: 1 bad (")


@pytest.mark.usefixtures("no_kafka")
async def test_services_are_asked_whatever_kafka_does(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """An ops port that answers is a line of its own, with its clock."""
    health = Health()
    health.set("kafka", ready=False, reason="no broker")
    async with OpsServer(OpsSettings(listen="127.0.0.1:0"), service="poller", version="1", health=health) as ops:
        status = await asyncio.to_thread(run, "--json", "--ops", f"127.0.0.1:{ops.port}")

    told = json.loads(capfdbinary.readouterr().out)
    [service] = [finding for finding in told["findings"] if finding["part"] == "services"]
    assert 2 == status
    assert "poller 1 not ready: kafka: no broker" == service["detail"]
    assert datetime.fromisoformat(told["time"]) <= datetime.now(UTC)
