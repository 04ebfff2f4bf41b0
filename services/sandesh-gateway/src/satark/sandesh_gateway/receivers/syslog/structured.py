"""Structured data of RFC 5424, 6.3: `[id name="value" …][…]`. Pure, and linear in the length."""

import re
from dataclasses import dataclass, field

from satark.sandesh_gateway.receivers.deliveries import UndecodableError

MAX_PARAMETERS = 400
"""A message of the contract has room for 512 fields; the rest is for what is not structured data."""
MAX_NAME_CHARS = 128
"""RFC 5424 allows 32, with which the ids of some vendors' enterprise numbers do not get by."""

_NAME = re.compile(rf"[!#-<>-\\^-~]{{1,{MAX_NAME_CHARS}}}")  # printable ASCII without `"`, `=`, `]` and the space
_VALUE = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)  # a bare `]`, which should be escaped, is clear enough
_ESCAPE = re.compile(r'\\(["\\\]])')


@dataclass(slots=True)
class _Parameters:
    """What was read so far, and how often each name came."""

    data: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        """Keep a value under its name, or under the next free number of the name."""
        if len(self.data) >= MAX_PARAMETERS:
            raise UndecodableError("too_many_parameters", f"more than {MAX_PARAMETERS} parameters of structured data")
        free, count = name, self.counts.get(name, 1)
        while free in self.data:
            count += 1
            free = f"{name}.{count}"
        self.counts[name] = count
        self.data[free] = value


def split_structured(text: str) -> tuple[dict[str, str], str]:
    """Return the parameters by `id.name`, and what follows the structured data.

    The second parameter of the same name is `id.name.2`; an element without parameters is `id`, empty.
    A backslash before any other character stands for itself (6.3.3).
    Raises UndecodableError.
    """
    parameters = _Parameters()
    if text.startswith("-"):
        return {}, text[1:]
    at = 0
    while text.startswith("[", at):
        at = _element(text, at + 1, parameters)
    if at == 0:
        raise _bad(text, at)
    return parameters.data, text[at:]


def _element(text: str, at: int, parameters: _Parameters) -> int:
    name, at = _name(text, at)
    if text.startswith("]", at):
        parameters.add(name, "")
    while text.startswith(" ", at):
        parameter, at = _name(text, at + 1)
        value = _VALUE.match(text, at + 1)
        if not text.startswith("=", at) or value is None:
            raise _bad(text, at)
        parameters.add(f"{name}.{parameter}", _ESCAPE.sub(r"\1", value[1]))
        at = value.end()
    if not text.startswith("]", at):
        raise _bad(text, at)
    return at + 1


def _name(text: str, at: int) -> tuple[str, int]:
    found = _NAME.match(text, at)
    if found is None:
        raise _bad(text, at)
    return found[0], found.end()


def _bad(text: str, at: int) -> UndecodableError:
    return UndecodableError("bad_structured_data", f"structured data goes wrong at {text[at : at + 20]!r}")
