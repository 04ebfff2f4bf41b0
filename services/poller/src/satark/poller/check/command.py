"""`satark poller check`: talk once to each orchestrator and print what can be seen there and what cannot."""

import argparse
import sys
from collections.abc import Sequence

from satark.poller.orchestrator import Orchestrator
from satark.poller.settings import PollerSettings
from satark.runtime.command import product_version
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

UNREADABLE = 1


class CheckCommand:
    """`satark poller check`. Its libraries are imported when it runs, so that `satark --help` stays quick."""

    help = "talk once to each orchestrator: what can be read there, what cannot, and why"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = (
            "Uses the settings of `satark poller`, without Kafka.\n"
            "Exit status: 0 all can be read, 1 something cannot, 78 wrong settings."
        )
        parser.add_argument(
            "--orchestrator",
            metavar="NAME",
            action="append",
            default=[],
            help="only this one, by its name; may be repeated",
        )
        parser.add_argument(
            "--json", action="store_true", help="print JSON: a list with an object for each orchestrator"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Check; return the exit status."""
        try:
            chosen = _chosen(load("poller", PollerSettings, environment()).orchestrators(), args.orchestrator)
            return _check(chosen, as_json=args.json)
        except SettingsError as error:
            for mistake in error.mistakes:
                print(f"satark poller check: {mistake}", file=sys.stderr)  # noqa: T201 - for a person
            return EX_CONFIG


def _chosen(orchestrators: Sequence[Orchestrator], names: Sequence[str]) -> list[Orchestrator]:
    known = [one.name for one in orchestrators]
    if strange := [name for name in names if name not in known]:
        raise SettingsError(f"--orchestrator {name}: there are {', '.join(known)}" for name in strange)
    return [one for one in orchestrators if not names or one.name in names]


def _check(chosen: Sequence[Orchestrator], *, as_json: bool) -> int:
    import asyncio  # noqa: PLC0415 - see the class

    from satark.poller import registry  # noqa: PLC0415 - as above
    from satark.poller.check.checkup import Checkup, examined  # noqa: PLC0415 - as above
    from satark.poller.check.output import Progress, in_silence, show, show_json  # noqa: PLC0415 - as above

    with in_silence(), Progress() as progress:
        drivers = [registry.build(one, version=product_version()) for one in chosen]
        checkups = [Checkup(one, driver, progress=progress) for one, driver in zip(chosen, drivers, strict=True)]
        found = asyncio.run(examined(checkups))
    (show_json if as_json else show)(found)
    return 0 if all(examination.readable for examination in found) else UNREADABLE
