"""`satark close`: its arguments, and what each outcome exits with."""

import argparse
import getpass
import socket
from datetime import UTC, datetime

from satark.detector.explain.stories import ById, UnknownIncidentError
from satark.detector.uves.commands.running import reading_kafka
from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord
from satark.runtime.terminal import console
from satark.schemas.closings import IncidentClosed
from satark.schemas.codec import encode
from satark.schemas.incidents import IncidentEvent, IncidentResolved

EX_UNKNOWN, EX_NOT_OPEN = 1, 3
SOURCE = "/satark/close"

EPILOG = """\
The incident ends at once with the reason "closed", also if nothing is heard of its link any more. What is normal for the
link stays as it was: trouble that goes on is another incident, once it has been seen as often as any other. If the trouble
is the link's new normal, say so by `satark accept`; if it is to be expected, by a maintenance window of the rules.
Who closed what is kept for a year in satark.acceptances.v1.

examples:
  satark close 3f2a9c1e --because "the link was taken down for good"

Exit status: 0 said, 1 no such incident, 3 it is over already, or an alarm of a rule, which ends when the rule holds no
more, 69 no broker answers, 78 wrong settings. Kafka is found by SATARK_KAFKA_*."""


class CloseCommand:
    """Ends an incident."""

    help = "say that an incident is over, whatever its link does; what is normal for it stays"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("incident", metavar="INCIDENT", help="its id, or as much of it as is unique")
        parser.add_argument("--because", required=True, metavar="TEXT", help="why, for whoever asks later")
        parser.add_argument("--by", metavar="WHO", help="who says so (you)")

    def run(self, args: argparse.Namespace) -> int:
        """Say it; return the exit status."""
        return reading_kafka("close", lambda kafka: _close(kafka, args))


async def _close(kafka: KafkaSettings, args: argparse.Namespace) -> int:
    from satark.detector.explain.reading import search_topic  # noqa: PLC0415 - costly, --help need not pay
    from satark.runtime.kafka import Producer  # noqa: PLC0415 - as above

    out, search = console(), ById(args.incident)
    try:
        await search_topic(kafka, search)
        last = search.found()[0].events[-1]
    except UnknownIncidentError as error:
        out.print(str(error), markup=False)
        return EX_UNKNOWN
    if why_not := _refused(last):
        out.print(f"{last.incident} {why_not}", soft_wrap=True, markup=False)
        return EX_NOT_OPEN
    encoded = encode(word(last, args.by, args.because, datetime.now(UTC)), source=SOURCE)
    async with Producer(kafka, client_id="satark-close") as producer:
        await producer.send(OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers))
    out.print(f"{last.entity}: its incident is over", soft_wrap=True, markup=False)
    return 0


def word(last: IncidentEvent, by: str | None, because: str, now: datetime) -> IncidentClosed:
    """Return a person's word about an incident, given its last event."""
    return IncidentClosed.of(
        entity=last.entity,
        incident=last.incident,
        kind=last.kind,
        interval_s=last.interval_s,
        time=now,
        by=f"{getpass.getuser()}@{socket.gethostname()}" if by is None else by,
        because=because,
        labels=last.labels,
    )


def _refused(last: IncidentEvent) -> str | None:
    if last.alarm is not None:
        return "is an alarm, which ends when its rule holds no more; satark alarms says that you have seen it"
    return "is over already" if isinstance(last, IncidentResolved) else None


command = CloseCommand()
