from dataclasses import replace

import pytest

from satark.sandesh.introspect.modules import Module
from satark.sandesh.introspect.overview import MAX_ROWS, Overview, Traffic, overview_page
from satark.sandesh.types import Level
from tests.unit.sandesh.introspect.test_pages import EVIL, Elements
from tests.unit.sandesh.probe import ProbeRequest

QUIET = Overview(
    module="probe",
    generator="host:Compute:probe:0",
    state="Established",
    reason="accepted",
    collector="10.0.0.1:8086",
    peer="collector-1",
    collectors=("10.0.0.1:8086", "10.0.0.2:8086"),
    connections=1,
    waiting=0,
    waiting_bytes=0,
    most_bytes=200,
    sending_level=Level.INVALID,
    sending=True,
    traffic=(),
    lost=(),
    kept=0,
    uves=(),
    buffers=(),
    neighbours=(),
)


def test_quiet() -> None:
    """A program that has sent nothing has a page all the same, which shows its session."""
    text = overview_page(QUIET, [Module("probe", (ProbeRequest,))])

    assert '<section class="box good">' in text
    assert "collector-1" in text
    assert "all pass" in text
    assert {"/probe.xml#ProbeRequest", "probe.xml"} <= set(Elements(text).links)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (replace(QUIET, state="Connect"), '<section class="box warn"><h2>Collector'),
        (replace(QUIET, state="Idle", collector=""), '<section class="box bad"><h2>Collector</h2><p><b>none'),
        (replace(QUIET, sending=False), '<section class="box bad"><h2>Send queue'),
        (replace(QUIET, sending_level=3), "only those graver than SYS_ERR"),
        (replace(QUIET, sending_level=-50), "only those graver than -50"),
        (replace(QUIET, waiting=3, waiting_bytes=150), '<meter min="0" max="200" value="150" high="100">'),
        (replace(QUIET, kept=7), "7 changes of state"),
        (replace(QUIET, lost=[("QueueLevel", 9)]), "<td>QueueLevel</td><td>9</td>"),
        (replace(QUIET, buffers=[("ring", 2, 5, False)]), "<td>2 of 5</td><td>off</td>"),
        (replace(QUIET, neighbours=[("XMPP", "c", "Down", "late")]), '<span class="state bad">Down</span>'),
    ],
)
def test_what_is_wrong_shows(changed: Overview, expected: str) -> None:
    """Whatever is not as it should be can be seen on the page."""
    assert expected in overview_page(changed, [])


def test_many_types() -> None:
    """A long table is cut, and says so."""
    traffic = [Traffic(name=f"Message{n}", messages=n, size_bytes=n, lost=0) for n in range(MAX_ROWS + 3)]

    text = overview_page(replace(QUIET, traffic=traffic), [])

    assert "and 3 more" in text
    assert f"{sum(range(MAX_ROWS + 3))} messages written" in text


def test_names_stay_text() -> None:
    """Names that others gave are never markup, and in links they are part of the query."""
    evil = replace(
        QUIET,
        module=EVIL,
        generator=EVIL,
        reason=EVIL,
        peer=EVIL,
        collectors=(EVIL,),
        traffic=[Traffic(name=EVIL, messages=1, size_bytes=1, lost=0)],
        lost=[(EVIL, 1)],
        uves=[(EVIL, 1)],
        buffers=[(EVIL, 1, 1, True)],
        neighbours=[(EVIL, EVIL, EVIL, EVIL)],
    )

    page = Elements(overview_page(evil, []))

    assert "script" not in page.names
    assert "/Snh_SandeshUVECacheReq?tname=%22%3E%3Cscript%3Ealert%28%271%27%29%3C%2Fscript%3E%26" in page.links
