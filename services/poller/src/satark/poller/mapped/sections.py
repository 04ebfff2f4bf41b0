"""A mapping file as a whole: its sections, and all that is wrong with them at once. Pure."""

from collections.abc import Iterable

from satark.poller.inventory import Enterprise
from satark.poller.mapped import parts
from satark.poller.mapped.document import DocumentError, Node, Table, parse
from satark.poller.mapped.model import Auth, Listing, Mapping, Metric, Query, Rows, Samples, Step
from satark.poller.mapped.templates import Template
from satark.runtime.settings import SettingsError
from satark.schemas import metrics as names
from satark.schemas.messages import Level

VERSION = 1
SECTIONS = (
    "version",
    "vendor",
    "auth",
    "headers",
    "error",
    "probe",
    "enterprise",
    "enterprises",
    "edges",
    "samples",
    "detail",
    "events",
)
ENTERPRISE = ("id", "name", "timezone", "uid")
EDGE = ("id", "name", "state", "site", "timezone", "uid")
LINK = ("id", "name", "interface", "isp", "state", "mode", "backup_state")
SAMPLE = ("edge", "edge_name", "link", *LINK[1:], "time")
EVENT = ("id", "time", "name", "level", "edge_name", "category", "text")
LISTING = ("request", "rows", "fields")
SAMPLES = (*LISTING, "states", "metrics", "time", "marks", "no_data")
METRIC = ("value", "factor", "per", "max", "combine")
COMBINE = ("mean", "min", "max", "sum")
AUTH = ("kind", "header", "value", "steps", "cookies", "logout", "expired")
KINDS = ("none", "basic", "bearer", "header", "login")
STEP = ("request", "header", "value", "prefix", "refused", "optional")
CREDENTIAL = ("username", "password", "token")
METRICS = (
    *names.WAN_LINK_METRICS,
    names.THROUGHPUT_BPS_RX,
    names.THROUGHPUT_BPS_TX,
    names.BANDWIDTH_BPS_RX,
    names.BANDWIDTH_BPS_TX,
)
WHOLE_PCT = 100.0


def mapping(content: bytes) -> Mapping:
    """Return what a mapping file says. Raises SettingsError with every mistake, each with its line."""
    mistakes: list[str] = []
    try:
        root = Table(parse(content), mistakes, SECTIONS)
    except DocumentError as error:
        raise SettingsError([str(error)]) from error
    found = _mapping(root)
    if mistakes:
        raise SettingsError(sorted(dict.fromkeys(mistakes), key=_line))
    return found


def _mapping(root: Table) -> Mapping:
    if root.whole("version", 0, low=0) != VERSION:
        root.wrong(f"expected {VERSION}, the version of this format", "version")
    if "enterprise" in root and "enterprises" in root:
        root.wrong("enterprise and enterprises exclude each other", "enterprises")
    if "samples" not in root and "detail" not in root:
        root.wrong("samples or detail must be there, or nothing can be read")
    probe = root.table("probe", ("request", "version"))
    edges = root.table("edges", (*LISTING, "states", "links"))
    events = root.table("events", (*LISTING, "levels", "time"))
    detail = root.table("detail", (*SAMPLES, "samples"))
    if edges is None:
        root.wrong("is missing", "edges")
    return Mapping(
        vendor=root.text("vendor", None),
        auth=_auth(root),
        edges=_listing(edges or root, "edges", EDGE, ("id",), ("enterprise",)),
        links=_links(edges),
        enterprise=_enterprise(root.table("enterprise", ENTERPRISE)),
        enterprises=_enterprises(root.table("enterprises", LISTING)),
        samples=_samples(root.table("samples", SAMPLES), "samples", ("enterprise",), ("edge", "link")),
        detail=_samples(detail, "detail", ("enterprise", "edge"), ("link",)),
        detail_samples=detail.whole("samples", 288, high=10_000) if detail else 1,
        events=_events(events),
        event_time=parts.time_form(events, "time", "ms") if events else "ms",
        probe=parts.query(probe, "request", "probe", ()) if probe else None,
        version=parts.expression_at(probe, "version") if probe else None,
        error=parts.expression_at(root, "error"),
        headers=parts.header_texts(root, "headers"),
    )


