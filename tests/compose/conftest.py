"""The engine and the stack of the tests in this folder, and the table of their steps."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine import Engine, EngineError, missing_tools
from tests.support.environment import REPOSITORY, cache_root, variable
from tests.support.stack import Stack

MODE = "SATARK_COMPOSE_TEST"
IF_POSSIBLE = "if-possible"
PLUGIN = "compose-steps"


def pytest_configure(config: pytest.Config) -> None:
    """Show the steps where these tests are asked for."""
    if "compose" in config.option.markexpr:
        config.pluginmanager.register(Steps(config), PLUGIN)


def _step(nodeid: str) -> str:
    return nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")


class Steps:
    """Writes a line when a step begins, and at the end how long each took."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._began = time.monotonic()
        self._seconds: dict[str, float] = {}
        self._outcomes: dict[str, str] = {}

    def say(self, text: str) -> None:
        """Write a line with the seconds since the beginning."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"{time.monotonic() - self._began:7.1f} s  {text}")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which step begins."""
        self.say(_step(nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the time of a step, its fixtures' included, and how it ended."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration
        if report.when == "call" or report.outcome != "passed":
            self._outcomes[report.nodeid] = report.outcome

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Write the table."""
        rows = [(_step(nodeid), self._seconds[nodeid], outcome) for nodeid, outcome in self._outcomes.items()]
        lines = [f"{name:60} {seconds:8.1f}  {outcome}" for name, seconds, outcome in rows]
        whole = f"{'all':60} {time.monotonic() - self._began:8.1f}"
        for line in ("", f"{'step':60} {'seconds':>8}  result", *lines, whole):
            terminalreporter.write_line(line)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add to a failure how the containers are, and what they said."""
    outcome: Any = yield
    report = outcome.get_result()
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections.append(("containers", stack.tail()))


@pytest.fixture(scope="session")
def steps(request: pytest.FixtureRequest) -> Steps:
    """What writes the lines."""
    plugin = request.config.pluginmanager.get_plugin(PLUGIN)
    assert isinstance(plugin, Steps)
    return plugin


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine that runs here, else one of ours for the time of the tests."""
    if missing := missing_tools():
        _refuse(f"not there: {missing}")
    try:
        engine = Engine.found() or Engine.started(cache_root() / "engine")
    except EngineError as error:
        _refuse(str(error))
    yield engine
    engine.stop()


def _refuse(reason: str) -> None:
    if variable(MODE) == IF_POSSIBLE:
        pytest.skip(f"the stack was not run: {reason} ({MODE}={IF_POSSIBLE})")
    pytest.exit(f"{reason}\n{MODE}={IF_POSSIBLE} skips these tests where no engine can run", returncode=1)


@pytest.fixture(scope="session")
def images(engine: Engine) -> dict[str, str]:
    """The base images, made where they are missing or old; as the variables that name them."""
    tools = {"UV": str(Path(sys.executable).with_name("uv")), "PYTHON": sys.executable}
    made = engine.run(str(REPOSITORY / "deploy/airgap/make.sh"), environment=tools, timeout_s=1500)
    return dict(line.split("=", 1) for line in made.splitlines())


@pytest.fixture(scope="session")
def stack(engine: Engine, images: dict[str, str]) -> Iterator[Stack]:
    """The stack; whatever an earlier run left of it is removed first."""
    # Not pytest's own folder for temporary files, which other runs clean up while this one takes its time.
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(engine, images, Path(folder))
        stack.remove()
        yield stack
        stack.remove()
