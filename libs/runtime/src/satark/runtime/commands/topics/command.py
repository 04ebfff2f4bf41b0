"""`satark topics`: its arguments, and what each mistake exits with."""

import argparse
import asyncio
import sys

from satark.runtime.commands.topics.acls import FORMS, PREFIX, show_acls
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

EX_UNAVAILABLE = 69


class TopicsCommand:
    """`list` shows the contract beside the cluster, `apply` creates what is missing and is safe to repeat."""

    help = "list the topics of the contract, create the missing ones, or print who may do what with them"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the actions."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("list", help="show the contract beside the cluster")
        actions.add_parser("apply", help="create what is missing")
        acls = actions.add_parser("acls", help="print the least that each service must be allowed in Kafka")
        acls.add_argument(
            "--principal-prefix", metavar="TEXT", default=PREFIX, help="what stands before a service's name"
        )
        acls.add_argument("--format", choices=list(FORMS), default="table", help="kafka-acls: a shell script")

    def run(self, args: argparse.Namespace) -> int:
        """Compare, create or print; exit 78 for wrong settings, 69 when no broker answers or it refuses."""
        if args.action == "acls":
            return show_acls(args.format, args.principal_prefix)
        from satark.runtime.admin import TopicCreationError  # noqa: PLC0415 - aiokafka is costly, --help need not pay
        from satark.runtime.commands.topics.actions import ACTIONS  # noqa: PLC0415 - as above
        from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - as above

        try:
            settings = load("kafka", KafkaSettings, environment())
            if not settings.topic_admin:
                return _fail("SATARK_KAFKA_TOPIC_ADMIN is false: topics appear when they are touched", EX_CONFIG)
            return asyncio.run(ACTIONS[args.action](settings))
        except SettingsError as error:
            return _fail(str(error), EX_CONFIG)
        except (KafkaError, KafkaUnavailableError, TopicCreationError) as error:
            return _fail(str(error) or type(error).__name__, EX_UNAVAILABLE)


def _fail(text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"satark topics: {line}", file=sys.stderr)  # noqa: T201 - a command's answer
    return status


command = TopicsCommand()