def _listing(table: Table, name: str, fields: Iterable[str], needed: Iterable[str], places: Iterable[str]) -> Listing:
    return Listing(parts.query(table, "request", name, places), parts.rows(table, fields, needed))


def _enterprise(table: Table | None) -> Enterprise | None:
    if table is None:
        return None
    return Enterprise(table.text("id", None), table.text("name"), table.text("timezone"), table.text("uid"))


def _enterprises(table: Table | None) -> Listing | None:
    return _listing(table, "enterprises", ENTERPRISE, ("id",), ()) if table else None


def _links(edges: Table | None) -> Rows | None:
    table = edges.table("links", ("rows", "fields", "states")) if edges else None
    return parts.rows(table, LINK, ("id",)) if table else None


def _samples(table: Table | None, name: str, places: Iterable[str], needed: Iterable[str]) -> Samples | None:
    if table is None:
        return None
    metrics = table.table("metrics", METRICS)
    if metrics is None:
        table.wrong("is missing", "metrics")
    return Samples(
        query=parts.query(table, "request", name, (*places, *parts.TIMES)),
        rows=parts.rows(table, SAMPLE, needed),
        metrics={name: _metric(metrics, name, node) for name, node in table.items("metrics") if metrics},
        time_form=parts.time_form(table, "time", "ms"),
        marks_end=table.choice("marks", ("start", "end"), "start") == "end",
        no_data=parts.expression_at(table, "no_data"),
    )


def _metric(metrics: Table, name: str, node: Node) -> Metric:
    highest = WHOLE_PCT if "_pct_" in name else float("inf")
    if isinstance(node.value, str):
        return Metric(parts.needed_expression(metrics, name), highest=highest)
    table = Table(node, metrics.mistakes, METRIC)
    return Metric(
        value=parts.needed_expression(table, "value"),
        factor=table.number("factor", 1.0) or 0.0,
        is_total=table.choice("per", ("second", "sample"), "second") == "sample",
        highest=table.number("max", highest) or highest,
        combine=table.choice("combine", COMBINE, "mean"),
    )


def _events(table: Table | None) -> Listing | None:
    if table is None:
        return None
    rows = parts.rows(table, EVENT, ("time", "name"), "levels")
    for word, level in rows.words.items():
        if level not in Level.__members__:
            table.wrong(f"{word} is {level}; expected {', '.join(Level.__members__)}", "levels")
    return Listing(parts.query(table, "request", "events", ("enterprise", *parts.TIMES)), rows)


def _auth(root: Table) -> Auth:
    table = root.table("auth", AUTH)
    if table is None:
        return Auth("none")
    kind = table.choice("kind", KINDS)
    expired = frozenset(parts.listed(table, "expired", int, "an HTTP status")) or frozenset({401})
    if kind == "bearer":
        return Auth(kind, (("Authorization", Template("Bearer {token}", frozenset({"token"}))),), expired=expired)
    if kind == "header":
        value = parts.headers(table, "header", CREDENTIAL)
        if not value:
            table.wrong('expected the header\'s name and value, as in X-Auth-Token: "{token}"', "header")
        return Auth(kind, value, expired=expired)
    if kind != "login":
        return Auth(kind, expired=expired)
    steps = tuple(_step(Table(node, table.mistakes, STEP)) for node in table.rows("steps"))
    if not steps:
        table.wrong("is missing: the requests of the login", "steps")
    return Auth(
        kind,
        steps=steps,
        cookies=tuple(parts.listed(table, "cookies", str, "a cookie's name")),
        logout=_logout(table),
        expired=expired,
    )


def _logout(table: Table) -> Query | None:
    return parts.query(table, "logout", "logout", ()) if "logout" in table else None


def _step(table: Table) -> Step:
    header = table.text("header")
    if not header and ("value" in table or "prefix" in table):
        table.wrong("header is missing: where the value is to go")
    return Step(
        query=parts.query(table, "request", "login", CREDENTIAL),
        header=header,
        value=parts.expression_at(table, "value") if "value" in table else None,
        prefix=parts.header_text(table, "prefix"),
        refused=table.text("refused"),
        is_optional=table.flag("optional"),
    )


def _line(mistake: str) -> tuple[int, str]:
    digits = mistake.removeprefix("line ").partition(":")[0]
    return int(digits) if digits.isdigit() else 0, mistake
