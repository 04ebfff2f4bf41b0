import argparse
import asyncio
import json
from pathlib import Path

import pytest

from satark.notifier.channels.command import TryCommand
from tests.support.waiting import blocking
from tests.unit.notifier.channels.http_target import HttpTarget, Reply, answering
from tests.unit.notifier.channels.mail_server import MailServer, running

ROUTES = """\
route: {{receiver: noc}}
receivers:
  - name: noc
    webhook_configs:
      - url_file: {url_file}
        timeout: 1m
"""


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The settings of a notifier whose mail server is not there."""
    monkeypatch.setenv("SATARK_NOTIFIER_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("SATARK_NOTIFIER_SENDER", "alerts@example.net")
    monkeypatch.setenv("SATARK_NOTIFIER_RECEIVERS", "noc@example.net")
    return monkeypatch


def run(*words: str) -> int:
    """Run `satark notifier test`; return its exit status."""
    parser, command = argparse.ArgumentParser(), TryCommand()
    command.configure(parser)
    return command.run(parser.parse_args(words))


class TestTryCommand:
    def test_sends_by_the_settings(self, environ: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a file of routes there is the receiver `default`."""

        async def with_server() -> tuple[int, int]:
            async with running(MailServer()) as server:
                environ.setenv("SATARK_NOTIFIER_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
                status = await _in_thread("default")
            return status, len(server.received)

        assert (0, 1) == blocking(with_server())
        shown = capsys.readouterr().out
        for word in ("noc@example.net", "sent", "250 OK"):
            assert word in shown

    def test_sends_by_the_file_of_routes(
        self, environ: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A receiver of the file is reached in its own way; what fails is told, and is the exit status."""

        async def with_target() -> int:
            async with answering(HttpTarget([Reply(410, "gone")])) as target:
                (tmp_path / "url").write_text(target.url.reveal())
                (tmp_path / "routes.yaml").write_text(ROUTES.format(url_file=tmp_path / "url"))
                environ.setenv("SATARK_NOTIFIER_ROUTES", str(tmp_path / "routes.yaml"))
                return await _in_thread("noc", "--json")

        assert 1 == blocking(with_target())
        shown = capsys.readouterr().out
        assert "a-secret-part" not in shown
        (trial,) = json.loads(shown)
        assert ("noc/webhook", "refused", "410 Gone: gone") == (trial["target"], trial["result"], trial["reply"])

    @pytest.mark.usefixtures("environ")
    def test_knows_no_such_receiver(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It says whom there is."""
        assert 78 == run("nobody")
        assert "'nobody' is no receiver; there are default" in capsys.readouterr().err

    def test_tells_of_wrong_settings(self, environ: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """As the service would."""
        environ.setenv("SATARK_NOTIFIER_SENDER", "nobody")

        assert 78 == run("default")
        assert "'nobody' is not a mail address" in capsys.readouterr().err

    def test_tells_of_a_wrong_file(
        self, environ: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each mistake has its place."""
        (tmp_path / "routes.yaml").write_text("route: {}\n")
        environ.setenv("SATARK_NOTIFIER_ROUTES", str(tmp_path / "routes.yaml"))

        assert 78 == run("default")
        assert "routes.yaml:1:" in capsys.readouterr().err


async def _in_thread(*words: str) -> int:
    return await asyncio.to_thread(run, *words)
