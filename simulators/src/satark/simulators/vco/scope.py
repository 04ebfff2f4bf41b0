"""Who may see what: the enterprises of a caller, and the one or the edge that a call is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from satark.simulators.vco.aggregate import Era, IdleRows
from satark.simulators.vco.auth import Account
from satark.simulators.vco.errors import InvalidRequest, PrivilegeError
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.topology import Edge, Enterprise


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """What the methods look at."""

    feed: Feed
    forbidden: frozenset[int] = frozenset()
    era: Era = "5.2"
    idle_rows: IdleRows = "absent"
    refused_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call at a virtual time."""

    account: Account
    params: Any
    now: datetime


def visible(orchestrator: Orchestrator, account: Account) -> list[Enterprise]:
    """Return the enterprises that an account sees."""
    return [
        enterprise
        for enterprise in orchestrator.feed.world.enterprises
        if enterprise.id in account.enterprise_ids and enterprise.id not in orchestrator.forbidden
    ]


def chosen(orchestrator: Orchestrator, call: Call, enterprise_ids: list[int] | None) -> list[Enterprise]:
    """Return the enterprises that a call names, or all that it may see.

    Raises PrivilegeError for one that it may not.
    """
    if enterprise_ids is None:
        return visible(orchestrator, call.account)
    return [the_enterprise(orchestrator, call, one) for one in dict.fromkeys(enterprise_ids)]


def the_enterprise(
    orchestrator: Orchestrator, call: Call, enterprise_id: int | None, member: str = "enterpriseId"
) -> Enterprise:
    """Return the enterprise that a call is about: customers need not say it.

    Raises InvalidRequest when others do not, PrivilegeError when the account does not see it.
    """
    if enterprise_id is None:
        if call.account.kind != "customer":
            raise missing(member)
        enterprise_id = call.account.enterprise_ids[0]
    for enterprise in visible(orchestrator, call.account):
        if enterprise.id == enterprise_id:
            return enterprise
    raise PrivilegeError("READ:ENTERPRISE")


def the_edge(enterprise: Enterprise, edge_id: int | None) -> Edge:
    """Return an edge of an enterprise.

    Raises InvalidRequest without an id, PrivilegeError for another's.
    """
    if edge_id is None:
        raise missing("edgeId")
    for edge in enterprise.edges:
        if edge.id == edge_id:
            return edge
    raise PrivilegeError("READ:EDGE")


def missing(member: str) -> InvalidRequest:
    """Return the refusal of params that lack a member."""
    problem = ("OBJECT_MISSING_REQUIRED_PROPERTY", f"Missing required property: {member}", "#/")
    return InvalidRequest("validation error", [problem])
