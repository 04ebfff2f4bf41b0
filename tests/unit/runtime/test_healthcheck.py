import argparse
import asyncio
import socket
from pathlib import Path

import pytest

from satark.runtime.commands.healthcheck import command, loopback_of, reachable
from satark.runtime.groups import OpsSettings
from satark.runtime.health import Health
from satark.runtime.ops import OpsServer
from tests.support.ports import free_port


def ask(*arguments: str) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(arguments))


class TestCommand:
    @pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "[::1]", "[::]", "localhost"])
    async def test_a_living_process_is_healthy(self, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
        """A process is found by its ops port, also when it listens on all addresses."""
        port = free_port()
        monkeypatch.setenv("SATARK_OPS_LISTEN", f"{host}:{port}")
        settings = OpsSettings(listen=f"{host}:{port}")

        async with OpsServer(settings, service="shop", version="1", health=Health()):
            alive, ready = await asyncio.to_thread(ask), await asyncio.to_thread(ask, "--ready")

        assert (alive, ready) == (0, 1)

    async def test_a_free_port_is_read_from_its_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """A process that took a free port is found by its port file."""
        settings = OpsSettings(listen="127.0.0.1:0", port_file=tmp_path / "port")
        monkeypatch.setenv("SATARK_OPS_LISTEN", "127.0.0.1:0")
        monkeypatch.setenv("SATARK_OPS_PORT_FILE", str(tmp_path / "port"))

        before = await asyncio.to_thread(ask)
        async with OpsServer(settings, service="shop", version="1", health=Health()):
            during = await asyncio.to_thread(ask)

        assert (before, during) == (1, 0)

    def test_nobody_is_unhealthy(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Where nobody answers, the process is not healthy."""
        monkeypatch.setenv("SATARK_OPS_LISTEN", f"127.0.0.1:{free_port()}")

        assert ask() == 1
        assert "no answer from 127.0.0.1" in capsys.readouterr().err

    async def test_a_stranger_is_unhealthy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Something that speaks no HTTP on the port is no healthy process."""

        async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail\r\n")
            writer.close()
            await writer.wait_closed()

        babbler = await asyncio.start_server(babble, "127.0.0.1", 0, family=socket.AF_INET)
        async with babbler:
            monkeypatch.setenv("SATARK_OPS_LISTEN", f"127.0.0.1:{babbler.sockets[0].getsockname()[1]}")
            status = await asyncio.to_thread(ask)

        assert status == 1

    def test_wrong_settings_are_told(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Wrong settings exit with 78."""
        monkeypatch.setenv("SATARK_OPS_LISTEN", "nowhere")

        assert ask() == 78
        assert "LISTEN: 'nowhere' is not host:port" in capsys.readouterr().err


class TestAddresses:
    @pytest.mark.parametrize(
        ("host", "expected"),
        [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("ops.local", "ops.local")],
    )
    def test_all_addresses_mean_loopback(self, host: str, expected: str) -> None:
        """An address that means every interface is asked on loopback, any other as it is."""
        assert expected == loopback_of(host)

    def test_a_broken_port_file_gives_no_port(self, tmp_path: Path) -> None:
        """A port file without a port leads nowhere, which the connection then says."""
        file = tmp_path / "port"
        file.write_text("soon")

        assert reachable(OpsSettings(listen="127.0.0.1:0", port_file=file)) == ("127.0.0.1", 0)
