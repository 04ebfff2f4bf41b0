"""Whether what is known of objects at the end is what the simulated daemons know: on the topic, and in the detector."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas.codec import decode
from satark.schemas.topics import GENERATORS, UVES
from satark.schemas.uves import UveShare
from satark.simulators.generators.estate import Estate
from satark.uve.told import told_of, withdrawal_of
from satark.uve.uves import Uves
from tests.integration.detector.comparing import Differences, compared, stored_objects
from tests.integration.detector.uve_rig import states
from tests.integration.gateway.ledger import Ledger
from tests.integration.gateway.truth import differences, ghosts, held

OF_ITSELF = ("ObjectGeneratorInfo:", "ObjectCollectorInfo:")
"""Tables of what the generator library and a collector tell of themselves, to the end."""

T = TypeVar("T")


class Objects:
    """All that the topics say of objects, put together from scratch."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._uves: defaultdict[int, Uves] = defaultdict(Uves)

    async def read(self, kafka: KafkaSettings) -> None:
        """Read both topics to their end."""
        async for record in read_to_end(kafka, GENERATORS):
            self.ledger.take(record.partition, decode(record.topic, record.value, record.headers))
        async for record in read_to_end(kafka, UVES):
            event = decode(record.topic, record.value, record.headers)
            self.ledger.take(record.partition, event)
            self.ledger.events.clear()
            uves = self._uves[record.partition]
            if isinstance(event, UveShare):
                uves.apply(told_of(event), seen_us=0)
            else:
                uves.withdraw(withdrawal_of(event))

    def told(self, daemons: Estate) -> list[str]:
        """Return where the topic is not what the daemons know, a line each, and shares of sessions that are over."""
        who = frozenset(actor.identity for actor in daemons.actors)
        return [*differences(daemons.truth(), held(self.ledger, who)), *ghosts(self.ledger)]

    async def worked_out(self, kafka: KafkaSettings) -> Differences:
        """Return where the detector's objects are not what the topic says."""
        truth = {entity: uves[entity] for uves in self._uves.values() for entity in uves}
        shown = {key: state.structs for key, state in (await states(kafka)).items()}
        return compared(_still(truth), _still(shown), _still(await stored_objects(kafka)))


def _still(objects: Mapping[str, T]) -> dict[str, T]:
    """Return the objects that nobody speaks of any more."""
    return {key: value for key, value in objects.items() if not key.startswith(OF_ITSELF)}
