"""Rows of flow sessions (clause 6.7; analytics 3.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TRAFFIC = tuple(
    f"{what}_{direction}_{unit}"
    for what in ("sampled", "logged")
    for direction in ("forward", "reverse")
    for unit in ("bytes", "pkts")
)
"""Names of the numbers of a row, as the agent sends them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of the traffic, by the names that policies use; empty is not said."""

    vn: str = ""
    prefix: str = ""
    deployment: str = ""
    tier: str = ""
    application: str = ""
    site: str = ""
    labels: tuple[str, ...] = ()
    custom_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow: the other side, and what else is said, `forward_` and `reverse_` in front of what is of one direction."""

    remote_ip: str
    client_port: int
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """The traffic of one end point on one server port during one interval of the agent's export.

    `vrouter` is the host that says so. `traffic` has those of `TRAFFIC` that were sent. `service_instance` and
    `client_session` are false, numbers 0 and texts empty where nothing is said.
    """

    vrouter: str
    vrouter_ip: str
    vmi: str
    local_ip: str
    server_port: int
    protocol: int
    client_session: bool
    service_instance: bool
    security_policy_rule: str
    local: Side
    remote: Side
    traffic: Mapping[str, int]
    flows: tuple[Flow, ...]
    omitted_flows: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """The rows of a message in the order sent, how many did not fit, and what was wrong."""

    rows: tuple[SessionRow, ...] = ()
    omitted: int = 0
    problems: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[SessionRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)
