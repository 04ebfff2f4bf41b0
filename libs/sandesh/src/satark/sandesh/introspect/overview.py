"""The first page: the state of a generator at a glance, and the way to everything else (clause 5.4). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from satark.sandesh.introspect.modules import Module
from satark.sandesh.introspect.pages import page
from satark.sandesh.types import Level

MAX_ROWS = 200
_GOOD = frozenset(("Established", "Up"))
_WORKING = frozenset(("Connect", "ClientInit", "Initializing"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Of one type of message: how many were written, how many bytes, how many were lost."""

    name: str
    messages: int
    size_bytes: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the page shows. `lost`: cause and count; `buffers`: name, messages held, size, whether on.

    `kept` counts changes of state that came while there was no session: they are in the cache, and so not lost.
    """

    module: str
    generator: str
    state: str
    reason: str
    collector: str
    peer: str
    collectors: Sequence[str]
    connections: int
    waiting: int
    waiting_bytes: int
    most_bytes: int
    sending_level: int
    sending: bool
    traffic: Sequence[Traffic]
    lost: Sequence[tuple[str, int]]
    kept: int
    uves: Sequence[tuple[str, int]]
    buffers: Sequence[tuple[str, int, int, bool]]
    neighbours: Sequence[tuple[str, str, str, str]]


def overview_page(seen: Overview, modules: Iterable[Module]) -> str:
    """The page; its links to modules are those of the originals' index."""
    body = (
        f"<h1>{escape(seen.module)}</h1>{_picture(seen)}"
        f'<div class="columns">{_uves(seen)}{_buffers(seen)}{_neighbours(seen)}{_lost(seen)}{_settings()}</div>'
        f"{_traffic(seen)}{_modules(seen.module, modules)}"
    )
    return page(seen.module, body, trail=())


def _picture(seen: Overview) -> str:
    """Program, queue, collector, as messages go."""
    arrow = '<span class="arrow" aria-hidden="true"></span>'
    return f'<div class="picture">{_program(seen)}{arrow}{_queue(seen)}{arrow}{_collector(seen)}</div>'


def _box(title: str, text: str, mood_: str = "") -> str:
    return f'<section class="box {mood_}"><h2>{title}</h2>{text}</section>'


def _program(seen: Overview) -> str:
    total = sum(each.messages for each in seen.traffic)
    lost = sum(count for _, count in seen.lost)
    kept = f"<p>{seen.kept} changes of state came without a session and are in the cache</p>" if seen.kept else ""
    text = f"<p><b>{escape(seen.generator)}</b></p><p>{total} messages written, {lost} lost</p>{kept}"
    return _box("Generator", text)


def _queue(seen: Overview) -> str:
    passes_all = seen.sending_level == Level.INVALID
    logs = "all pass" if passes_all else f"only those graver than {_level(seen.sending_level)}"
    held = "" if seen.sending else '<p class="problem">held by an operator</p>'
    meter = (
        f'<meter min="0" max="{seen.most_bytes}" value="{seen.waiting_bytes}" high="{seen.most_bytes // 2}">'
        f"{seen.waiting_bytes} of {seen.most_bytes} bytes</meter>"
    )
    text = f"<p><b>{seen.waiting} waiting</b> ({seen.waiting_bytes} bytes)</p>{meter}<p>Logs: {logs}</p>{held}"
    return _box("Send queue", text, "bad" if held else "" if passes_all else "warn")


def _collector(seen: Overview) -> str:
    peer = seen.peer if seen.peer != seen.collector else ""
    known = ", ".join(seen.collectors) or "none"
    text = (
        f"<p><b>{escape(seen.collector or 'none')}</b> {escape(peer)}</p>"
        f'<p><span class="state">{escape(seen.state)}</span> {escape(seen.reason)}</p>'
        f"<p>{seen.connections} sessions so far; known: {escape(known)}</p>"
    )
    return _box("Collector", text, mood(seen.state))


def mood(state: str) -> str:
    """How a state is coloured; its word is always there too."""
    return "good" if state in _GOOD else "warn" if state in _WORKING else "bad"


