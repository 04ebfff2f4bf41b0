"""`satark alarms`: its arguments, and what it does."""

import argparse
import asyncio
import getpass
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from satark.detector.uves.commands import screen
from satark.detector.uves.commands.running import reading_kafka
from satark.detector.uves.commands.selection import Selection, selected, shown_key
from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord
from satark.runtime.terminal import console
from satark.schemas.alarms import AlarmAcknowledged, AlarmView
from satark.schemas.codec import encode
from satark.schemas.uve_states import UveState

EX_UNKNOWN, EX_TIMED_OUT = 1, 3
ANSWER_S = 15.0
SOURCE = "/satark/alarms"

EPILOG = """\
OBJECT is as for `satark uves`: a type, a type with a pattern of names, or one object.
`satark alarms ack OBJECT ALARM` says that you have seen an alarm of one object; ALARM is the rule's name, with or without its
parent. It silences nothing, and ends when the alarm changes.

examples:
  satark alarms
  satark alarms vrouter --watch
  satark alarms ack vrouter:node7 system-defined-process-status

Exit status: 0 done, 1 there is no such alarm, 3 no detector has answered, 69 no broker answers, 78 wrong settings.
Kafka is found by SATARK_KAFKA_*."""


class AlarmsCommand:
    """Shows alarms, or acknowledges one."""

    help = "show which alarms are set, or say that you have seen one"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("words", nargs="*", metavar="OBJECT", help="which objects (all), or: ack OBJECT ALARM")
        parser.add_argument("--watch", action="store_true", help="show each change from now on")
        parser.add_argument("--json", action="store_true", help="print JSON: one alarm a line")
        parser.add_argument("--by", metavar="WHO", help="who has seen it (you)")

    def run(self, args: argparse.Namespace) -> int:
        """Show or acknowledge; return the exit status."""
        match args.words:
            case ["ack", entity, alarm]:
                return reading_kafka("alarms", lambda kafka: _acknowledge(kafka, selected(entity), alarm, args.by))
            case [] | [_] if args.words != ["ack"]:
                selection = selected(args.words[0] if args.words else None)
                work = _watch if args.watch else _show
                return reading_kafka("alarms", lambda kafka: work(kafka, selection, as_json=args.json))
        console().print("satark alarms [OBJECT], or satark alarms ack OBJECT ALARM", markup=False)
        return 2


async def _show(kafka: KafkaSettings, selection: Selection, *, as_json: bool) -> int:
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - costly, --help need not pay

    found = list(_alarms(await reading.states(kafka, selection)))
    out = console()
    if as_json:
        for entity, alarm in found:
            screen.show_json(out, screen.plain_alarm(entity, alarm))
    else:
        screen.show_alarms(out, found)
    return 0


async def _watch(kafka: KafkaSettings, selection: Selection, *, as_json: bool) -> int:
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - as above

    out = console()
    known = {key: _by_type(state) for key, state in (await reading.states(kafka, selection)).items()}
    async for entity, state in reading.followed(kafka, selection):
        before, now = known.get(entity, {}), _by_type(state)
        known[entity] = now
        for what, alarm in changes(before, now):
            if as_json:
                screen.show_json(out, {"change": what, **screen.plain_alarm(entity, alarm)})
            else:
                screen.show_alarm_change(out, entity, alarm, what)
        await asyncio.sleep(0)
    return 0


def changes(before: Mapping[str, AlarmView], now: Mapping[str, AlarmView]) -> Iterator[tuple[str, AlarmView]]:
    """Yield what happened to the alarms of an object between two of its states, by the rules' names."""
    for kind in sorted(before.keys() | now.keys()):
        was, is_ = before.get(kind), now.get(kind)
        if is_ is None and was is not None:
            yield "resolved", was
        elif is_ is not None and was is None:
            yield "opened", is_
        elif is_ is not None and was != is_:
            yield "acknowledged" if is_.acknowledged else "changed", is_


async def _acknowledge(kafka: KafkaSettings, selection: Selection, name: str, by: str | None) -> int:
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - as above
    from satark.runtime.kafka import Producer  # noqa: PLC0415 - as above

    out = console()
    state = (await reading.states(kafka, selection)).get(selection.key)
    alarm = (
        next((each for each in state.alarms if name in {each.type, each.type.rpartition(":")[2]}), None)
        if state
        else None
    )
    if alarm is None:
        out.print(f"{shown_key(selection.key)} has no alarm {name}", soft_wrap=True, markup=False)
        return EX_UNKNOWN
    if alarm.acknowledged:
        out.print("it is acknowledged already", markup=False)
        return 0
    who = _somebody() if by is None else by
    event = AlarmAcknowledged.of(
        entity=selection.key, type=alarm.type, token=alarm.token, by=who, time=datetime.now(UTC)
    )
    encoded = encode(event, source=SOURCE)
    async with Producer(kafka, client_id="satark-alarms", connect_attempts=reading.ATTEMPTS) as producer:
        await producer.send(OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers))
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            if await _is_seen(kafka, selection, alarm):
                out.print("acknowledged", markup=False)
                return 0
            out.print("it has changed, and was not acknowledged: look at it again", markup=False)
            return EX_UNKNOWN
    out.print("no detector has answered: is one running?", markup=False)
    return EX_TIMED_OUT


async def _is_seen(kafka: KafkaSettings, selection: Selection, alarm: AlarmView) -> bool:
    """Wait until the alarm is acknowledged (true), or is another (false)."""
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - as above

    was_shown = False
    async for _, state in reading.followed(kafka, selection, from_end=False):
        now = _by_type(state).get(alarm.type)
        is_same = now is not None and now.token == alarm.token
        if was_shown and not is_same:
            return False
        if now is not None and is_same and now.acknowledged:
            return True
        was_shown = is_same
    return False


def _alarms(states: Mapping[str, UveState]) -> Iterator[tuple[str, AlarmView]]:
    for entity, state in states.items():
        for alarm in state.alarms:
            yield entity, alarm


def _by_type(state: UveState | None) -> dict[str, AlarmView]:
    return {} if state is None else {alarm.type: alarm for alarm in state.alarms}


def _somebody() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return socket.gethostname()


command = AlarmsCommand()
