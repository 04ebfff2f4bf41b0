"""Files of alarm rules as YAML that knows its lines: how much of it there may be. Pure."""

from functools import partial

from satark.runtime import documents
from satark.runtime.documents import Bounds, DocumentError, Node

MAX_BYTES = 1_000_000

parse = partial(documents.parse, bounds=Bounds(MAX_BYTES, max_depth=16, max_nodes=100_000))

__all__ = ["MAX_BYTES", "DocumentError", "Node", "parse"]
