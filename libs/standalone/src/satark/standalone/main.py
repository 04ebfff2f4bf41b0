"""`satark up`: everything on this machine, with one command."""

import argparse
from pathlib import Path

EXAMPLES = """\
examples:
  satark up --demo                                   a simulated link degrades and the mail arrives
  SATARK_KAFKA_BROKERS=kafka:9092 satark up          your Kafka, your settings (see .env.example)
  satark up --check                                  are all settings of all services right?
  SATARK_SIMULATE_VCO_RATE=120 satark up --demo      the demo at twice the speed

Values that you set win over those of the demo: with SATARK_POLLER_VCO_URL (or SATARK_POLLER_ORCHESTRATORS_FILE) it
reads your orchestrator and still catches the mails; with SATARK_NOTIFIER_SMTP_URL it sends them; with
SATARK_GATEWAY_LISTEN it takes your daemons instead of simulated ones.

Ctrl-C stops everything in order, a second Ctrl-C at once. Exit status: 0 stopped, 1 a process could not be kept
running, 69 no Kafka, 73 no folder for logs, 75 the folder is in use, 78 wrong settings, 130 killed.

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
        parser.add_argument(
            "--demo", action="store_true", help="add a simulated orchestrator, daemons and a mail catcher"
        )
        parser.add_argument("--check", action="store_true", help="check all settings, start nothing, exit 0 or 78")
        parser.add_argument("--quiet", action="store_true", help="show nothing but errors")
        parser.add_argument(
            "--run-dir",
            type=Path,
            help="folder for logs, ports and the demo's mails; kept afterwards (default: a temporary one, kept on failure)",
        )
        parser.add_argument(
            "--exit-after-resolved",
            action="store_true",
            help="end with status 0 when an incident was opened and resolved and both were told, 1 after --timeout",
        )
        parser.add_argument("--timeout", type=float, default=300.0, metavar="S", help="seconds to wait (default 300)")

    def run(self, args: argparse.Namespace) -> int:
        """Check the settings, then run until told to stop. What it needs is imported here: `satark --help` is quick."""
        from satark.standalone.up import up  # noqa: PLC0415 - see above

        return up(args)


command = UpCommand()
