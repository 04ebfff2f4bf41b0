"""`satark request`: its arguments, and what each outcome exits with."""

import argparse
import asyncio
import sys
from collections.abc import Mapping

from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load
from satark.schemas.requests import RequestOutcome

EX_USAGE = 2
EX_UNAVAILABLE = 69
EXIT: Mapping[RequestOutcome, int] = {
    RequestOutcome.ANSWERED: 0,
    RequestOutcome.UNKNOWN_GENERATOR: 2,
    RequestOutcome.TIMED_OUT: 3,
    RequestOutcome.GENERATOR_LOST: 4,
    RequestOutcome.NOT_SENT: 5,
}
DEFAULT_TIMEOUT_S = 10.0
MAX_TIMEOUT_S = 3_600.0

EPILOG = """\
A generator is SOURCE:NODE_TYPE:MODULE:INSTANCE; each part may be *, then all that match are asked (mind the shell).
The fields of the requests that every daemon answers are known. Of others say type and number in the IDL where they
are not string and the field's place: level:i32=3, level:i32:4=3.

examples:
  satark request --list
  satark request cn1:Control:contrail-control:0 SandeshUVETypesReq
  satark request 'vr1:Compute:*:*' SandeshTraceRequest buf_name=Xmpp --timeout 30

Exit status: 0 all have answered, 2 unknown generator, 3 timed out, 4 the generator was lost, 5 not sent; of several the
highest. 2 also for arguments that make no sense, 69 when no broker answers, 78 for wrong settings.
Kafka is found by SATARK_KAFKA_*."""


class RequestCommand:
    """Asks daemons, or lists those that are connected."""

    help = "ask a daemon that is connected to a gateway, or list which are"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("generator", nargs="?", metavar="GENERATOR", help="whom to ask")
        parser.add_argument("name", nargs="?", metavar="NAME", help="the request's name in the IDL")
        parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="its fields")
        parser.add_argument(
            "--timeout",
            type=_seconds,
            default=DEFAULT_TIMEOUT_S,
            metavar="SECONDS",
            help=f"how long the daemon may take to answer (default {DEFAULT_TIMEOUT_S:g})",
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--list", action="store_true", help="list the generators that are connected, ask nobody")

    def run(self, args: argparse.Namespace) -> int:
        """Ask or list; return the exit status."""
        from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - costly, --help need not pay
        from satark.sandesh_gateway.requests import actions  # noqa: PLC0415 - as above

        try:
            actions.check(args)
            settings = load("kafka", KafkaSettings, environment())
            if args.list:
                return asyncio.run(actions.list_generators(settings, args.generator, as_json=args.json))
            outcomes = asyncio.run(actions.ask_and_show(settings, actions.request_of(args), as_json=args.json))
        except SettingsError as error:
            return _fail(str(error), EX_CONFIG)
        except actions.UsageError as error:
            return _fail(str(error), EX_USAGE)
        except (KafkaError, KafkaUnavailableError) as error:
            return _fail(str(error) or type(error).__name__, EX_UNAVAILABLE)
        return max(EXIT[outcome] for outcome in outcomes)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= MAX_TIMEOUT_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds up to {MAX_TIMEOUT_S:g}")
    return seconds


def _fail(text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"satark request: {line}", file=sys.stderr)  # noqa: T201 - a command's answer
    return status


command = RequestCommand()
