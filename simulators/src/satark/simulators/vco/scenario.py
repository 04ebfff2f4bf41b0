"""The script of incidents: what goes wrong, on which link, when and by how much.

A script is a JSON document, `{"incidents": [{"edge": …, "link": …, "kind": "step", "start_s": 1500,
"duration_s": 2400, "add": {"latency_ms_rx": 70}}]}`. Times count from the virtual clock's start; a negative start
began before it. A five-minute bucket is touched by an incident when the bucket starts within it.

An incident names what it is about: an `edge` and one `link` of it; or all links of an `isp`, behind a `gateway` or of
an `enterprise`, which may be combined (`targets`). Without `duration_s` it lasts for ever.

| kind | effect |
|---|---|
| step | the whole increase, from start to end |
| ramp | the increase grows from nothing to the whole |
| spike | the whole increase at once, then it falls to nothing |
| congestion | the increase swells and ebbs every day between the `local_hours` of the site |
| jitter_burst | jitter only: between half and one and a half of the increase, another share each bucket |
| bursty_loss | loss only: the whole increase in about half of the buckets |
| path_change | another best path: levels move by `shift`, up or down |
| zeros | all six metrics are quantised to 0, while bytes flow: true zeros |
| flap | the link is down for the first half of every `period_s` |
| link_down | the link is down |
| edge_offline | the edge is offline, with all its links; `buffered`: it goes on measuring, and uploads when it is back |
| standby | the link is a hot standby: no data by design |
| idle | no traffic: the link is up, and no bucket arrives |
| link_replaced | the hardware is swapped: from the start on another link with the same edge, interface and name |
"""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from satark.simulators.vco.topology import Metric

Kind = Literal[
    "step",
    "ramp",
    "spike",
    "congestion",
    "jitter_burst",
    "bursty_loss",
    "path_change",
    "zeros",
    "flap",
    "link_down",
    "edge_offline",
    "standby",
    "idle",
    "link_replaced",
]
OUTAGES: frozenset[Kind] = frozenset({"flap", "link_down", "edge_offline"})
SILENT: frozenset[Kind] = frozenset({"standby", "idle"})
WITHOUT_ADD: frozenset[Kind] = OUTAGES | SILENT | {"zeros", "link_replaced", "path_change"}
WITH_AN_END: frozenset[Kind] = frozenset({"ramp", "spike"})
ONLY_FOR: dict[Kind, str] = {"jitter_burst": "jitter_", "bursty_loss": "loss_"}
MAX_INCIDENTS = 1000
Hour = Annotated[float, Meta(ge=0, le=24)]


class ScriptError(ValueError):
    """A script is wrong; `mistakes` says where and what, a line each."""

    def __init__(self, source: str, mistakes: tuple[str, ...]) -> None:
        self.mistakes = tuple(f"{source}: {mistake}" for mistake in mistakes)
        super().__init__("\n".join(self.mistakes))


class Incident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong. `add` is the increase by metric, `shift` a move of either sign."""

    kind: Kind
    start_s: float = 0.0
    duration_s: Annotated[float, Meta(gt=0)] | None = None
    edge: str | None = None
    link: str | None = None
    isp: str | None = None
    gateway: str | None = None
    enterprise: str | None = None
    add: dict[Metric, Annotated[float, Meta(gt=0)]] = msgspec.field(default_factory=dict)
    shift: dict[Metric, float] = msgspec.field(default_factory=dict)
    period_s: Annotated[float, Meta(ge=1)] = 1800.0
    local_hours: tuple[Hour, Hour] = (9.0, 17.0)
    buffered: bool = False


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All incidents of a run."""

    incidents: Annotated[tuple[Incident, ...], Meta(max_length=MAX_INCIDENTS)] = ()


def decode_script(text: bytes, source: str) -> Script:
    """Return the script of a JSON document.

    Raises ScriptError with the line and column of a syntax error, or the path of a wrong value.
    """
    try:
        return msgspec.json.decode(text, type=Script)
    except msgspec.ValidationError as error:
        raise ScriptError(source, (str(error),)) from error
    except msgspec.DecodeError as error:
        raise ScriptError(source, (_with_position(text, str(error)),)) from error


def contradictions(incident: Incident) -> Iterator[str]:
    """Yield where an incident contradicts itself."""
    yield from _wrong_targets(incident)
    kind = incident.kind
    if kind in WITHOUT_ADD and incident.add:
        yield f"`add` has no use with kind {kind}"
    if kind not in WITHOUT_ADD and not incident.add:
        yield f"`add` is missing: kind {kind} needs an increase of one of {', '.join(get_args(Metric))}"
    if bool(incident.shift) is not (kind == "path_change"):
        yield "`shift` and kind path_change go together"
    wanted = ONLY_FOR.get(kind)
    if wanted and (wrong := sorted(metric for metric in incident.add if not metric.startswith(wanted))):
        yield f"kind {kind} cannot add to {', '.join(wrong)}"
    if kind in WITH_AN_END and incident.duration_s is None:
        yield f"`duration_s` is missing: kind {kind} has to end"
    if kind == "congestion" and incident.local_hours[0] == incident.local_hours[1]:
        yield "`local_hours` begin and end at the same hour"
    if incident.buffered and (kind != "edge_offline" or incident.duration_s is None):
        yield "`buffered` is for kind edge_offline with a `duration_s`"


def _wrong_targets(incident: Incident) -> Iterator[str]:
    wide = {incident.isp, incident.gateway, incident.enterprise} != {None}
    if incident.edge is None and not wide:
        yield "name an `edge`, an `isp`, a `gateway` or an `enterprise`"
    if incident.link is not None and incident.edge is None:
        yield "`link` needs its `edge`"
    if incident.kind == "edge_offline":
        if incident.link is not None or incident.isp is not None:
            yield f"`{'link' if incident.link is not None else 'isp'}` has no use with kind edge_offline"
    elif incident.edge is not None and incident.link is None and incident.isp is None:
        yield f"`link` is missing: kind {incident.kind} is about one link"
    if incident.kind == "link_replaced" and incident.link is None:
        yield "kind link_replaced is about one link of one edge"


def _with_position(text: bytes, message: str) -> str:
    """Turn msgspec's "(byte N)" into a line and a column; a text that ends early is wrong at its end."""
    _, marker, rest = message.rpartition("(byte ")
    digits = rest.partition(")")[0]
    before = text[: int(digits)] if marker and digits.isdigit() else text
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return f"line {line}, column {column}: {message}"
