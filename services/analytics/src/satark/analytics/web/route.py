"""A route as a value: what serves the request is also what the OpenAPI document and the reference are made from."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

Schema = Mapping[str, Any]
"""A JSON Schema (2020-12)."""

Handler = Callable[[Request], Awaitable[Response]]
"""Answers a request, or raises `Problem`. Who asks is `request.state.caller`."""


class Role(IntEnum):
    """What a caller may do; each may also do what those before it may."""

    ANYONE = 0
    """Nobody is asked who they are: a page, or an address that is itself a credential."""
    READ = 1
    OPERATE = 2
    """Acknowledge, silence, ask a daemon."""
    ADMIN = 3
    """Purge, and read what others asked."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a route."""

    name: str
    description: str
    schema: Schema
    place: Literal["query", "path", "header"] = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One way that a route answers, besides the refusals that all share."""

    status: int
    description: str
    schema: Schema | None = None
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path, for example GET /v1/links/{link:path}."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    handler: Handler
    summary: str
    answers: tuple[Answer, ...]
    description: str = ""
    role: Role = Role.READ
    parameters: tuple[Parameter, ...] = ()
    body: Schema | None = None
    body_type: str = "application/json"
    tag: str = "v1"
