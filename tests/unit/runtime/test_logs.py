import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from satark.runtime import logs
from satark.runtime.groups import LogSettings
from satark.runtime.secret import Secret

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    """Put the loggers of the process back as they were."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, {name: logging.getLogger(name).level for name in logs.NOISY})
    yield
    root.handlers[:], level, noisy = before
    root.setLevel(level)
    for name, one in noisy.items():
        logging.getLogger(name).setLevel(one)
    structlog.reset_defaults()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Everything that was written to stdout since the last look, each line read as JSON."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def failure(text: str) -> ValueError:
    """Return an error that was raised."""
    with pytest.raises(ValueError, match=text) as caught:
        int(text)
    return caught.value


def configured(level: str = "info", *secrets: str) -> None:
    """Log as a service does."""
    settings = LogSettings(level=level)  # type: ignore[arg-type]  # one of the four
    logs.configure(settings, service="shop", secrets=[Secret(text) for text in secrets])


class TestJson:
    def test_an_event_is_a_line(self, lines: Lines) -> None:
        """An event is one JSON object a line, with level, time, logger and service."""
        configured()

        structlog.get_logger("shop.app").info("sold_out", left=0, name="grün\n🙂")

        line = lines()[0]
        assert line.pop("time").endswith("Z")
        assert line == {
            "event": "sold_out",
            "left": 0,
            "level": "info",
            "logger": "shop.app",
            "name": "grün\n🙂",
            "service": "shop",
        }

    def test_the_standard_library_s_loggers_speak_the_same(self, lines: Lines) -> None:
        """A record of the standard library has the same shape, arguments and traceback included."""
        configured()
        logger = logging.getLogger("other.package")

        logger.error("failed with %s", "this", exc_info=failure("bad"))

        line = lines()[0]
        assert (line["event"], line["level"], line["logger"]) == ("failed with this", "error", "other.package")
        assert line["exception"].endswith("'bad'")

    def test_broken_text_is_still_a_line(self, lines: Lines) -> None:
        """A text that UTF-8 cannot say, and numbers that JSON cannot, do not lose the line."""
        configured()

        structlog.get_logger().info("odd", text="\udcff", number=float("nan"))

        line = lines()[0]
        assert (line["text"], line["number"]) == ("\udcff", "nan")

    def test_the_locale_does_not_count(self) -> None:
        """Lines are UTF-8 whatever encoding stdout began with."""
        raw = io.BytesIO()
        stream = logs._utf8(io.TextIOWrapper(raw, encoding="ascii", write_through=True))

        stream.write("ü\udcff")

        assert raw.getvalue() == b"\xc3\xbc\\udcff"

    def test_a_stream_that_is_no_file_is_taken_as_it_is(self) -> None:
        """A replaced stdout that cannot be reconfigured is written to as it is."""
        stream = io.StringIO()

        assert logs._utf8(stream) is stream

    def test_the_level_counts(self, lines: Lines) -> None:
        """Events below the level are not written, whoever says them."""
        configured("warning")

        structlog.get_logger().info("no")
        structlog.get_logger().warning("yes")
        logging.getLogger("x").info("no")

        assert [line["event"] for line in lines()] == ["yes"]


class TestSecrets:
    def test_they_are_masked_wherever_they_appear(self, lines: Lines) -> None:
        """A secret is masked in values, in exceptions and in what libraries log."""
        configured("info", "hunter2")

        structlog.get_logger().info("login", password="hunter2", url="https://u:hunter2@h")
        logging.getLogger("lib").warning("sent %s", "hunter2")
        structlog.get_logger().error("failed", exc_info=failure("hunter2"))

        written = lines()
        assert "hunter2" not in json.dumps(written)
        assert [line["event"] for line in written] == ["login", "sent ***", "failed"]


class TestNoisyLibraries:
    def test_they_are_quieted(self, lines: Lines) -> None:
        """A library that complains for ever is heard once; its information is not heard at all."""
        configured()
        noisy = logging.getLogger("aiokafka.client")

        noisy.info("connected")
        for attempt in range(3):
            noisy.error("cannot connect %s", attempt)
        for _ in range(2):
            logging.getLogger("ours").error("counts")

        assert [line["event"] for line in lines()] == ["cannot connect 0", "counts", "counts"]

    def test_what_was_held_back_is_counted(self, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
        """The next complaint after a while says how many were held back."""
        now = iter([0.0, 1.0, 30.0])
        monkeypatch.setattr("satark.runtime.logs.time.monotonic", lambda: next(now))
        configured()

        for _ in range(3):
            logging.getLogger("urllib3.pool").warning("retry")

        assert [line["event"] for line in lines()] == ["retry", "retry (1 more like this)"]


class TestConsole:
    def test_people_get_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The console format is for people."""
        logs.configure(LogSettings(format="console"), service="shop", secrets=[Secret("hunter2")])

        structlog.get_logger().info("sold_out", password="hunter2")

        written = capsys.readouterr().out
        assert "sold_out" in written
        assert "hunter2" not in written
