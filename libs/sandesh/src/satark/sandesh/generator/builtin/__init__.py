"""Answers to the requests that every generator has (clause 5.5), by what they are about. All run in its event loop."""

from typing import TYPE_CHECKING

from satark.sandesh.generator.builtin import alarms, queue, sending, session, traces, uves
from satark.sandesh.generator.requests import Handlers

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def register(generator: "Generator", handlers: Handlers) -> None:
    """Answer all of them for this generator."""
    for module in (alarms, queue, sending, session, traces, uves):
        for request, handler in module.handlers(generator).items():
            handlers.add(request, handler)
