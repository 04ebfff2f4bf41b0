"""The OpenAPI 3.1 document, made from the routes. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from satark.analytics.web import problems
from satark.analytics.web.route import Answer, Parameter, Role, Route, Schema

Json = dict[str, Any]

VERSION = "3.1.0"
TITLE = "Satark Analytics"
ABOUT = (
    "History and answers. Below `/v1` are links, series, incidents and what people said of them; below `/analytics` is what "
    "clients of Contrail's analytics know. Every refusal is an `application/problem+json` of RFC 9457."
)

_CONVERTOR = re.compile(r"\{(\w+)(?::\w+)?\}")
_LOCAL = "#/$defs/"
_SHARED = "#/components/schemas/"

SECURITY: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The secret of a credential."},
    "basic": {"type": "http", "scheme": "basic", "description": "A credential's name, and its secret as the password."},
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Auth-Token",
        "description": "As bearer, for Contrail's tools.",
    },
}


def document(routes: Iterable[Route], *, version: str) -> Json:
    """Return the document of the routes."""
    shared: Json = {"Problem": problems.SCHEMA}
    paths: Json = {}
    for route in sorted(routes, key=lambda route: (route.path, route.method)):
        paths.setdefault(template(route.path), {})[route.method.lower()] = _operation(route, shared)
    return {
        "openapi": VERSION,
        "info": {"title": TITLE, "version": version, "description": ABOUT},
        "paths": paths,
        "security": [{}, *({name: []} for name in SECURITY)],
        "components": {
            "schemas": dict(sorted(shared.items())),
            "responses": {"Problem": _content("The request is refused, or failed.", problems.MEDIA_TYPE, "Problem")},
            "securitySchemes": SECURITY,
        },
    }


def template(path: str) -> str:
    """Return a route's path as OpenAPI writes it."""
    return _CONVERTOR.sub(r"{\1}", path)


def operation_id(route: Route) -> str:
    """Return a name for a route that is no other's."""
    words = re.sub(r"[^A-Za-z0-9]+", " ", template(route.path)).split() or ["root"]
    return "_".join([route.method.lower(), *words])


def path_parameters(route: Route) -> Iterator[Parameter]:
    """Yield the parameters of a route's path, also those that it says nothing about."""
    declared = {parameter.name: parameter for parameter in route.parameters if parameter.place == "path"}
    for name in _CONVERTOR.findall(route.path):
        yield declared.get(name) or Parameter(name, f"The {name}.", {"type": "string"}, place="path", required=True)


def _operation(route: Route, shared: Json) -> Json:
    others = [parameter for parameter in route.parameters if parameter.place != "path"]
    parameters = [_parameter(parameter, shared) for parameter in (*path_parameters(route), *others)]
    found: Json = {
        "operationId": operation_id(route),
        "tags": [route.tag],
        "summary": route.summary,
        "description": " ".join(part for part in (route.description, f"Role: {route.role.name.lower()}.") if part),
        "x-satark-role": route.role.name.lower(),
    }
    if route.role is Role.ANYONE:
        found["security"] = []
    elif route.role is not Role.READ:
        found["security"] = [{name: []} for name in SECURITY]
    if parameters:
        found["parameters"] = parameters
    if route.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {route.body_type: {"schema": hoisted(route.body, shared)}},
        }
    found["responses"] = {**_answers(route, shared), "default": {"$ref": "#/components/responses/Problem"}}
    return found


def _parameter(parameter: Parameter, shared: Json) -> Json:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required or parameter.place == "path",
        "description": parameter.description,
        "schema": hoisted(parameter.schema, shared),
    }


def _answers(route: Route, shared: Json) -> Json:
    """Return the answers by status; one status may have several media types."""
    found: Json = {}
    for answer in route.answers:
        made = _answer(answer, shared)
        known = found.setdefault(str(answer.status), made)
        if known is not made:
            known.setdefault("content", {}).update(made.get("content", {}))
    return found


def _answer(answer: Answer, shared: Json) -> Json:
    if answer.schema is None and answer.media_type == "application/json":
        return {"description": answer.description}
    schema = {} if answer.schema is None else hoisted(answer.schema, shared)
    return {"description": answer.description, "content": {answer.media_type: {"schema": schema}}}


def _content(description: str, media_type: str, name: str) -> Json:
    return {"description": description, "content": {media_type: {"schema": {"$ref": f"{_SHARED}{name}"}}}}


def hoisted(schema: Schema, shared: Json) -> Any:
    """Return a schema whose definitions went to the shared ones: references of a document start at its root."""
    for name, definition in schema.get("$defs", {}).items():
        shared[name] = _renamed(definition)
    return _renamed({name: value for name, value in schema.items() if name != "$defs"})


def _renamed(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _renamed(one) for name, one in value.items()}
        case list() | tuple():
            return [_renamed(one) for one in value]
        case str() if value.startswith(_LOCAL):
            return _SHARED + value.removeprefix(_LOCAL)
        case _:
            return value
