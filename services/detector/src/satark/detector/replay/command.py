"""`satark replay`: its arguments, and what each outcome exits with."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from satark.detector.replay import arguments
from satark.detector.replay.arguments import UsageError
from satark.detector.replay.columns import BadHeaderError
from satark.detector.replay.textfile import UnreadableFileError
from satark.detector.rules.model import Method
from satark.runtime.settings import EX_CONFIG, SettingsError

EX_NOTHING = 1
EX_USAGE = 2
EX_UNAVAILABLE = 69
METHODS = (Method.ROBUST, Method.SEED)

EPILOG = f"""\
{arguments.SOURCE}

examples:
  satark replay week.jsonl.gz
  satark replay links.csv --interval 60 --rules new-rules.yaml
  satark replay --topic satark.metrics.v1 --from 2026-11-20T00:00Z --to 2026-11-21T00:00Z --export day.jsonl.gz

Incidents are written to stdout, what the replay came to and how far it is to stderr. Nothing is written to Kafka.
Exit status: 0 replayed, 1 there were no samples, 2 arguments that make no sense, 69 no broker answers, 78 wrong settings
or rules. Without --rules those of SATARK_DETECTOR_* are used, which are the detector's own."""


class ReplayCommand:
    """Drives the detection from a file or from a topic's past."""

    help = "run the detection over samples of a file or of a topic's past, and tell the incidents"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        arguments.configure(parser)
        parser.add_argument("--rules", type=Path, metavar="FILE", help="by these rules, not by the running ones")
        parser.add_argument(
            "--method", type=Method, choices=METHODS, metavar="robust|seed", help="find every normal by this method"
        )
        parser.add_argument("--export", type=Path, metavar="FILE", help="keep the samples here (.gz: gzipped)")
        parser.add_argument(
            "--all", action="store_true", help="show also what is for the record, of which nobody is told"
        )
        parser.add_argument("--json", action="store_true", help="print every incident's events as JSON, one a line")

    def run(self, args: argparse.Namespace) -> int:
        """Replay; return the exit status."""
        from satark.detector.replay import actions  # noqa: PLC0415 - rich and numpy are costly, --help need not pay

        return answered("replay", lambda: asyncio.run(actions.replay(args)))


def answered(name: str, act: Callable[[], int]) -> int:
    """Do what a command does; say what went wrong in lines of its own, and return the exit status."""
    from satark.detector.replay.topics import UnknownTopicError  # noqa: PLC0415 - as above
    from satark.runtime.documents.mistakes import WrongFileError  # noqa: PLC0415 - as above
    from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - as above

    try:
        return act()
    except BrokenPipeError:
        # Of our own output, whose reader has enough: `satark` knows what to do.
        raise
    except SettingsError as error:
        return _fail(name, str(error), EX_CONFIG)
    except WrongFileError as error:
        return _fail(name, error.shown(), EX_CONFIG)
    except (UsageError, UnreadableFileError, UnknownTopicError, BadHeaderError) as error:
        return _fail(name, str(error), EX_USAGE)
    except (KafkaError, KafkaUnavailableError) as error:
        return _fail(name, str(error) or type(error).__name__, EX_UNAVAILABLE)
    except OSError as error:
        # Of a file that was named: the sources' own are UnreadableFileError. Kafka's are above.
        return _fail(name, str(error), EX_USAGE)


def _fail(name: str, text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"satark {name}: {line}", file=sys.stderr)  # noqa: T201 - a command's answer
    return status


command = ReplayCommand()
