"""What `satark request` does: the shell that asks and shows."""

import argparse
from collections.abc import Collection

from satark.runtime.asking import ask, request_to
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.runtime.terminal import console
from satark.sandesh_gateway.cluster.sessions import Sessions
from satark.sandesh_gateway.requests import screen
from satark.sandesh_gateway.requests.destinations import matches, parts_of
from satark.sandesh_gateway.requests.fields import FieldError, arguments_of
from satark.sandesh_gateway.requests.translation import BadRequestError, tree_of
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.generators import GeneratorSession
from satark.schemas.requests import Request, RequestOutcome
from satark.schemas.topics import GENERATORS


class UsageError(ValueError):
    """The arguments make no sense."""


def check(args: argparse.Namespace) -> None:
    """Raise UsageError when it is not clear whether to ask or to list."""
    if bool(args.list) is bool(args.name):
        raise UsageError("GENERATOR and NAME are needed, or --list without NAME")


def request_of(args: argparse.Namespace) -> Request:
    """Return the request that the arguments say. Raises UsageError for one that no gateway would send."""
    if parts_of(args.generator) is None:
        raise UsageError(f"{args.generator!r} is not SOURCE:NODE_TYPE:MODULE:INSTANCE")
    try:
        arguments = arguments_of(args.name, args.fields)
        request = request_to(args.generator, args.name, arguments, timeout_s=args.timeout)
        tree_of(request)
    except (FieldError, BadRequestError) as error:
        raise UsageError(str(error)) from error
    return request


async def ask_and_show(settings: KafkaSettings, request: Request, *, as_json: bool) -> Collection[RequestOutcome]:
    """Ask, print what came of it, and return the outcomes."""
    asked = await ask(settings, request)
    (screen.show_json if as_json else screen.show)(console(), asked)
    return [each.outcome for each in asked.outcomes.values()]


async def list_generators(settings: KafkaSettings, pattern: str | None, *, as_json: bool) -> int:
    """Print the generators that are connected, as the gateways have told; those that match, if a pattern is given."""
    sessions = Sessions()
    async for record in read_to_end(settings, GENERATORS):
        try:
            event = decode(record.topic, record.value, record.headers)
        except UndecodableEventError:
            continue
        sessions.learn(event)
    found = sorted(_chosen(sessions, pattern), key=lambda session: session.generator)
    (screen.show_sessions_json if as_json else screen.show_sessions)(console(), found)
    return 0


def _chosen(sessions: Sessions, pattern: str | None) -> list[GeneratorSession]:
    return [each for each in sessions.open_sessions() if pattern is None or matches(pattern, each.generator)]
