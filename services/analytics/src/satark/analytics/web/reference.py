"""The reference of routes as a page, made of the same values that serve them. Pure."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus

from satark.analytics.web.openapi import template
from satark.analytics.web.problems import MEDIA_TYPE
from satark.analytics.web.route import Answer, Parameter, Route, Schema
from satark.runtime.docsgen.markdown import code, page, plain, table

ABOUT = (
    "The REST API of `satark analytics` (`SATARK_ANALYTICS_LISTEN`). The same as an OpenAPI 3.1 document is served at "
    "`/v1/openapi.json`, and kept in [openapi.json](openapi.json)."
)
ACCESS = (
    "Without `SATARK_ANALYTICS_CREDENTIALS_FILE` everybody on this machine may do everything. With it, each request brings "
    "the secret of a credential: `Authorization: Bearer SECRET`, `X-Auth-Token: SECRET`, or Basic with the name. The role "
    "`read` reads; `operate` also acknowledges and silences; `admin` does all. What `anyone` may ask needs no credential."
)
REFUSALS = (
    f"Every refusal is `{MEDIA_TYPE}` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with `detail` for a person, `code` "
    "for a program, and `request_id`, under which the log has it. Any route may answer with these:"
)
SHARED = (
    (400, "bad_parameter", "A parameter is wrong, or below `/v1` not known; all mistakes are named."),
    (401, "unauthorized", "No credentials, or none that are known."),
    (403, "forbidden", "The role may not; `required` says which may."),
    (404, "no_such_route, not_found", "There is no such path, or no such thing."),
    (405, "method_not_allowed", "The path has other methods: `Allow`."),
    (408, "body_too_slow", "The body did not go on."),
    (413, "body_too_large", "The body is larger than `limit` bytes."),
    (414, "target_too_long", "Path and query are too long."),
    (415, "not_json", "The body must be `application/json`."),
    (421, "wrong_host", "Without credentials only the names of this machine are answered to."),
    (422, "bad_body", "The body is JSON, but not what the route takes."),
    (429, "too_many_requests", "The caller asks too often; `Retry-After` and `RateLimit` say when it may again."),
    (431, "headers_too_large", "There are too many headers, or they are too large."),
    (500, "internal", "A fault of the server."),
    (
        503,
        "store_failed, store_timeout, not_written, stopping",
        "The store or Kafka does not answer, or not in time, or the server stops.",
    ),
)
PAGING = (
    "Lists have pages: `limit` rows at most, and `next`, which is null on the last page, as `cursor` for the page behind. "
    "Answers to reads have an `ETag`; who sends it as `If-None-Match` gets 304 while nothing has changed. Times are RFC 3339."
)


def reference(routes: Iterable[Route]) -> str:
    """Return the page of all routes."""
    ordered = sorted(routes, key=lambda route: (route.tag, template(route.path), route.method))
    listed = [(_link(route), route.role.name.lower(), route.summary) for route in ordered]
    refused = [(str(status), code_, text) for status, code_, text in SHARED]
    return page(
        "REST API",
        ABOUT,
        ACCESS,
        PAGING,
        REFUSALS,
        table(("status", "code", "when"), refused),
        "## Routes",
        table(("route", "role", "what it does"), listed),
        *(block for route in ordered for block in _route(route)),
    )


def _heading(route: Route) -> str:
    return f"{route.method} {template(route.path)}"


def _link(route: Route) -> str:
    anchor = "".join(one for one in _heading(route).lower().replace(" ", "-") if one.isalnum() or one in "-_")
    return f"[{code(_heading(route))}](#{anchor})"


def _route(route: Route) -> Iterator[str]:
    yield f"### {_heading(route)}"
    yield plain(" ".join(part for part in (route.summary, route.description) if part))
    yield f"Role: {code(route.role.name.lower())}."
    if route.parameters:
        yield table(("parameter", "in", "value", "meaning"), [_parameter(one) for one in route.parameters])
    if route.body is not None:
        yield f"Body: {_name(route.body)}."
    yield table(("status", "answer"), [_answer(one) for one in route.answers])


def _parameter(parameter: Parameter) -> tuple[str, str, str, str]:
    required = " (required)" if parameter.required else ""
    return code(parameter.name), parameter.place, _value(parameter.schema) + required, plain(parameter.description)


def _value(schema: Schema) -> str:
    if schema.get("type") == "array":
        return f"{_value(schema.get('items', {}))}, may be repeated{_default(schema)}"
    if "enum" in schema:
        return ", ".join(code(str(one)) for one in schema["enum"]) + _default(schema)
    kind = "time" if schema.get("format") == "date-time" else schema.get("type", "string")
    limits = [f"{sign} {schema[word]}" for word, sign in (("minimum", "≥"), ("maximum", "≤")) if word in schema]
    return " ".join([kind, *limits]) + _default(schema)


def _default(schema: Schema) -> str:
    default = schema.get("default")
    if default is None or default == "":
        return ""
    texts = default if isinstance(default, list | tuple) else [str(default).lower() if default is True else default]
    return f"; default {', '.join(code(str(one)) for one in texts)}"


def _answer(answer: Answer) -> tuple[str, str]:
    shape = _name(answer.schema) if answer.schema else ""
    media = "" if answer.media_type == "application/json" else f"({code(answer.media_type)})"
    words = " ".join(part for part in (plain(answer.description), shape, media) if part)
    return f"{answer.status} {HTTPStatus(answer.status).phrase}", words


def _name(schema: Schema) -> str:
    """Return the name of a schema in the document, or nothing where it has none."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return code(name) if name else ""
