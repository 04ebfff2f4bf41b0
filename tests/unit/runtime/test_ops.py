import asyncio
import json
import socket
from pathlib import Path

import pytest

from satark.runtime.groups import OpsSettings
from satark.runtime.health import Health
from satark.runtime.ops import OpsPortError, OpsServer, write_whole
from tests.support.processes import Answer, http_get


def server(health: Health, *, listen: str = "127.0.0.1:0", port_file: Path | None = None) -> OpsServer:
    """Return an ops server of an imagined service, not started."""
    return OpsServer(OpsSettings(listen=listen, port_file=port_file), service="shop", version="1.2.3", health=health)


async def get(port: int, path: str) -> Answer:
    """Ask the ops port."""
    answer = await http_get(f"http://127.0.0.1:{port}{path}")
    assert answer is not None
    return answer


class TestOpsServer:
    async def test_it_is_alive_before_it_is_ready(self) -> None:
        """Liveness depends on nothing, readiness on every condition, with reasons."""
        health = Health()

        async with server(health) as ops:
            alive, starting = await get(ops.port, "/healthz"), await get(ops.port, "/readyz")
            health.set("kafka", ready=False, reason="no broker")
            waiting = await get(ops.port, "/readyz")
            health.set("kafka", ready=True)
            ready = await get(ops.port, "/readyz")

        assert (alive.status, alive.json()) == (200, {"status": "alive"})
        assert (starting.status, starting.json()) == (503, {"ready": False, "conditions": []})
        assert waiting.status == 503
        assert waiting.json()["conditions"] == [{"name": "kafka", "ready": False, "reason": "no broker"}]
        assert (ready.status, ready.json()["ready"]) == (200, True)

    async def test_it_tells_metrics_and_version(self) -> None:
        """The metrics hold the build and the conditions, in the format of Prometheus."""
        health = Health()
        health.set("kafka", ready=True)

        async with server(health) as ops:
            metrics, version = await get(ops.port, "/metrics"), await get(ops.port, "/version")

        assert b'satark_build_info{service="shop",version="1.2.3"} 1.0' in metrics.body
        assert b'satark_ready{condition="kafka"} 1.0' in metrics.body
        assert version.json() == {"service": "shop", "version": "1.2.3"}

    async def test_an_unknown_path_is_not_found(self) -> None:
        """Nothing else is served."""
        async with server(Health()) as ops:
            answer = await get(ops.port, "/")

        assert answer.status == 404

    async def test_the_port_is_written_whole(self, tmp_path: Path) -> None:
        """The bound port is in the port file, which appears only when it is complete."""
        file = tmp_path / "port"

        async with server(Health(), port_file=file) as ops:
            written = await asyncio.to_thread(file.read_text)
            files = await asyncio.to_thread(lambda: list(tmp_path.iterdir()))

        assert written == f"{ops.port}\n"
        assert [file] == files

    async def test_a_taken_port_is_named(self) -> None:
        """A port that is taken is the operator's mistake, told by the setting's name."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            listen = f"127.0.0.1:{taken.getsockname()[1]}"

            with pytest.raises(OpsPortError, match=f"SATARK_OPS_LISTEN: cannot listen on {listen}"):
                await server(Health(), listen=listen).__aenter__()

    async def test_an_unwritable_port_file_is_named(self, tmp_path: Path) -> None:
        """A port file that cannot be written is told, and the port is closed again."""
        ops = server(Health(), port_file=tmp_path / "absent" / "port")

        with pytest.raises(OpsPortError, match=r"SATARK_OPS_PORT_FILE: cannot write .*: No such file"):
            await ops.__aenter__()

        assert await http_get(f"http://127.0.0.1:{ops.port}/healthz") is None

    async def test_leaving_what_was_never_entered_is_fine(self) -> None:
        """Construction opens nothing, so there is nothing to close."""
        ops = server(Health())

        await ops.__aexit__(None, None, None)

        assert ops.port == 0

    async def test_ipv6_is_served(self) -> None:
        """The ops port listens on IPv6 too."""
        async with server(Health(), listen="[::1]:0") as ops:
            reader, writer = await asyncio.open_connection("::1", ops.port)
            writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()

        assert json.loads(answer.rpartition(b"\r\n")[2]) == {"status": "alive"}


class TestWriteWhole:
    def test_an_old_file_is_replaced(self, tmp_path: Path) -> None:
        """Writing again replaces what was there."""
        file = tmp_path / "port"

        for text in ("1", "2"):
            write_whole(file, text)

        assert file.read_text() == "2"
