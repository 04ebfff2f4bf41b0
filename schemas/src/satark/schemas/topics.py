"""The topic table: where each event travels, how it is keyed, and how long it is kept."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from satark.schemas.acceptances import NormalAccepted
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.baselines import EntityBaseline
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.closings import IncidentClosed
from satark.schemas.flows import FlowSession
from satark.schemas.generators import GatewayLease, GeneratorSession
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated
from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.notifications import Notification
from satark.schemas.open_incidents import OpenIncident
from satark.schemas.requests import Request
from satark.schemas.silences import Silence
from satark.schemas.states import EntityState
from satark.schemas.uve_states import UveState
from satark.schemas.uves import SharesWithdrawn, UveShare

METRICS = "satark.metrics.v1"
STATES = "satark.states.v1"
MESSAGES = "satark.messages.v1"
UVES = "satark.uves.v1"
UVE_STATES = "satark.uve-state.v1"
ALARM_COMMANDS = "satark.alarm-commands.v1"
ACCEPTANCES = "satark.acceptances.v1"
ACKNOWLEDGEMENTS = "satark.acknowledgements.v1"
SILENCES = "satark.silences.v1"
BASELINES = "satark.baselines.v1"
FLOW_SESSIONS = "satark.sessions.v1"
GENERATORS = "satark.generators.v1"
GATEWAYS = "satark.gateways.v1"
REQUESTS = "satark.requests.v1"
FRAMES_DLQ = "satark.frames.v1.dlq"
ANOMALIES = "satark.anomalies.v1"
INCIDENT_GROUPS = "satark.incident-groups.v1"
NOTIFICATIONS = "satark.notifications.v1"
OPEN_INCIDENTS = "satark.open-incidents.v1"
POLLER_CHECKPOINTS = "satark.poller-checkpoints.v1"
DETECTOR_CHANGELOG = "satark-detector-links-changelog"
GROUP_NOTICES = "satark-detector-group-notices"
GROUPS_CHANGELOG = "satark-detector-groups-changelog"
UVE_CHANGELOG = "satark-detector-uves-changelog"

COMMAND = "satark "
"""Begins the name of a producer or consumer that is a person's command, and no service."""


class Cleanup(StrEnum):
    """Kafka's `cleanup.policy`."""

    DELETE = "delete"
    COMPACT = "compact"
    COMPACT_AND_DELETE = "compact,delete"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic of the contract. `events` is empty for raw bytes (dead letters, changelogs).

    `partitions` None means that the topic scales: it is made with as many as SATARK_KAFKA_PARTITIONS says. One that
    `grows` can be given more later (docs/adr/0027); the others keep what they were made with.
    """

    name: str
    description: str
    key: str
    events: tuple[type, ...] = ()
    producers: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    partitions: int | None = None
    grows: bool = False
    cleanup: Cleanup = Cleanup.DELETE
    retention: timedelta | None = None
    public: bool = True
    dead_letters: bool = True
    config: dict[str, str] = field(default_factory=dict)

    @property
    def dead_letter_name(self) -> str:
        """The topic of this topic's dead letters."""
        return f"{self.name}.dlq"