def _level(level: int) -> str:
    return Level(level).name if level in Level.__members__.values() else str(level)


def _uves(seen: Overview) -> str:
    rows = [
        (f'<a href="/Snh_SandeshUVECacheReq?tname={quote(name, safe="")}">{escape(name)}</a>', str(count))
        for name, count in seen.uves
    ]
    return _table(
        "State (UVEs)", ("Type", "Entries"), rows, "Nothing has been sent yet.", more="/Snh_SandeshUVETypesReq"
    )


def _buffers(seen: Overview) -> str:
    rows = [
        (
            f'<a href="/Snh_SandeshTraceRequest?buf_name={quote(name, safe="")}">{escape(name)}</a>',
            f"{held} of {size}",
            "on" if on else "off",
        )
        for name, held, size, on in seen.buffers
    ]
    return _table(
        "Trace buffers", ("Name", "Messages", ""), rows, "There are none.", more="/Snh_SandeshTraceBufStatusReq"
    )


def _neighbours(seen: Overview) -> str:
    rows = [
        (
            f"{escape(type_)} {escape(name)}",
            f'<span class="state {mood(status)}">{escape(status)}</span>',
            escape(detail),
        )
        for type_, name, status, detail in seen.neighbours
    ]
    return _table("Connections", ("To", "State", ""), rows, "None is known.")


def _lost(seen: Overview) -> str:
    rows = [(escape(cause), str(count)) for cause, count in seen.lost]
    return _table("Messages lost", ("Cause", "Messages"), rows, "None.", more="/Snh_SandeshMessageStatsReq")


def _settings() -> str:
    links = "".join(f'<li><a href="/Snh_{name}">{text}</a></li>' for name, text in SETTINGS)
    return f'<section><h2>Settings</h2><ul class="names">{links}</ul></section>'


def _traffic(seen: Overview) -> str:
    most = max((each.messages for each in seen.traffic), default=0) or 1
    rows = [
        (
            escape(each.name),
            f'{each.messages} <meter min="0" max="{most}" value="{each.messages}">{each.messages}</meter>',
            str(each.size_bytes),
            str(each.lost),
        )
        for each in seen.traffic
    ]
    columns = ("Message", "Written", "Bytes", "Lost")
    return _table("Messages by type", columns, rows, "None yet.", more="/Snh_SandeshMessageStatsReq")


def _modules(title: str, modules: Iterable[Module]) -> str:
    parts = []
    for module in modules:
        requests = "".join(
            f'<li><a href="/{escape(module.name)}.xml#{each.__sandesh__.name}">{each.__sandesh__.name}</a></li>'
            for each in module.requests
        )
        parts.append(
            f'<section class="card"><h3><a href="{escape(module.name)}.xml">{escape(module.name)}</a></h3>'
            f'<ul class="names">{requests}</ul></section>'
        )
    return f"<h2>Modules for {escape(title)}</h2>{''.join(parts)}"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], nothing: str, *, more: str = "") -> str:
    """A table of trusted cells; beyond `MAX_ROWS` the request that shows all must do."""
    heading = f'<a href="{more}">{title}</a>' if more else title
    if not rows:
        return f"<section><h2>{heading}</h2><p>{nothing}</p></section>"
    head = "".join(f"<th>{each}</th>" for each in columns)
    lines = "".join(f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in rows[:MAX_ROWS])
    rest = f"<p>and {len(rows) - MAX_ROWS} more</p>" if len(rows) > MAX_ROWS else ""
    return f'<section><h2>{heading}</h2><div class="wide"><table class="rows"><tr>{head}</tr>{lines}</table></div>{rest}</section>'


SETTINGS = (
    ("SandeshLoggingParamsStatus", "Logging parameters"),
    ("SandeshSendingParamsStatus", "Sending parameters"),
    ("SandeshSendQueueStatus", "The send queue, running or held"),
    ("SandeshTraceBufStatusReq", "Tracing"),
    ("CollectorInfoRequest", "The collector"),
)
