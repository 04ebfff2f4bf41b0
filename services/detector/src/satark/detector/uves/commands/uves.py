"""`satark uves`: its arguments, and what it does."""

import argparse
import asyncio

from rich.console import Console

from satark.detector.uves.commands import screen
from satark.detector.uves.commands.running import reading_kafka
from satark.detector.uves.commands.selection import Selection, selected
from satark.runtime.groups import KafkaSettings
from satark.runtime.terminal import console
from satark.uve import views

EX_UNKNOWN = 1

EPILOG = """\
OBJECT is a type (virtual-network) or table (ObjectVNTable), a type with a pattern of names ('virtual-network:*demo*',
'*:node7'), or one object (virtual-network:default-domain:demo:vn1). Types without a name of their own go by their table.

One object is shown flat, as its generators together tell it; where they disagree, as a list of lists. --structured shows
it with types, annotations and sources, from the detector's own table. --watch shows each change from now on.

examples:
  satark uves
  satark uves vrouter --json
  satark uves virtual-network:default-domain:demo:vn1 --structured
  satark uves 'virtual-network:*' --watch

Exit status: 0 shown, 1 there is no such object, 69 no broker answers, 78 wrong settings.
Kafka is found by SATARK_KAFKA_*."""


class UvesCommand:
    """Shows objects."""

    help = "show what all generators together say of each object"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("object", nargs="?", metavar="OBJECT", help="which objects (all)")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--structured", action="store_true", help="with types, annotations and sources; one object")
        form.add_argument("--watch", action="store_true", help="show each change from now on")
        parser.add_argument("--json", action="store_true", help="print JSON: one object a line")

    def run(self, args: argparse.Namespace) -> int:
        """Show; return the exit status."""
        selection = selected(args.object)
        if args.watch:
            return reading_kafka("uves", lambda kafka: _watch(kafka, selection, as_json=args.json))
        if args.structured:
            return reading_kafka("uves", lambda kafka: _structured(kafka, selection))
        return reading_kafka("uves", lambda kafka: _show(kafka, selection, as_json=args.json))


async def _show(kafka: KafkaSettings, selection: Selection, *, as_json: bool) -> int:
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - costly, --help need not pay

    found = await reading.states(kafka, selection)
    out = console()
    if as_json:
        for state in found.values():
            screen.show_json(out, screen.plain(state))
    elif selection.is_one and found:
        screen.show_one(out, found[selection.key])
    elif not selection.is_one:
        screen.show_list(out, found.values())
    return _status(selection, out, is_there=bool(found))


async def _structured(kafka: KafkaSettings, selection: Selection) -> int:
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - as above

    out = console()
    uve = await reading.shares(kafka, selection.key) if selection.is_one else None
    if uve is not None:
        screen.show_json(out, views.structured(uve), indent=2)
    return _status(selection, out, is_there=uve is not None)


async def _watch(kafka: KafkaSettings, selection: Selection, *, as_json: bool) -> int:
    from satark.detector.uves.commands import reading  # noqa: PLC0415 - as above

    out = console()
    async for entity, state in reading.followed(kafka, selection):
        if as_json:
            gone = {"event": "gone", "entity": entity}
            screen.show_json(out, gone if state is None else screen.plain(state))
        else:
            screen.show_change(out, entity, state)
        await asyncio.sleep(0)
    return 0


def _status(selection: Selection, out: Console, *, is_there: bool) -> int:
    if is_there or not selection.is_one:
        return 0
    out.print(f"there is no object {selection.key}", soft_wrap=True, markup=False)
    return EX_UNKNOWN


command = UvesCommand()
