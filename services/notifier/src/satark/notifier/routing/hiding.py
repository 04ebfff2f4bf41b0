"""What a file of routes may hold that is nobody's business: no mistake shows it. Pure."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import WRONG, Scalar
from satark.runtime.secret import Secret

MAX_URL_CHARS = 2000
WEB_URL = "a URL that begins with https:// or http://"

_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s\"']+", re.IGNORECASE)
_SECRET = re.compile(
    r"((?:secret|password|token|credentials|key|url)(?!\w*_file\b)\w*[\"']?\s*:\s*)\S.*", re.IGNORECASE
)


def hidden(line: str) -> str:
    """Return a line of such a file without what may be a secret: URLs, passwords, keys."""
    return _SECRET.sub(r"\1…", _URL.sub(r"\1…", line))


@dataclass(frozen=True, slots=True)
class Unshown:
    """A shape whose value is not shown when it is wrong: it may be a secret."""

    shape: Scalar

    @property
    def words(self) -> str:
        """What is expected."""
        return self.shape.words

    def read(self, node: Node, mistakes: Mistakes) -> Any:
        """Return the value, or WRONG after noting that it is."""
        if not isinstance(node.value, list | dict | None):
            with suppress(ValueError):
                return self.shape.parse(node)
        mistakes.wrong(node, f"expected {self.words}")
        return WRONG

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema."""
        return self.shape.schema()


def url(text: str) -> Secret:
    """Return a URL. Raises ValueError, which does not hold it, for what is none: it may be a secret."""
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right or len(text) > MAX_URL_CHARS or not text.isprintable() or " " in text:
        raise ValueError
    return Secret(text)
