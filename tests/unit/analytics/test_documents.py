import json

from satark.analytics.documents import files
from satark.analytics.routes.links import LISTS
from satark.analytics.web.openapi import operation_id, template
from satark.analytics.web.route import Role, Route
from tests.unit.analytics.v1.everything import routes


def test_every_route_is_told() -> None:
    """The page and the document have every route that is served."""
    made = files()
    document = json.loads(made["docs/reference/openapi.json"])

    for route in routes():
        assert f"### {route.method} {template(route.path)}\n" in made["docs/reference/rest.md"]
        assert document["paths"][template(route.path)][route.method.lower()]["operationId"] == operation_id(route)


def test_operations_have_names_of_their_own() -> None:
    """No two routes have the same name."""
    names = [operation_id(route) for route in routes()]

    assert len(names) == len(set(names))


def test_what_changes_needs_more_than_reading() -> None:
    """Whoever changes something needs more than to read, or a signed link; asking by POST is reading."""
    others = {"/analytics/query", "/analytics/uves/{types}", "/v1/queries/composed", "/act/{token}"}
    changing: list[Route] = [one for one in routes() if one.method != "GET" and one.path not in others]

    assert changing
    assert {one.path for one in changing if one.role < Role.OPERATE} == set()


def test_the_lists_are_there() -> None:
    """The lists of links are served."""
    assert set(LISTS) <= {route.path for route in routes()}
