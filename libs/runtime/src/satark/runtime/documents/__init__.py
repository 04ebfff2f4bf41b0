"""Files that an operator writes, in YAML: read with the place of everything, and every mistake told at once."""

from satark.runtime.documents.parsing import Bounds, DocumentError, Node, Place, parse

__all__ = ["Bounds", "DocumentError", "Node", "Place", "parse"]
