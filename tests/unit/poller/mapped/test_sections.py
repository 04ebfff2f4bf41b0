from pathlib import Path

import pytest
import yaml

from satark.poller.mapped.sections import mapping
from satark.runtime.settings import SettingsError
from tests.unit.poller.mapped.manager import DATA, EXAMPLES

BAD = sorted((DATA / "bad").glob("*.yaml"))
MINIMAL = {
    "version": 1,
    "vendor": "Any",
    "edges": {"request": {"path": "/e"}, "rows": "@", "fields": {"id": "id"}},
    "samples": {
        "request": {"path": "/s"},
        "rows": "@",
        "fields": {"edge": "e", "link": "l"},
        "metrics": {"latency_ms_rx": "v"},
    },
}


def told(**changes: object) -> list[str]:
    """Return the mistakes of the smallest mapping with changes."""
    try:
        mapping(yaml.safe_dump(MINIMAL | changes).encode())
    except SettingsError as error:
        return [mistake.partition(": ")[2] for mistake in error.mistakes]
    return []


class TestMistakes:
    @pytest.mark.parametrize("file", BAD, ids=lambda path: path.stem)
    def test_corpus(self, file: Path) -> None:
        """Every mistake of a bad file is told, each with its line."""
        with pytest.raises(SettingsError) as caught:
            mapping(file.read_bytes())

        assert file.with_suffix(".txt").read_text().splitlines() == list(caught.value.mistakes)

    def test_none(self) -> None:
        """The smallest mapping has no mistake."""
        assert told() == []

    @pytest.mark.parametrize(
        ("changes", "mistake"),
        [
            ({"samples": 3}, "samples: expected a table of request"),
            ({"edges": None}, "edges: expected a table of request"),
            (
                {"enterprise": {"id": "1"}, "enterprises": {}},
                "enterprises: enterprise and enterprises exclude each other",
            ),
            ({"auth": {"kind": "login"}}, "auth.steps: is missing: the requests of the login"),
            ({"auth": {"kind": "header"}}, "auth.header: expected the header's name and value"),
            ({"auth": {"kind": "login", "steps": [{"prefix": "x"}]}}, "auth.steps[0]: header is missing"),
            ({"auth": {"kind": "header", "header": {"A": "{edge}"}}}, "auth.header.A: {edge} is not known here"),
            ({"headers": {"A": [1]}}, "headers.A: expected a text"),
            ({"headers": {"A": "a\nB: c"}}, "headers: A: a header holds one line"),
            ({"auth": {"kind": "header", "header": {"A": "\u00e4"}}}, "auth.header: A: a header holds one line"),
            (
                {"auth": {"kind": "login", "steps": [{"prefix": "a\n"}]}},
                "auth.steps[0].prefix: a header holds one line",
            ),
            ({"auth": {"kind": "none", "expired": [403, "x"]}}, "auth.expired[1]: expected an HTTP status"),
            ({"auth": {"kind": "none", "expired": 403}}, "auth.expired: expected a list"),
            ({"auth": {"kind": "login", "cookies": [1]}}, "auth.cookies[0]: expected a cookie's name"),
            ({"error": "]"}, "error: not JMESPath"),
            ({"sampels": {}}, "sampels: unknown; did you mean samples?"),
            ({"edges": MINIMAL["edges"] | {"states": {"up": True}}}, "edges.states.up: expected a text"),  # type: ignore[operator]
        ],
    )
    def test_one(self, changes: dict[str, object], mistake: str) -> None:
        """Each kind of mistake is told by its path."""
        assert [text for text in told(**changes) if text.startswith(mistake)] != []

    def test_nothing_to_read(self) -> None:
        """A mapping without samples and detail reads nothing, which is a mistake."""
        with pytest.raises(SettingsError, match="samples or detail must be there"):
            mapping(yaml.safe_dump({name: value for name, value in MINIMAL.items() if name != "samples"}).encode())

    def test_request(self) -> None:
        """A request has at most one body, times that can be written, and pages that go where they can."""
        request = {
            "path": "//x",
            "json": {"a": "{b}"},
            "form": {"c": None},
            "times": "noon",
            "paging": {"kind": "token", "parameter": "p", "in": "body"},
        }
        found = told(samples=MINIMAL["samples"] | {"request": request})  # type: ignore[operator]

        assert {text.partition(": ")[0] for text in found} == {
            "samples.request.json.a",
            "samples.request.form",
            "samples.request.form.c",
            "samples.request.paging.next",
            "samples.request.path",
            "samples.request.times",
        }

    def test_events(self) -> None:
        """Levels are syslog's words."""
        events = {
            "request": {"path": "/v"},
            "rows": "@",
            "fields": {"time": "t", "name": "n"},
            "levels": {"bad": "TERRIBLE"},
        }

        assert told(events=events)[0].startswith("events.levels: bad is TERRIBLE; expected EMERGENCY")


class TestExamples:
    @pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
    def test_shipped(self, file: Path) -> None:
        """Each mapping that is shipped is right, and says what it is for."""
        content = file.read_bytes()

        assert mapping(content).vendor
        assert content.startswith(b"# ")
