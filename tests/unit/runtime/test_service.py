import argparse
import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from satark.runtime.service import ServiceCommand, run_service
from tests.support.environment import REPOSITORY, child_environment
from tests.support.processes import http_get
from tests.unit.runtime.shop import ShopSettings, build, command

START_TIMEOUT_S = 30.0

Start = Callable[..., Awaitable["Shop"]]


class Shop:
    """The shop as a process."""

    def __init__(self, process: Process, ops_port: int) -> None:
        self.process = process
        self.ops_port = ops_port

    async def end(self) -> tuple[int, list[dict[str, Any]], str]:
        """Wait for the end; return the status, what was logged since the start, and stderr."""
        out, errors = await asyncio.wait_for(self.process.communicate(), START_TIMEOUT_S)
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], errors.decode()


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """A function that starts the shop with the given settings; its process ends with the test."""
    started: list[Process] = []

    async def begin(**settings: str) -> Shop:
        own = {f"SATARK_{name.upper()}": text for name, text in ({"ops_listen": "127.0.0.1:0"} | settings).items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.unit.runtime.shop",
            cwd=REPOSITORY,
            env=child_environment(own),
            stdout=PIPE,
            stderr=PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT_S)
        return Shop(process, json.loads(line).get("ops_port", 0) if line else 0)

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


class TestRunService:
    def test_all_mistakes_are_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Wrong settings give one line each, of all groups, and exit status 78."""
        environ = {
            "SATARK_SHOP_MODE": "dance",
            "SATARK_LOG_LEVEL": "loud",
            "SATARK_OPS_LISTEN": "x",
            "SATARK_SHOP_X": "y",
        }

        status = run_service(command, environ)

        lines = capsys.readouterr().err.splitlines()
        assert status == 78
        assert [line.partition(": ")[2].partition(":")[0].partition(" ")[0] for line in lines] == [
            "SATARK_SHOP_MODE",
            "SATARK_LOG_LEVEL",
            "SATARK_OPS_*",
            "SATARK_SHOP_X",
        ]
        assert all(line.startswith("satark shop: ") for line in lines)

    def test_a_check_starts_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--check exits 0 for right settings without building the app."""
        status = run_service(command, {"SATARK_SHOP_MODE": "unbuilt"}, check=True)

        assert (status, capsys.readouterr().out) == (0, "satark shop: settings are fine\n")

    def test_kafka_is_needed_where_it_is_used(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A service that uses Kafka needs its brokers."""
        with_kafka = ServiceCommand(name="shop", help="h", settings=ShopSettings, build=build)

        assert (run_service(with_kafka, {}, check=True), run_service(command, {}, check=True)) == (78, 0)
        assert "SATARK_KAFKA_BROKERS is missing" in capsys.readouterr().err

    def test_the_help_shows_the_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """--help lists the service's variables and names the shared groups; --check is read from the arguments."""
        parser = argparse.ArgumentParser()
        command.configure(parser)
        monkeypatch.setenv("SATARK_SHOP_MODE", "end")

        text = parser.format_help()

        assert "(also SATARK_LOG_*, SATARK_OPS_*)" in text
        assert "SATARK_SHOP_PASSWORD" in text
        assert command.run(parser.parse_args(["--check"])) == 0


class TestExtras:
    def test_a_command_below_is_run_instead(self) -> None:
        """`satark shop count` does not start the shop, and needs none of its settings."""
        parser = argparse.ArgumentParser()
        command.configure(parser)

        assert 3 == command.run(parser.parse_args(["count", "--goods", "3"]))

    def test_help_tells_of_both(self) -> None:
        """The help lists the commands below and the settings."""
        parser = argparse.ArgumentParser()
        command.configure(parser)

        assert "count the goods" in parser.format_help()
        assert "SATARK_SHOP_MODE" in parser.format_help()

    def test_without_one_the_service_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The service's own arguments are as without commands below."""
        monkeypatch.setenv("SATARK_SHOP_MODE", "dance")
        parser = argparse.ArgumentParser()
        command.configure(parser)

        assert 78 == command.run(parser.parse_args(["--check"]))


class TestLife:
    async def test_it_drains_on_sigterm(self, start: Start) -> None:
        """SIGTERM and SIGINT let the app drain, and the process exits with 0."""
        shops = [await start(), await start()]

        answer = await http_get(f"http://127.0.0.1:{shops[0].ops_port}/readyz")
        shops[0].process.send_signal(signal.SIGTERM)
        shops[1].process.send_signal(signal.SIGINT)
        ended = [await shop.end() for shop in shops]

        assert answer is not None
        assert answer.status == 200
        assert [status for status, _, _ in ended] == [0, 0]
        assert [[line["event"] for line in logged] for _, logged, _ in ended] == [
            ["service_stopping", "service_stopped"],
            ["service_stopping", "service_stopped"],
        ]

    async def test_an_app_may_end_by_itself(self, start: Start) -> None:
        """An app that is done ends the process with 0."""
        status, logged, _ = await (await start(shop_mode="end")).end()

        assert (status, [line["event"] for line in logged]) == (0, ["service_stopped"])

    @pytest.mark.parametrize("mode", ["fail", "fail_late"])
    async def test_an_error_of_the_app_is_told_whole(self, start: Start, mode: str) -> None:
        """An error of ours is logged with its traceback, secrets masked, and the process exits with 1."""
        shop = await start(shop_mode=mode, shop_password="hunter2")
        if mode == "fail_late":
            shop.process.send_signal(signal.SIGTERM)

        status, logged, errors = await shop.end()

        assert (status, logged[-1]["event"], errors) == (1, "service_failed", "")
        assert "RuntimeError: no" in logged[-1]["exception"]
        assert "hunter2" not in str(logged)
        assert "2retnuh" not in str(logged)

    @pytest.mark.parametrize("mode", ["hang", "hang_thread"])
    async def test_the_grace_period_ends_it(self, start: Start, mode: str) -> None:
        """An app that does not drain in time is given up with status 1, even when a thread of it is stuck."""
        shop = await start(shop_mode=mode, ops_shutdown_grace_s="0.1")

        shop.process.send_signal(signal.SIGTERM)
        status, logged, _ = await shop.end()

        assert (status, logged[-1]["event"]) == (1, "shutdown_grace_exceeded")

    async def test_a_second_signal_ends_it_at_once(self, start: Start) -> None:
        """Whoever insists does not wait for the grace period."""
        shop = await start(shop_mode="hang", ops_shutdown_grace_s="600")
        assert shop.process.stdout is not None

        shop.process.send_signal(signal.SIGINT)
        await shop.process.stdout.readline()
        shop.process.send_signal(signal.SIGINT)
        status, _, _ = await shop.end()

        assert status == -signal.SIGINT

    async def test_a_failure_to_build_is_told(self, start: Start) -> None:
        """What goes wrong while building is told like any other error; wrong settings as such."""
        unbuilt, misbuilt = await start(shop_mode="unbuilt"), await start(shop_mode="misbuilt")

        failed, refused = await unbuilt.end(), await misbuilt.end()

        assert failed[0] == 1
        assert refused == (78, [], "satark shop: SATARK_SHOP_RATES: the shop is closed\n")

    async def test_a_taken_ops_port_is_the_operator_s(self, start: Start) -> None:
        """A taken ops port exits with 78 and one line."""
        first = await start()

        status, logged, errors = await (await start(ops_listen=f"127.0.0.1:{first.ops_port}")).end()

        assert (status, logged) == (78, [])
        assert errors.startswith(f"satark shop: SATARK_OPS_LISTEN: cannot listen on 127.0.0.1:{first.ops_port}: ")
