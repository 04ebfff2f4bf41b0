from typing import Any

import msgspec
from jsonschema import Draft202012Validator

from satark.analytics.web.openapi import document, hoisted, operation_id, template
from satark.analytics.web.reference import reference
from satark.analytics.web.route import Answer, Parameter, Role, Route
from tests.unit.analytics.web.asking import route, tell


class Inner(msgspec.Struct):
    """What is within."""

    number: int


class Outer(msgspec.Struct):
    """What is around."""

    inner: Inner


LINK = Parameter("link", "The link | key.", {"type": "string", "maxLength": 9}, "path", required=True)
STATE = Parameter("state", "How it is.", {"type": "string", "enum": ["ok", "bad"], "default": "ok"})
ROUTE = Route(
    method="POST",
    path="/v1/links/{link:path}",
    handler=tell,
    summary="Change a link.",
    description="All of it.",
    role=Role.OPERATE,
    parameters=(LINK, STATE),
    body=msgspec.json.schema(Outer),
    answers=(
        Answer(200, "As JSON.", msgspec.json.schema(Inner)),
        Answer(200, "As text.", {"type": "string"}, "text/plain"),
        Answer(304, "The same."),
    ),
)


def made(*routes: Route) -> dict[str, Any]:
    """Return the document of some routes."""
    return document(routes, version="1.2.3")


class TestDocument:
    def test_of_a_route(self) -> None:
        """An operation has its parameters, body, answers, role, and one answer for all refusals."""
        operation = made(ROUTE)["paths"]["/v1/links/{link}"]["post"]

        assert operation["operationId"] == "post_v1_links_link"
        assert [(one["name"], one["in"], one["required"]) for one in operation["parameters"]] == [
            ("link", "path", True),
            ("state", "query", False),
        ]
        assert operation["requestBody"]["content"]["application/json"]["schema"] == {
            "$ref": "#/components/schemas/Outer"
        }
        assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/plain"}
        assert operation["responses"]["304"] == {"description": "The same."}
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
        assert operation["x-satark-role"] == "operate"

    def test_parameters_of_the_path_are_always_there(self) -> None:
        """A path's parameters are in the document even when the route says nothing of them."""
        (parameter,) = made(route("/v1/n/{number:int}"))["paths"]["/v1/n/{number}"]["get"]["parameters"]

        assert (parameter["name"], parameter["in"], parameter["required"]) == ("number", "path", True)

    def test_definitions_are_shared(self) -> None:
        """What a schema defines is among the document's components, and referred to there."""
        schemas = made(ROUTE)["components"]["schemas"]

        assert schemas["Outer"]["properties"]["inner"] == {"$ref": "#/components/schemas/Inner"}
        assert {"Inner", "Outer", "Problem"} == set(schemas)

    def test_names_of_operations(self) -> None:
        """Every operation has a name of its own, and paths are as OpenAPI has them."""
        assert operation_id(route("/")) == "get_root"
        assert template("/a/{b:path}/{c}") == "/a/{b}/{c}"
        assert hoisted({"type": "string"}, {}) == {"type": "string"}

    def test_schemas_are_schemas(self) -> None:
        """Every schema of the document is one of JSON Schema 2020-12."""
        for schema in made(ROUTE)["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)


class TestReference:
    def test_tells_a_route(self) -> None:
        """The page has each route with its role, parameters, body and answers."""
        page = reference([ROUTE, route("/v1/links", tag="v1")])

        assert "| [`POST /v1/links/{link}`](#post-v1linkslink) | operate | Change a link. |" in page
        assert "| `link` | path | string (required) | The link \\| key. |" in page
        assert "| `state` | query | `ok`, `bad`; default `ok` | How it is. |" in page
        assert "Body: `Outer`." in page
        assert "| 200 OK | As text. (`text/plain`) |" in page
        assert page.index("GET /v1/links`") < page.index("POST /v1/links/{link}`")
