"""`satark accept`: its arguments, and what each outcome exits with."""

import argparse
import getpass
import socket
from datetime import UTC, datetime

from satark.detector.explain.stories import ById, UnknownIncidentError
from satark.detector.uves.commands.running import reading_kafka
from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord
from satark.runtime.terminal import console
from satark.schemas.acceptances import NormalAccepted
from satark.schemas.codec import encode

EX_UNKNOWN, EX_USAGE = 1, 2
SOURCE = "/satark/accept"

EPILOG = """\
What the entity does now is its normal from its next sample on: its open incident ends with the reason "accepted", and the
same level opens no other. Absolute limits go on to hold. Who accepted what is kept for a year in satark.acceptances.v1.

examples:
  satark accept 3f2a9c1e --note "moved to another provider"
  satark accept --entity wan-link/vco/4101/link-b

Exit status: 0 said, 1 no such incident, 2 arguments that make no sense, 69 no broker answers, 78 wrong settings.
Kafka is found by SATARK_KAFKA_*."""


class AcceptCommand:
    """Makes the present of an entity its normal."""

    help = "say that what a link does now is normal: its incident ends, and its baseline begins anew"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("incident", nargs="?", metavar="INCIDENT", help="its id, or as much of it as is unique")
        parser.add_argument("--entity", metavar="KEY", help="the entity itself, instead of its incident")
        parser.add_argument("--by", metavar="WHO", help="who says so (you)")
        parser.add_argument("--note", default="", metavar="TEXT", help="why, for whoever asks later")

    def run(self, args: argparse.Namespace) -> int:
        """Say it; return the exit status."""
        if bool(args.incident) is bool(args.entity):
            console().print("name an incident, or an entity by --entity", markup=False)
            return EX_USAGE
        return reading_kafka("accept", lambda kafka: _accept(kafka, args))


async def _accept(kafka: KafkaSettings, args: argparse.Namespace) -> int:
    from satark.runtime.kafka import Producer  # noqa: PLC0415 - costly, --help need not pay

    out = console()
    try:
        entity = args.entity or await _entity_of(kafka, args.incident)
    except UnknownIncidentError as error:
        out.print(str(error), markup=False)
        return EX_UNKNOWN
    who = f"{getpass.getuser()}@{socket.gethostname()}" if args.by is None else args.by
    encoded = encode(NormalAccepted.of(entity=entity, time=datetime.now(UTC), by=who, note=args.note), source=SOURCE)
    async with Producer(kafka, client_id="satark-accept") as producer:
        await producer.send(OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers))
    out.print(f"{entity}: what it does now is normal from its next sample on", soft_wrap=True, markup=False)
    return 0


async def _entity_of(kafka: KafkaSettings, incident: str) -> str:
    from satark.detector.explain.reading import search_topic  # noqa: PLC0415 - as above

    search = ById(incident)
    await search_topic(kafka, search)
    return search.found()[0].events[-1].entity


command = AcceptCommand()
