"""`satark up --demo` as a stranger runs it, without Java and without Kafka."""

import signal
from contextlib import suppress
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(280)]

FASTER = {"SATARK_SIMULATE_VCO_RATE": "180", "SATARK_NOTIFIER_GROUP_WAIT_S": "3"}

SIMULATED = (
    "satark-gateway on",  # the gateway tells of itself, as every collector does
    "contrail-vrouter-agent on compute-00000",
    "contrail-control on control-00001",
    "contrail-api on config-00002",
    "contrail-analytics-nodemgr on analytics-00003",
    "contrail-vrouter-agent on compute-00004",
    "contrail-vrouter-agent on compute-00005",
)


def _children_of(parent: int) -> list[str]:
    """Return the command lines of living processes that this `satark up` started."""
    marker = f"satark.standalone.launch {parent} "
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found += [line] if marker in line else []
    return found


async def test_row_20_ships_its_simulator_and_a_demo(tmp_path: Path, satark: SatarkProcesses) -> None:
    """One opened and one resolved mail of one thread, for the link that degrades; none for what is healthy, daemons too."""
    up = satark.start("up", "--demo", "--exit-after-resolved", "--run-dir", str(tmp_path / "run"), environment=FASTER)

    assert 0 == await up.ended(timeout_s=240), up.output_tail()
    mails = [
        BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        for file in sorted((tmp_path / "run" / "mails").glob("*.eml"))
    ]
    assert ["opened", "resolved"] == [mail["X-Satark-State"] for mail in mails]
    assert {("LDN-vVCE", "BT Business Broadband")} == {(mail["X-Satark-Edge"], mail["X-Satark-Link"]) for mail in mails}
    assert 1 == len({mail["References"].split()[0] for mail in mails})
    opened = mails[0].get_body(("plain",))
    assert opened is not None
    assert "Latency (download, ms) of WAN BT Business Broadband at edge LDN-vVCE is " in opened.get_content()
    shown = up.log_file.read_text()
    for daemon in SIMULATED:
        assert f"daemon is connected: {daemon} " in shown
    assert "daemon is gone" not in shown
    assert [] == _children_of(up.pid)


async def test_stops_cleanly_and_leaves_nothing_behind(tmp_path: Path, satark: SatarkProcesses) -> None:
    """Ctrl-C in the middle ends all processes with status 0."""
    up = satark.start("up", "--demo", "--run-dir", str(tmp_path / "run"), environment=FASTER)
    await up.until(lambda: b"Satark is running" in up.log_file.read_bytes(), 90, what="the end of the start")

    up.signal(signal.SIGINT)

    assert 0 == await up.ended(timeout_s=60), up.output_tail()
    assert b"stopping" in up.log_file.read_bytes()
    assert [] == _children_of(up.pid)


async def test_names_all_mistakes_before_it_starts_anything(tmp_path: Path, satark: SatarkProcesses) -> None:
    """Without the demo the missing settings of all services come at once, with status 78."""
    up = satark.start("up", "--run-dir", str(tmp_path / "run"), environment={"SATARK_DETECTOR_BATCH": "-1"})

    assert 78 == await up.ended()
    errors = up.error_file.read_text()
    for name in ("SATARK_POLLER_*: neither VCO_URL", "SATARK_NOTIFIER_SMTP_URL", "SATARK_DETECTOR_BATCH"):
        assert name in errors
    assert not (tmp_path / "run").exists()
