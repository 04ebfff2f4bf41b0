import argparse

import pytest

from satark.standalone.main import command


def parsed(*arguments: str) -> argparse.Namespace:
    """Return the arguments as the `satark` command hands them over."""
    parser = argparse.ArgumentParser(prog="satark up", description=command.help)
    command.configure(parser)
    return parser.parse_args(arguments)


class TestHelp:
    def test_examples(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--help shows examples, the exit statuses and what the embedded broker is not."""
        with pytest.raises(SystemExit):
            parsed("--help")

        text = capsys.readouterr().out
        assert "satark up --demo " in text
        assert "78 wrong settings" in text
        assert "for trying out only" in text


@pytest.mark.usefixtures("own_settings")
class TestCheck:
    @pytest.fixture
    def own_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An environment without the developer's own settings."""
        for name in ("SATARK_POLLER_VCO_URL", "SATARK_NOTIFIER_SMTP_URL", "SATARK_KAFKA_BROKERS"):
            monkeypatch.delenv(name, raising=False)

    def test_fine(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The demo's settings are fine, and nothing is started to find out."""
        assert command.run(parsed("--demo", "--check")) == 0
        assert capsys.readouterr().out == "satark up: settings are fine\n"

    def test_mistakes(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """All mistakes of all services are named at once, unknown names included, with exit status 78."""
        monkeypatch.setenv("SATARK_TEAPOT", "x")
        monkeypatch.setenv("SATARK_DETECTOR_BATCH", "many")

        status = command.run(parsed("--check"))

        lines = capsys.readouterr().err.splitlines()
        named = {line.split()[2].rstrip(":") for line in lines}
        assert status == 78
        wanted = {"SATARK_TEAPOT", "SATARK_DETECTOR_BATCH", "SATARK_POLLER_*", "SATARK_NOTIFIER_SMTP_URL"}
        assert wanted <= named

    def test_mistakes_stop_a_start(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A start with wrong settings starts nothing."""
        assert command.run(parsed()) == 78
        assert "SATARK_POLLER_*: neither VCO_URL" in capsys.readouterr().err
