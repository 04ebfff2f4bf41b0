import argparse
import types
from typing import cast

import pytest
from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from satark.runtime.command import Command
from satark.runtime.docsgen.commands import commands_page
from satark.runtime.docsgen.events import events_page, fields
from satark.runtime.docsgen.markdown import code, page, table
from satark.runtime.docsgen.metrics import metrics_page
from satark.runtime.docsgen.topics import topics_page
from satark.runtime.docsgen.tree import yaml_text
from satark.runtime.service import App, ServiceCommand, ServiceContext
from satark.schemas.codec import EVENT_TYPES
from satark.schemas.export import json_schema
from satark.schemas.incidents import IncidentResolved
from satark.schemas.topics import all_topics


class BellSettings(Struct, frozen=True, kw_only=True):
    """How a bell rings."""

    times: int = 1


class RingCommand:
    help = "ring a bell"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add one argument of each kind, and sub-commands."""
        parser.add_argument("--loud", "-l", action="store_true", help="ring %(prog)s loudly")
        parser.add_argument("--times", type=int, default=3, metavar="N", help="how often (default %(default)s)")
        parser.add_argument("--tone", choices=["a", "b"], required=True)
        parser.add_argument("bells", nargs="+", help="which bells")
        below = parser.add_subparsers()
        below.add_parser("stop", help="be silent").add_argument("reason")
        parser.epilog = "examples:\n  satark ring big"

    def run(self, args: argparse.Namespace) -> int:
        """Do nothing."""
        return len(vars(args))


def build(settings: BellSettings, context: ServiceContext) -> App:
    """Never build anything: only the description is read."""
    raise NotImplementedError((settings, context))


class TestCommands:
    def test_shows_arguments(self) -> None:
        """Each argument has a row; sub-commands have headings of their own."""
        text = commands_page({"ring": RingCommand()})

        assert "| `satark ring` | ring a bell |" in text
        assert "\n## satark ring\n\nRing a bell.\n" in text
        assert "`satark ring [-l] [--times N] --tone {a,b} BELLS … [COMMAND …]`" in text
        assert "| `--loud, -l` | ring satark ring loudly |  |" in text
        assert "| `--times N` | how often (default 3) | `3` |" in text
        assert "\n### satark ring stop\n\nBe silent.\n\n`satark ring stop REASON`\n" in text
        assert "```text\nexamples:\n  satark ring big\n```" in text

    @pytest.mark.parametrize(("uses_kafka", "expected"), [(True, "KAFKA, LOG and OPS"), (False, "(LOG and OPS)")])
    def test_leads_from_a_service_to_its_settings(self, uses_kafka: bool, expected: str) -> None:
        """The settings are not repeated."""
        command = ServiceCommand("door-bell", "ring", BellSettings, build, uses_kafka=uses_kafka)

        text = commands_page({"door-bell": cast(Command, command)})

        assert "[SATARK_DOOR_BELL_\\*](settings.md#satark_door_bell_)" in text
        assert expected in text

    def test_shows_the_commands_below_a_service(self) -> None:
        """A service's extra commands have headings of their own; the service needs none of them."""
        command = ServiceCommand("door-bell", "ring", BellSettings, build, extras={"once": RingCommand()})

        text = commands_page({"door-bell": cast(Command, command)})

        assert "`satark door-bell [--check] [COMMAND …]`" in text
        assert "\n### satark door-bell once\n\nRing a bell.\n" in text


class Doors(Collector):
    """Metrics that a module collects itself."""

    def describe(self) -> list[Metric]:
        """Return the metric without its doors."""
        return [GaugeMetricFamily("satark_bell_door_open", "1 when open.", labels=["door"])]

    def collect(self) -> list[Metric]:
        """Return the metric; there is no door."""
        return self.describe()


