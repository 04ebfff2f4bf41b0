"""Requests as messages on the wire. Pure.

Daemons are not robust: a value that does not fit its type can kill one (clause 3.1). So nothing is sent that its own
IDL could not have made.
"""

import re
import uuid
from collections.abc import Mapping
from ipaddress import ip_address

from satark.sandesh.types.descriptors import INTEGER_RANGES
from satark.sandesh.wire.tree import SCALARS, Node, Tree
from satark.schemas.requests import Argument, Request

RANGES: Mapping[str, tuple[int, int]] = {**INTEGER_RANGES, "ipv4": (0, 2**32 - 1)}
MAX_IDENTIFIER = 2**15 - 1
_is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
_is_integer = re.compile(r"-?[0-9]{1,20}").fullmatch
_is_double = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?").fullmatch


class BadRequestError(ValueError):
    """Who asks has asked for what cannot be sent."""


def tree_of(request: Request) -> Tree:
    """Return the request as a message. Raises BadRequestError."""
    if not _is_name(request.name):
        raise BadRequestError(f"{request.name[:80]!r} is no name of a request")
    fields = [_node(argument, place) for place, argument in enumerate(request.arguments, 1)]
    names = [field.name for field in fields]
    if len(set(names)) != len(names):
        raise BadRequestError("a field is given twice")
    return Tree(request.name, fields)


def _node(argument: Argument, place: int) -> Node:
    if not _is_name(argument.name):
        raise BadRequestError(f"{argument.name[:80]!r} is no name of a field")
    if argument.type not in SCALARS:
        raise BadRequestError(f"{argument.name}: {argument.type!r} is no scalar type")
    identifier = place if argument.identifier is None else argument.identifier
    if not 0 <= identifier <= MAX_IDENTIFIER:
        raise BadRequestError(f"{argument.name}: {identifier} is no number of a field")
    if not _fits(argument.value, argument.type):
        raise BadRequestError(f"{argument.name}: {argument.value[:80]!r} is no {argument.type}")
    return Node(argument.name, argument.type, str(identifier), argument.value)


def _fits(text: str, type_: str) -> bool:
    if type_ in RANGES:
        low, high = RANGES[type_]
        return _is_integer(text) is not None and low <= int(text) <= high
    if type_ == "bool":
        return text in {"true", "false"}
    if type_ == "double":
        return _is_double(text) is not None
    if type_ == "xml":
        return "]]>" not in text
    if type_ in {"ipaddr", "uuid_t"}:
        return _parses(text, type_)
    return True


def _parses(text: str, type_: str) -> bool:
    try:
        if type_ == "ipaddr":
            ip_address(text)
        else:
            uuid.UUID(text)
    except ValueError:
        return False
    return True
