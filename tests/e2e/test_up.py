"""`satark up` when things go wrong, and when people stop it."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.standalone import RUNNING, child, mentioning, shown, shows
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

pytestmark = pytest.mark.e2e


async def start_demo(satark: SatarkProcesses, folder: Path, **environment: str) -> SatarkProcess:
    """Start the demo; return it when all is ready."""
    up = satark.start("up", "--demo", "--run-dir", str(folder), environment=environment)
    await shows(up, RUNNING)
    return up


def temporary_folders(folder: Path) -> list[Path]:
    """Return the run folders that were made there."""
    return list(folder.glob("satark-up-*"))


async def test_interrupt(satark: SatarkProcesses, tmp_path: Path) -> None:
    """Ctrl-C stops everything in an orderly way with status 0; neither a process nor the temporary folder is left."""
    up = satark.start("up", "--demo", environment={"TMPDIR": str(tmp_path)})
    await shows(up, RUNNING)
    (folder,) = temporary_folders(tmp_path)
    await eventually(lambda: len(mentioning(folder)) == 9, 60, what="the start of all children")

    os.kill(up.pid, signal.SIGINT)

    assert await up.ended() == 0
    assert "stopping…" in shown(up)
    assert up.error_file.read_text() == ""
    assert mentioning(folder) == {}
    assert temporary_folders(tmp_path) == []


async def test_interrupted_start(satark: SatarkProcesses, tmp_path: Path) -> None:
    """Ctrl-C during the start does the same."""
    folder = tmp_path / "run"
    up = satark.start("up", "--demo", "--run-dir", str(folder), environment={})
    await shows(up, "ready  broker")

    os.kill(up.pid, signal.SIGINT)

    assert await up.ended() == 0
    assert mentioning(folder) == {}


async def test_second_interrupt(satark: SatarkProcesses, tmp_path: Path) -> None:
    """A second Ctrl-C kills: a child that cannot end does not hold it up."""
    up = await start_demo(satark, tmp_path / "run")
    stuck = child(tmp_path / "run", "poller")
    os.kill(stuck, signal.SIGSTOP)
    os.kill(up.pid, signal.SIGINT)
    await shows(up, "stopping…")

    os.kill(up.pid, signal.SIGINT)

    assert await up.ended(timeout_s=15) == 130
    assert mentioning(tmp_path / "run") == {}


async def test_killed_hard(satark: SatarkProcesses, tmp_path: Path) -> None:
    """When it is killed without a chance to tell its children, they end by themselves, within their grace period."""
    up = await start_demo(satark, tmp_path / "run", SATARK_OPS_SHUTDOWN_GRACE_S="5")

    os.kill(up.pid, signal.SIGKILL)

    await up.ended()
    await eventually(lambda: not mentioning(tmp_path / "run"), 60, what="the end of all children", pause_s=0.2)


async def test_crashed_service(satark: SatarkProcesses, tmp_path: Path) -> None:
    """A service that is killed is started again, and the screen says so."""
    folder = tmp_path / "run"
    up = await start_demo(satark, folder)
    before = child(folder, "notifier")

    os.kill(before, signal.SIGKILL)

    await up.until(lambda: "notifier ended with status -9; restarting" in up.error_file.read_text(), what="a restart")
    after = await eventually(
        lambda: next((pid for pid, command in mentioning(folder).items() if "notifier" in command), 0) or 0, 30
    )
    assert before != after
    assert await up.terminate() == 0


async def test_crashed_broker(satark: SatarkProcesses, tmp_path: Path) -> None:
    """Without the embedded broker and what it held there is nothing to go on with: everything stops, and says why."""
    folder = tmp_path / "run"
    up = await start_demo(satark, folder)

    os.kill(child(folder, "broker"), signal.SIGKILL)

    assert await up.ended() == 1
    assert "broker ended with status -9, and what it held is gone with it" in up.error_file.read_text()
    assert mentioning(folder) == {}


async def test_dead_orchestrator(satark: SatarkProcesses, tmp_path: Path) -> None:
    """A service that is not ready does not hold up the others, and the screen says what it waits for."""
    environment = {
        "SATARK_POLLER_VCO_URL": f"http://127.0.0.1:{free_port()}",
        "SATARK_POLLER_VCO_TOKEN": "some-token",
        "SATARK_NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        "SATARK_NOTIFIER_SENDER": "satark@example.net",
        "SATARK_NOTIFIER_RECEIVERS": "noc@example.net",
        "SATARK_GATEWAY_LISTEN": "127.0.0.1:0",
        "SATARK_GATEWAY_INTROSPECT_LISTEN": "127.0.0.1:0",
    }

    up = satark.start("up", "--run-dir", str(tmp_path / "run"), environment=environment)

    await shows(up, RUNNING)
    assert "  waits  poller " in shown(up)
    assert "some-token" not in shown(up)
    assert await up.terminate() == 0


async def test_dead_kafka(satark: SatarkProcesses, tmp_path: Path) -> None:
    """Without an answer from the user's Kafka it gives up after some tries with status 69, quiet or not."""
    environment = {"SATARK_KAFKA_BROKERS": f"127.0.0.1:{free_port()}"}

    up = satark.start("up", "--demo", "--quiet", "--run-dir", str(tmp_path / "run"), environment=environment)

    assert await up.ended(timeout_s=90) == 69
    assert "Kafka is not available" in up.error_file.read_text()
    assert shown(up) == ""
    assert mentioning(tmp_path / "run") == {}


async def test_folder_in_use(satark: SatarkProcesses, tmp_path: Path) -> None:
    """Two runs cannot share a folder: the second says so and leaves the first alone."""
    folder = tmp_path / "run"
    first = satark.start("up", "--demo", "--run-dir", str(folder), environment={})
    await shows(first, "ready  broker")

    second = satark.start("up", "--demo", "--run-dir", str(folder), environment={})

    assert await second.ended() == 75
    assert f"another satark up uses {folder}" in second.error_file.read_text()
    assert await first.terminate() == 0


@pytest.mark.kafka
@pytest.mark.timeout(300)
async def test_demo_on_real_kafka(own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path) -> None:
    """With SATARK_KAFKA_BROKERS the topics are created there, no broker is started, and the demo runs just the same."""
    folder = tmp_path / "run"
    faster = {"SATARK_SIMULATE_VCO_RATE": "240", "SATARK_NOTIFIER_GROUP_WAIT_S": "3"}
    environment = {"SATARK_KAFKA_BROKERS": own_kafka.brokers, **faster}

    up = satark.start(
        "up", "--demo", "--exit-after-resolved", "--timeout", "150", "--run-dir", str(folder), environment=environment
    )

    assert await up.ended(timeout_s=200) == 0, up.output_tail()
    assert "created, 0 present" in shown(up)
    assert len(list((folder / "mails").glob("*.eml"))) == 2
    assert not (folder / "broker.jsonl").exists()
    assert mentioning(folder) == {}
