"""Who may do what in Kafka, by the topic table: the least that each service works with, and nothing besides. Pure.

In Kafka READ and WRITE include DESCRIBE, and who may write to a topic may have an idempotent producer (KIP-679): so
nobody needs a right to the cluster. No part of Satark uses transactions.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from satark.schemas.topics import COMMAND, Topic


class Operation(StrEnum):
    """What may be done, in Kafka's words; in the order in which it is shown."""

    CREATE = "Create"
    DESCRIBE = "Describe"
    DESCRIBE_CONFIGS = "DescribeConfigs"
    WRITE = "Write"
    READ = "Read"


class Resource(StrEnum):
    """What it may be done to; a name stands for itself, never for a prefix."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Service:
    """A part of Satark that logs in to Kafka: its name in the topic table, and the consumer groups that it joins."""

    name: str
    groups: tuple[str, ...] = ()


SERVICES = (
    Service("poller", groups=("satark-poller",)),
    Service("detector", groups=("satark-detector",)),
    Service("notifier", groups=("satark-notifier",)),
    Service("gateway"),
    Service("analytics", groups=("satark-analytics",)),
)
"""All of them. Whatever else they read they read outside any group, and commit nothing."""

TOPICS_ADMIN = "topics"
"""Who runs `satark topics`: may create what the contract names, and neither read nor write it."""

OPERATOR = "operator"
"""Who runs the commands that read or write Kafka (`satark dlq`, `satark accept`, …). `satark check` looks at everything."""


@dataclass(frozen=True, slots=True)
class Acl:
    """What one principal, by its name without a prefix, may do to one resource on one cluster, from any host."""

    principal: str
    resource: Resource
    name: str
    operations: tuple[Operation, ...]


def acls_of(topics: Iterable[Topic], services: Iterable[Service]) -> tuple[Acl, ...]:
    """Return what each may do: services in their order, then the operator and the admin; by resource and name.

    Raises ValueError for a producer or consumer that is neither a service nor a command.
    """
    known = tuple(services)
    order = [service.name for service in known] + [OPERATOR, TOPICS_ADMIN]
    allowed: defaultdict[tuple[int, Resource, str], set[Operation]] = defaultdict(set)
    for topic in topics:
        for operation, names in ((Operation.WRITE, topic.producers), (Operation.READ, topic.consumers)):
            for name in names:
                allowed[order.index(_principal(name, known, topic)), Resource.TOPIC, topic.name].add(operation)
        allowed[order.index(OPERATOR), Resource.TOPIC, topic.name] |= {Operation.READ, Operation.DESCRIBE_CONFIGS}
        allowed[order.index(TOPICS_ADMIN), Resource.TOPIC, topic.name] |= {Operation.CREATE, Operation.DESCRIBE}
    for at, service in enumerate(known):
        for group in service.groups:
            allowed[at, Resource.GROUP, group].add(Operation.READ)
            allowed[order.index(OPERATOR), Resource.GROUP, group].add(Operation.DESCRIBE)
    return tuple(
        Acl(order[at], resource, name, tuple(each for each in Operation if each in operations))
        for (at, resource, name), operations in sorted(allowed.items(), key=lambda entry: _rank(*entry[0]))
    )


def _principal(name: str, services: tuple[Service, ...], topic: Topic) -> str:
    if name.startswith(COMMAND):
        return OPERATOR
    if name not in {service.name for service in services}:
        raise ValueError(f"{topic.name}: {name} is no service")
    return name


def _rank(at: int, resource: Resource, name: str) -> tuple[int, int, str]:
    return at, list(Resource).index(resource), name
