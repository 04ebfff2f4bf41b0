"""`satark up`: everything on this machine, with one command."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from satark.runtime.settings import EX_CONFIG, environment
from satark.standalone.check import mistakes
from satark.standalone.plan import Facts, first_stage, second_stage
from satark.standalone.run import Options, Run
from satark.standalone.screen import Screen

EXAMPLES = """\
examples:
  satark up --demo                                   a simulated link degrades and the mail arrives
  SATARK_KAFKA_BROKERS=kafka:9092 satark up          your Kafka, your settings (see .env.example)
  satark up --check                                  are all settings of all services right?
  SATARK_SIMULATE_VCO_RATE=120 satark up --demo      the demo at twice the speed

Without SATARK_KAFKA_BROKERS an embedded broker is started. It is for trying out only: it keeps nothing on disk and
drops the oldest records at 5 MB a partition.
"""


class UpCommand:
    """Runs all services, and for the demo the simulators, as supervised processes."""

    help = "run everything on this machine; --demo shows a simulated link degrade"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("--demo", action="store_true", help="add a simulated orchestrator and a mail catcher")
        parser.add_argument("--check", action="store_true", help="check all settings, start nothing, exit 0 or 78")
        parser.add_argument("--quiet", action="store_true", help="show nothing but errors")
        parser.add_argument("--run-dir", type=Path, help="folder for logs, ports and the demo's mails; kept afterwards")
        parser.add_argument(
            "--exit-after-resolved",
            action="store_true",
            help="end with status 0 when an incident was opened and resolved and both were told, 1 after --timeout",
        )
        parser.add_argument("--timeout", type=float, default=300.0, metavar="S", help="seconds to wait (default 300)")

    def run(self, args: argparse.Namespace) -> int:
        """Check the settings, then run until told to stop."""
        environ = dict(environment())
        with tempfile.TemporaryDirectory(prefix="satark-") as temporary:
            run_dir: Path = (args.run_dir or Path(temporary)).absolute()
            placeholder = Facts("127.0.0.1:9092", 1, 1, 1)
            plans = first_stage(environ, run_dir, demo=args.demo)
            plans += second_stage(environ, run_dir, placeholder, demo=args.demo)
            found = mistakes(plans)
            if found:
                print("\n".join(f"satark up: {line}" for line in found), file=sys.stderr)  # noqa: T201 - the answer
                return EX_CONFIG
            if args.check:
                print("satark up: settings are fine")  # noqa: T201 - the answer to --check
                return 0
            run_dir.mkdir(parents=True, exist_ok=True)
            options = Options(args.demo, run_dir, args.exit_after_resolved, args.timeout)
            return asyncio.run(_run(options, environ, Screen(sys.stdout, quiet=args.quiet)))


async def _run(options: Options, environ: dict[str, str], screen: Screen) -> int:
    run = Run(options, environ, screen)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, run.interrupt)
    return await run.go()


command = UpCommand()
