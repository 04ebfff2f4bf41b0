"""Flow sessions: what a vrouter says of the traffic of its end points (clause 6.7; analytics 3.7).

`session_data` is an end point or a list of them. An end point's `sess_agg_info` is a map from what serves (address,
port, protocol) to the traffic; that has in turn a `sessionMap` from what is at the other side (address, port) to the
flows in both directions. Each entry of the outer map is a row.
"""

from satark.sandesh.contents.bodies import Fields, by_name, tree_of
from satark.sandesh.contents.columns import several
from satark.sandesh.contents.rows import TRAFFIC, Flow, SessionRow, Sessions, Side
from satark.sandesh.contents.scalars import label
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.tree import ListValue, MapValue, StructValue, Value
from satark.sandesh.wire.xml import Received

MAX_SESSIONS = 4096
"""Rows of one message."""
MAX_FLOWS = 1024
"""Flows of one row; agents of the originals send about a hundred."""
MAX_TEXT_CHARACTERS = 1024
"""Longest text that each row repeats."""
MAX_LABELS = 64
MAX_PROBLEMS = 16

_LARGEST_PORT = 65535
_LARGEST_PROTOCOL = 255
_LARGEST_COUNT = 2**63 - 1
_MOST_DIGITS = 20
_DIRECTIONS = {"forward_flow_info": "forward_", "reverse_flow_info": "reverse_"}


def sessions_of(received: Received) -> Sessions:
    """The rows of a session message, none of any other. What is not as it must be is a problem in the result."""
    if received.header.type != SandeshType.SESSION:
        return Sessions()
    reading = _Reading(received.header.source)
    data = by_name(tree_of(received).fields).get("session_data")
    value = data.value if data is not None else ""
    for end_point in value.items if isinstance(value, ListValue) else (value,):
        reading.take(_members(end_point))
    return Sessions(tuple(reading.rows), reading.omitted, tuple(reading.problems))


class _Reading:
    """The rows so far of one message."""

    def __init__(self, vrouter: str) -> None:
        self.rows: list[SessionRow] = []
        self.omitted = 0
        self.problems: dict[str, None] = {}
        self._vrouter = vrouter

    def report(self, problem: str) -> None:
        """Keep a problem, if it is not one too many."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems[problem] = None

    def take(self, fields: Fields) -> None:
        """Add the rows of one end point."""
        entries = fields.get("sess_agg_info")
        if entries is None or not isinstance(entries.value, MapValue):
            self.report("an end point without a map sess_agg_info")
            return
        local, remote = self._side(fields, ""), self._side(fields, "remote_")
        vrouter_ip, vmi = self._text(fields, "vrouter_ip"), self._text(fields, "vmi")
        rule = self._text(fields, "security_policy_rule")
        client, service = _is_true(fields, "is_client_session"), _is_true(fields, "is_si")
        for at, (key, entry) in enumerate(entries.value.items):
            if len(self.rows) >= MAX_SESSIONS:
                self.omitted += len(entries.value.items) - at
                return
            server, traffic = _members(key), _members(entry)
            if not server:
                self.report("a key of sess_agg_info that is no address, port and protocol")
            flows, omitted = self._flows(traffic)
            self.rows.append(
                SessionRow(
                    vrouter=self._vrouter,
                    vrouter_ip=vrouter_ip,
                    vmi=vmi,
                    local_ip=self._text(server, "ip"),
                    server_port=self._number(server, "port", _LARGEST_PORT),
                    protocol=self._number(server, "protocol", _LARGEST_PROTOCOL),
                    client_session=client,
                    service_instance=service,
                    security_policy_rule=rule,
                    local=local,
                    remote=remote,
                    traffic={name: self._number(traffic, name, _LARGEST_COUNT) for name in TRAFFIC if name in traffic},
                    flows=flows,
                    omitted_flows=omitted,
                )
            )

    def _side(self, fields: Fields, prefix: str) -> Side:
        return Side(
            vn=self._text(fields, f"{prefix}vn"),
            prefix=self._text(fields, f"{prefix}prefix"),
            deployment=self._text(fields, f"{prefix}deployment"),
            tier=self._text(fields, f"{prefix}tier"),
            application=self._text(fields, f"{prefix}application"),
            site=self._text(fields, f"{prefix}site"),
            labels=self._labels(fields, f"{prefix}labels"),
            custom_tags=self._labels(fields, f"{prefix}custom_tags"),
        )

    def _flows(self, traffic: Fields) -> tuple[tuple[Flow, ...], int]:
        sessions = traffic.get("sessionMap")
        if sessions is None or not isinstance(sessions.value, MapValue):
            return (), 0
        flows = []
        for key, session in sessions.value.items[:MAX_FLOWS]:
            client = _members(key)
            if not client:
                self.report("a key of sessionMap that is no address and port")
            flows.append(
                Flow(
                    remote_ip=self._text(client, "ip"),
                    client_port=self._number(client, "port", _LARGEST_PORT),
                    details=_details(_members(session)),
                )
            )
        return tuple(flows), len(sessions.value.items) - len(flows)

    def _text(self, fields: Fields, name: str) -> str:
        field = fields.get(name)
        if field is None:
            return ""
        if isinstance(field.value, str) and len(field.value) <= MAX_TEXT_CHARACTERS:
            return label(field.value, field.type)
        self.report(f"{name} is no text, or too long")
        return ""

    def _labels(self, fields: Fields, name: str) -> tuple[str, ...]:
        field = fields.get(name)
        if field is None:
            return ()
        texts = several(field.value) if isinstance(field.value, ListValue) else None
        if texts is not None and len(texts) <= MAX_LABELS and sum(map(len, texts)) <= MAX_TEXT_CHARACTERS:
            return texts
        self.report(f"{name} is no list of texts, or too long")
        return ()

    def _number(self, fields: Fields, name: str, largest: int) -> int:
        text = self._text(fields, name)
        digits = text if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS else ""
        if digits and int(digits) <= largest:
            return int(digits)
        if text:
            self.report(f"{name} is no number from 0 to {largest}")
        return 0


def _members(value: Value) -> Fields:
    return by_name(value.fields) if isinstance(value, StructValue) else {}


def _is_true(fields: Fields, name: str) -> bool:
    field = fields.get(name)
    return field is not None and field.value in ("true", "1")


def _details(session: Fields) -> dict[str, str]:
    details: dict[str, str] = {}
    for field in session.values():
        prefix = _DIRECTIONS.get(field.name)
        if isinstance(field.value, str):
            details[field.name] = label(field.value, field.type)
        elif prefix is not None:
            for member in _members(field.value).values():
                if isinstance(member.value, str):
                    details[f"{prefix}{member.name}"] = label(member.value, member.type)
    return details
