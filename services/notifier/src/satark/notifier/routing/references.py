"""Names in a file of routes: read as their nodes, which know their places.

Whether there is a receiver or a time interval of a name is known only at the end. Pure.
"""

from satark.runtime.documents import Node
from satark.runtime.documents.shapes import Scalar

MAX_NAME_CHARS = 200
MAX_PATH_CHARS = 4096


def reference(words: str, most: int = MAX_NAME_CHARS) -> Scalar:
    """Return the shape of a name, or of the path of a file; its value is the node."""

    def parse(node: Node) -> Node:
        if not node.text or not node.text.isprintable():
            raise ValueError
        if len(node.text) > most:
            raise ValueError(f"it may have {most} characters")
        return node

    return Scalar(words, parse, {"type": "string", "minLength": 1, "maxLength": most})


RECEIVER_NAME = reference("the name of a receiver")
INTERVAL_NAME = reference("the name of a time interval")
PATH = reference("the path of a file", MAX_PATH_CHARS)