TOPICS: tuple[Topic, ...] = (
    Topic(
        name=METRICS,
        description="Normalised samples of everything that is measured.",
        key="The entity's key, so that one entity's samples stay in order.",
        events=(MetricSample,),
        producers=("poller", "gateway", "satark dlq"),
        consumers=("detector", "analytics", "poller", "satark replay", "satark backtest"),
        grows=True,
        retention=timedelta(days=7),
    ),
    Topic(
        name=STATES,
        description="How each entity is, besides its numbers; the latest by entity counts.",
        key="The entity's key.",
        events=(EntityState,),
        producers=("poller",),
        consumers=("poller", "analytics"),
        cleanup=Cleanup.COMPACT,
        dead_letters=False,
    ),
    Topic(
        name=MESSAGES,
        description="What other systems say in words: orchestrators' events, daemons' logs, traces and answers, syslog.",
        key="The key of the entity that the message is about.",
        events=(Message,),
        producers=("poller", "gateway", "detector", "satark dlq"),
        consumers=("satark request", "analytics"),
        grows=True,
        retention=timedelta(days=7),
    ),
    Topic(
        name=UVES,
        description="What each generator says about each object, attribute by attribute, and when that ends.",
        key="The UVE's key; a withdrawal goes to every partition, under the generator's name.",
        events=(UveShare, SharesWithdrawn),
        producers=("gateway", "satark dlq"),
        consumers=("detector", "analytics"),
        grows=True,
        retention=timedelta(days=7),
    ),
    Topic(
        name=UVE_STATES,
        description="What all generators together say of each object, and its alarms; the latest by object counts.",
        key="The UVE's key. A record without a value: the object is gone.",
        events=(UveState,),
        producers=("detector",),
        consumers=("analytics", "satark uves", "satark alarms"),
        cleanup=Cleanup.COMPACT,
        dead_letters=False,
    ),
    Topic(
        name=ALARM_COMMANDS,
        description="What people say to alarms: that they have seen one.",
        key="The key of the UVE that the alarm is about.",
        events=(AlarmAcknowledged,),
        producers=("analytics", "satark alarms"),
        consumers=("detector",),
        grows=True,
        retention=timedelta(days=1),
        dead_letters=False,
    ),
    Topic(
        name=ACCEPTANCES,
        description="What people say of an entity: that its present is normal, or that its incident is over. Kept for a year,"
        " for whoever asks who did.",
        key="The entity's key.",
        events=(NormalAccepted, IncidentClosed),
        producers=("satark accept", "satark close"),
        consumers=("detector",),
        grows=True,
        retention=timedelta(days=365),
        dead_letters=False,
    ),
    Topic(
        name=ACKNOWLEDGEMENTS,
        description="Who has seen which incident; the latest by incident counts.",
        key="The incident's id.",
        events=(Acknowledgement,),
        producers=("analytics",),
        consumers=("analytics", "notifier"),
        partitions=1,
        cleanup=Cleanup.COMPACT_AND_DELETE,
        retention=timedelta(days=365),
        dead_letters=False,
    ),
    Topic(
        name=SILENCES,
        description="What nobody wants to be told of, and until when; the latest by silence counts.",
        key="The silence's id.",
        events=(Silence,),
        producers=("analytics",),
        consumers=("analytics", "notifier"),
        partitions=1,
        # Longer than a silence may last, so that none is forgotten before its end.
        cleanup=Cleanup.COMPACT_AND_DELETE,
        retention=timedelta(days=365),
        dead_letters=False,
    ),
    Topic(
        name=BASELINES,
        description="What the detector holds for normal, half-hour by half-hour, and what it still learns.",
        key="The entity's key.",
        events=(EntityBaseline,),
        producers=("detector",),
        consumers=("detector", "satark normal", "analytics"),
        grows=True,
        retention=timedelta(days=7),
        dead_letters=False,
    ),
    Topic(
        name=FLOW_SESSIONS,
        description="Traffic between end points, as vrouters export it.",
        key="The vrouter agent.",
        events=(FlowSession,),
        producers=("gateway", "satark dlq"),
        consumers=("analytics",),
        grows=True,
        retention=timedelta(days=2),
    ),
    Topic(
        name=GENERATORS,
        description="Which daemon is connected to which gateway; the latest by generator counts.",
        key="The generator's name.",
        events=(GeneratorSession,),
        producers=("gateway",),
        consumers=("gateway", "satark request", "analytics"),
        cleanup=Cleanup.COMPACT,
        dead_letters=False,
    ),
    Topic(
        name=GATEWAYS,
        description="Which gateways are alive; the latest by gateway counts.",
        key="The gateway's name.",
        events=(GatewayLease,),
        producers=("gateway",),
        consumers=("gateway",),
        partitions=1,
        # A gateway's name belongs to one process: leases of those long gone need not stay.
        cleanup=Cleanup.COMPACT_AND_DELETE,
        retention=timedelta(days=1),
        public=False,
        dead_letters=False,
    ),
    Topic(
        name=REQUESTS,
        description="Questions to daemons; the gateway that holds the daemon asks it.",
        key="The generator's name.",
        events=(Request,),
        producers=("satark request", "analytics"),
        consumers=("gateway",),
        retention=timedelta(hours=1),
        dead_letters=False,
    ),
    Topic(
        name=FRAMES_DLQ,
        description="What came over a socket and could not be used: original bytes, sender and cause in headers.",
        key="The sender.",
        producers=("gateway",),
        consumers=("satark dlq",),
        partitions=1,
        retention=timedelta(days=30),
        public=False,
        dead_letters=False,
    ),
    Topic(
        name=ANOMALIES,
        description="Incidents: opened, updated, resolved, with the evidence.",
        key="The entity's key, so that one incident's events stay in order.",
        events=(IncidentOpened, IncidentUpdated, IncidentResolved),
        producers=("detector", "satark dlq"),
        consumers=(
            "notifier",
            "detector",
            "analytics",
            "satark explain",
            "satark accept",
            "satark close",
            "satark notifier preview",
        ),
        retention=timedelta(days=30),
    ),
    Topic(
        name=INCIDENT_GROUPS,
        description="Incidents that share a site, a provider or a gateway, as one: opened, updated, resolved, with its members.",
        key="The group's entity key, so that its events stay in order.",
        events=(IncidentGroupOpened, IncidentGroupUpdated, IncidentGroupResolved),
        producers=("detector", "satark dlq"),
        consumers=("notifier", "analytics", "satark notifier preview"),
        retention=timedelta(days=30),
    ),
    Topic(
        name=NOTIFICATIONS,
        description="Who was told what, with which outcome; the latest by key counts.",
        key="The notification's id: event, channel and receiver.",
        events=(Notification,),
        producers=("notifier",),
        consumers=("notifier", "analytics"),
        # Twice as long as the events it is about: what cannot be read again need not be remembered.
        cleanup=Cleanup.COMPACT_AND_DELETE,
        retention=timedelta(days=60),
        dead_letters=False,
    ),
    Topic(
        name=OPEN_INCIDENTS,
        description="Incidents and groups that are not over, and who was told of them; the latest by incident counts.",
        key="The incident's or the group's id. A record without a value: it is over.",
        events=(OpenIncident,),
        producers=("notifier",),
        consumers=("notifier",),
        partitions=1,
        cleanup=Cleanup.COMPACT_AND_DELETE,
        retention=timedelta(days=365),
        dead_letters=False,
        # Ends are kept as long as incidents and their dead letters: what is read again from there is not open again.
        config={"delete.retention.ms": str(int(timedelta(days=30).total_seconds() * 1000))},
    ),
    Topic(
        name=POLLER_CHECKPOINTS,
        description="How far each poller has come.",
        key="The orchestrator's name.",
        events=(PollerCheckpoint,),
        producers=("poller",),
        consumers=("poller",),
        # Who owns a partition polls the orchestrators whose names fall into it.
        cleanup=Cleanup.COMPACT,
        public=False,
        dead_letters=False,
    ),
    Topic(
        name=DETECTOR_CHANGELOG,
        description="The detector's state by entity (Faust changelog of the table `links`).",
        key="The entity's key.",
        producers=("detector",),
        consumers=("detector",),
        grows=True,
        cleanup=Cleanup.COMPACT,
        public=False,
        dead_letters=False,
    ),
    Topic(
        name=GROUP_NOTICES,
        description="What the grouping of incidents needs of each, gathered by orchestrator and enterprise.",
        key="Orchestrator and enterprise.",
        producers=("detector", "satark dlq"),
        consumers=("detector",),
        # As long as the incidents that they repeat.
        retention=timedelta(days=30),
        public=False,
    ),
    Topic(
        name=GROUPS_CHANGELOG,
        description="Open groups and their members (Faust changelog of the table `groups`).",
        key="Partition and slot.",
        producers=("detector",),
        consumers=("detector",),
        cleanup=Cleanup.COMPACT,
        public=False,
        dead_letters=False,
    ),
    Topic(
        name=UVE_CHANGELOG,
        description="The detector's state of UVEs, a row a share (Faust changelog of the table `uves`).",
        key="What the row is of, as a JSON array: its kind, the UVE's key, struct and generator.",
        producers=("detector",),
        consumers=("detector", "analytics", "satark uves"),
        grows=True,
        cleanup=Cleanup.COMPACT,
        public=False,
        dead_letters=False,
    ),
)

BY_NAME = {topic.name: topic for topic in TOPICS}
BY_EVENT: dict[type, Topic] = {event: topic for topic in TOPICS for event in topic.events}

DEAD_LETTER_RETENTION = timedelta(days=30)


def dead_letter_topics() -> tuple[Topic, ...]:
    """Return the dead letter topics of all topics that have one."""
    return tuple(
        Topic(
            name=topic.dead_letter_name,
            description=f"Records of {topic.name} that could not be processed: original key and bytes, cause in headers.",
            key="The original record's key.",
            producers=tuple(name for name in topic.consumers if not name.startswith(COMMAND)),
            consumers=("satark dlq",),
            partitions=1,
            retention=DEAD_LETTER_RETENTION,
            public=False,
            dead_letters=False,
        )
        for topic in TOPICS
        if topic.dead_letters
    )


def all_topics() -> tuple[Topic, ...]:
    """Return every topic that must exist: the table and its dead letters."""
    return (*TOPICS, *dead_letter_topics())
