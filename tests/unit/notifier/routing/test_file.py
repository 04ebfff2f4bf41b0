"""A file of routes, and those beside it, that change while they are looked at."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from satark.notifier.routing.file import RoutesFile, read_file
from satark.notifier.routing.receivers import WebhookConfig
from satark.notifier.settings import NotifierSettings
from satark.runtime.documents.mistakes import WrongFileError
from tests.unit.notifier.routing.files import RECEIVERS

HOOK = """
route: {receiver: hook}
receivers: [{name: hook, webhook_configs: [{url: 'https://hook.example', secret_file: hook.key}]}]
"""


def routes_file(path: Path | None) -> RoutesFile:
    """Return the file as the settings name it."""
    return RoutesFile(
        NotifierSettings(
            smtp_url="smtp://127.0.0.1",
            sender="satark@example.net",
            receivers=("settings@example.net",),
            routes=path,
        )
    )


def addresses(file: RoutesFile) -> list[str]:
    """Return who is told of anything."""
    return [leg.target.name for leg in file.routing.legs({})]


def counted(outcome: str) -> float:
    """Return how often a change had the outcome."""
    return REGISTRY.get_sample_value("satark_notifier_routes_reloads_total", {"outcome": outcome}) or 0.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good file of routes."""
    made = tmp_path / "routes.yaml"
    made.write_text("route: {receiver: noc}" + RECEIVERS)
    return made


@pytest.fixture
def hook(tmp_path: Path) -> Path:
    """A good file of routes that names another one."""
    made = tmp_path / "routes.yaml"
    made.write_text(HOOK)
    (tmp_path / "hook.key").write_text("one")
    return made


class TestLoad:
    def test_good(self, path: Path) -> None:
        """A good file's routes count; making the object opens nothing."""
        file = routes_file(path)
        assert addresses(file) == ["settings@example.net"]

        assert file.load() is file.routing
        assert addresses(file) == ["noc@example.net"]

    def test_wrong(self, path: Path) -> None:
        """A wrong file is told with every mistake."""
        path.write_text("route: {}\nx: 1" + RECEIVERS)

        with pytest.raises(WrongFileError) as caught:
            routes_file(path).load()
        assert len(caught.value.mistakes) == 2

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there is told."""
        with pytest.raises(WrongFileError, match="cannot be read: No such file or directory"):
            routes_file(tmp_path / "none.yaml").load()

    def test_none(self) -> None:
        """Without a file it is as the settings say, for ever."""
        file = routes_file(None)

        assert file.load() is file.routing
        assert (file.poll(), addresses(file)) == (None, ["settings@example.net"])
        assert REGISTRY.get_sample_value("satark_notifier_routes_current") == 1


class TestPoll:
    def test_changes(self, path: Path) -> None:
        """A change is told once, and counted."""
        file = routes_file(path)
        file.load()
        before = counted("taken")
        path.write_text("route: {receiver: boss}" + RECEIVERS)

        assert file.poll() is file.routing
        assert file.poll() is None
        assert (addresses(file), counted("taken")) == (["boss@example.net"], before + 1)

    def test_mistakes(self, path: Path) -> None:
        """While the file is wrong the routes before it count; it is told once, until it is right again."""
        file = routes_file(path)
        file.load()
        before = counted("refused")
        path.write_text("route: {receiver: nobody}" + RECEIVERS)
        with capture_logs() as logs:
            assert [file.poll(), file.poll()] == [None, None]

        assert [(one["event"], one["count"]) for one in logs] == [("routes_refused", 1)]
        assert (addresses(file), len(file.mistakes), counted("refused")) == (["noc@example.net"], 1, before + 1)
        assert REGISTRY.get_sample_value("satark_notifier_routes_current") == 0

        path.write_text("route: {receiver: boss}" + RECEIVERS)
        assert file.poll() is not None
        assert (addresses(file), file.mistakes) == (["boss@example.net"], ())
        assert REGISTRY.get_sample_value("satark_notifier_routes_current") == 1

    def test_doubtful(self, path: Path) -> None:
        """What is only doubtful is taken, and logged."""
        with capture_logs() as logs:
            routes_file(path).load()

        assert ["routes_taken", *["routes_doubtful"] * 3] == [one["event"] for one in logs]
        assert (logs[0]["routes"], logs[0]["receivers"]) == (1, 4)

    def test_gone_and_back(self, path: Path) -> None:
        """A file that vanishes changes nothing but is told; the same file again begins nothing anew."""
        file = routes_file(path)
        routing = file.load()
        text = path.read_text()
        path.unlink()
        assert [file.poll(), file.poll()] == [None, None]
        assert (file.routing, len(file.mistakes)) == (routing, 1)

        path.write_text(text)
        assert file.poll() is None
        assert (file.routing is routing, file.mistakes) == (True, ())

    def test_secret_changes(self, hook: Path) -> None:
        """A file that is named is looked at as well; one that is empty or gone changes nothing but is told."""
        file = routes_file(hook)
        file.load()
        key = hook.parent / "hook.key"
        key.write_text("two\n")
        assert file.poll() is not None
        (leg,) = file.routing.legs({})
        assert isinstance(leg.target.config, WebhookConfig)
        assert leg.target.config.secret is not None
        assert leg.target.config.secret.reveal() == "two"

        key.write_text("")
        assert (file.poll(), [one.text for one in file.mistakes]) == (None, [f"{key} is empty"])
        key.unlink()
        assert file.poll() is None
        assert [one.text for one in file.mistakes] == [f"{key} cannot be read: No such file or directory"]
        key.write_text("three")
        assert file.poll() is not None
        assert file.mistakes == ()

    def test_secret_is_not_told(self, hook: Path) -> None:
        """No log has what is in a file that is named."""
        (hook.parent / "hook.key").write_text("hush\nhush")
        with capture_logs() as logs:
            file = routes_file(hook)
            file.poll()

        assert logs
        assert "hush" not in str(logs)

    def test_huge(self, path: Path) -> None:
        """A file without end is not read to its end."""
        file = routes_file(path)
        file.load()
        path.write_bytes(b" " * 3_000_000)

        assert file.poll() is None
        assert [one.text for one in file.mistakes] == ["larger than 1000000 bytes"]


class TestReadFile:
    def test_reads_once(self, hook: Path) -> None:
        """A file is read with those that it names, or told."""
        assert [target.name for target in read_file(hook).targets("hook")] == ["hook/webhook"]

        (hook.parent / "hook.key").unlink()
        with pytest.raises(WrongFileError, match=r"hook\.key cannot be read"):
            read_file(hook)
        with pytest.raises(WrongFileError, match="cannot be read: Is a directory"):
            read_file(hook.parent)
