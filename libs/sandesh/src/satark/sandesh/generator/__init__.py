"""The asyncio generator library: a process that tells collectors of itself (clauses 4 and 5)."""

from satark.sandesh.generator.acknowledging import Acknowledgement
from satark.sandesh.generator.client import Generator
from satark.sandesh.generator.collector import Collector, Delivery
from satark.sandesh.generator.logfiles import LocalLog
from satark.sandesh.generator.outbox import Dropped
from satark.sandesh.generator.requests import Asked
from satark.sandesh.generator.threads import run_in_thread
from satark.sandesh.generator.tls import client_context, introspect_context, server_context

__all__ = [
    "Acknowledgement",
    "Asked",
    "Collector",
    "Delivery",
    "Dropped",
    "Generator",
    "LocalLog",
    "client_context",
    "introspect_context",
    "run_in_thread",
    "server_context",
]
