"""`satark topics`: its arguments, and what each mistake exits with."""

import argparse
import asyncio
import sys

from satark.runtime.commands.topics.acls import FORMS, PREFIX, show_acls
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

EX_UNAVAILABLE = 69


class TopicsCommand:
    """`list` shows the contract beside the cluster, `apply` creates what is missing, `grow` adds partitions step by step."""

    help = "list the topics of the contract, create or enlarge them, or print who may do what with them"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the actions."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("list", help="show the contract beside the cluster")
        actions.add_parser("apply", help="create what is missing")
        actions.add_parser("grow", help="go the next step towards as many partitions as the setting says")
        acls = actions.add_parser("acls", help="print the least that each service must be allowed in Kafka")
        acls.add_argument(
            "--principal-prefix", metavar="TEXT", default=PREFIX, help="what stands before a service's name"
        )
        acls.add_argument("--format", choices=list(FORMS), default="table", help="kafka-acls: a shell script")

    def run(self, args: argparse.Namespace) -> int:
        """Compare, change or print.

        Exits with 78 for wrong settings, 69 when no broker answers or it refuses, 75 when something is to be done first.
        """
        if args.action == "acls":
            return show_acls(args.format, args.principal_prefix)
        from satark.runtime.admin import TopicCreationError  # noqa: PLC0415 - aiokafka is costly, --help need not pay
        from satark.runtime.commands.topics.actions import ACTIONS, EX_TEMPFAIL  # noqa: PLC0415 - as above
        from satark.runtime.growth.layout import GrowthError  # noqa: PLC0415 - as above
        from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - as above

        try:
            settings = load("kafka", KafkaSettings, environment())
            if not settings.topic_admin:
                return _fail("SATARK_KAFKA_TOPIC_ADMIN is false: topics appear when they are touched", EX_CONFIG)
            return asyncio.run(ACTIONS[args.action](settings))
        except SettingsError as error:
            return _fail(str(error), EX_CONFIG)
        except GrowthError as error:
            return _fail(str(error), EX_TEMPFAIL)
        except (KafkaError, KafkaUnavailableError, TopicCreationError) as error:
            return _fail(str(error) or type(error).__name__, EX_UNAVAILABLE)


def _fail(text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"satark topics: {line}", file=sys.stderr)  # noqa: T201 - a command's answer
    return status


command = TopicsCommand()
