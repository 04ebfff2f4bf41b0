"""The page on connecting an orchestrator says nothing that is not so."""

import re
import tomllib
from pathlib import Path

from msgspec import Struct

from satark.poller.orchestrator import Polling
from satark.poller.orchestrators import read
from satark.poller.registry import BUILT_IN
from satark.poller.settings import PollerSettings
from satark.poller.telling.link_gauges import LinkGauges
from satark.runtime.settings import variables
from tests.support.environment import REPOSITORY

PAGE = (REPOSITORY / "docs" / "how-to" / "connect-an-orchestrator.md").read_text()


def names_of(group: str, settings: type[Struct]) -> set[str]:
    """Return the names of a group's variables."""
    return {name for v in variables(group, settings) for name in (v.env, f"{v.env}_FILE" if v.secret else v.env)}


def test_settings() -> None:
    """Every setting of the poller that the page names is one."""
    named = set(re.findall(r"SATARK_POLLER_[A-Z0-9_]+", PAGE))

    assert named - names_of("poller", PollerSettings) == set()
    assert {"SATARK_POLLER_ORCHESTRATORS_FILE", "SATARK_POLLER_HEARTBEAT_URL_FILE"} <= named


def test_file(tmp_path: Path) -> None:
    """The page's file of several orchestrators gives two, with the secrets that it names."""
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    document = tomllib.loads(block)
    (tmp_path / "o.toml").write_text(block.replace("/run/secrets/", ""))
    (tmp_path / "vco-emea").write_text("one")

    found = read(tmp_path / "o.toml", Polling(), {"VCO_APAC_PASSWORD": "two"})

    assert found.mistakes == []
    assert [row.name for row in found.rows] == list(document["orchestrators"])


def test_drivers() -> None:
    """The page has a row for each driver."""
    rows = re.findall(r"^\| `([a-z0-9-]+)`", PAGE, re.MULTILINE)

    assert set(rows) == set(BUILT_IN)


def test_metrics() -> None:
    """The page names the exported metrics of a link."""
    names = [family.name for family in LinkGauges().describe() if family.type == "gauge"]

    assert [name for name in names if name not in PAGE and name.removeprefix("satark_wan_link") not in PAGE] == []


def test_table() -> None:
    """The table of the page is as wide in each line."""
    widths = {len(line) for line in PAGE.splitlines() if line[:1] in {"┏", "┃", "┡", "│", "└"}}

    assert len(widths) == 1