class TestMetrics:
    def test_shows_what_the_collectors_say(self) -> None:
        """Name, type, labels and help, sorted by name; every process's first."""
        registry = CollectorRegistry()
        bell, runtime = types.ModuleType("satark.bell.metrics"), types.ModuleType("satark.runtime.metrics")
        vars(bell)["RINGS"] = Counter("satark_bell_rings_total", "Rings.", ["bell", "tone"], registry=registry)
        vars(bell)["LOUD"] = Gauge("satark_bell_loud", "1 when loud.", registry=registry)
        vars(bell)["Gauge"] = Gauge
        vars(bell)["DOORS"] = Doors()
        vars(bell)["OTHER"] = "no metric"

        text = metrics_page({"satark.bell": bell, "satark.runtime": runtime})

        assert text.index("## Every process") < text.index("## Bell")
        loud = "| `satark_bell_loud` | gauge |  | 1 when loud. |"
        assert f"{loud}\n| `satark_bell_rings_total` | counter | `bell`, `tone` | Rings. |" in text
        assert "| `satark_bell_door_open` | gauge | `door` | 1 when open. |" in text

    def test_shows_those_of_a_modules_parts(self) -> None:
        """A module that names its parts has their metrics, too."""
        registry = CollectorRegistry()
        bell, rope = types.ModuleType("satark.bell.metrics"), types.ModuleType("satark.bell.rope.metrics")
        vars(rope)["PULLS"] = Counter("satark_bell_pulls_total", "Pulls.", registry=registry)
        vars(bell)["PARTS"] = (rope,)

        assert "| `satark_bell_pulls_total` | counter |  | Pulls. |" in metrics_page({"satark.bell": bell})


class TestTopics:
    def test_has_every_topic(self) -> None:
        """Public ones first, dead letters with the internal ones."""
        text = topics_page(7)

        assert all(f"\n### {topic.name}\n" in text for topic in all_topics())
        assert "| partitions | 7 |" in text
        assert "| dead letters | `satark.metrics.v1.dlq` |" in text
        assert "[`satark.incident.opened.v1`](events.md#satarkincidentopenedv1)" in text


class TestEvents:
    def test_has_every_event_with_an_example(self) -> None:
        """Headers, fields, JSON."""
        text = events_page()

        assert all(f"\n## {ce_type}\n" in text for ce_type in EVENT_TYPES.values())
        assert len(EVENT_TYPES) == text.count("```json\n")

    def test_goes_into_nested_objects(self) -> None:
        """A field is named by its whole path."""
        found = {path: (kind, required) for path, kind, required, _ in fields(json_schema(IncidentResolved))}

        assert ("`resolved`", True) == found["event"]
        assert ("`critical`, `major`, `minor`, `warning`", True) == found["severity"]
        assert ("list of object (items ≤ 512)", True) == found["symptoms"]
        assert ("number", True) == found["symptoms[].baseline.centre"]
        assert ("time or null", False) == found["symptoms[].until"]
        assert ("string by name", False) == found["labels"]
        assert ("integer (≥ 0)", True) == found["duration_s"]

    @pytest.mark.parametrize("event", EVENT_TYPES)
    def test_leaves_no_meaning_empty(self, event: type) -> None:
        """Every field of the contract says what it is."""
        assert [] == [path for path, _, _, text in fields(json_schema(event)) if not text]

    def test_describes_every_property(self) -> None:
        """No event has a field that the page leaves out."""
        schema = json_schema(IncidentResolved)

        assert set(schema["properties"]) == {path for path, *_ in fields(schema) if "." not in path}


class TestMarkdown:
    def test_tables_escape_their_separator(self) -> None:
        """A pattern with an alternative stays in its cell."""
        assert "| a |\n|---|\n| `x\\|y` b |" == table(["a"], [["`x|y`\nb"]])

    def test_a_table_without_rows_is_nothing(self) -> None:
        """No head without a body."""
        assert not table(["a"], [])

    def test_code_may_hold_a_backtick(self) -> None:
        """Two of them enclose one."""
        assert ["", "`a`", "``a`b``"] == [code(""), code("a"), code("a`b")]

    def test_pages_leave_out_empty_blocks(self) -> None:
        """Blocks are separated by exactly one empty line."""
        assert page("T", "a", "", "b").endswith("# T\n\na\n\nb\n")


def test_yaml_repeats_instead_of_pointing() -> None:
    """Anchors would puzzle readers; the order is that of the document."""
    shared = {"type": "string"}

    text = yaml_text({"b": shared, "a": shared, "t": (1,)})

    assert "# Generated" in text
    assert "b:\n  type: string\na:\n  type: string\n" in text
