"""How a refusal looks: application/problem+json of RFC 9457, the same for whatever refuses."""

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from satark.analytics.web.problem import Problem

MEDIA_TYPE = "application/problem+json"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A refusal, as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "urn:satark:problem: and the code."},
        "title": {"type": "string", "description": "What the status means."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What was wrong and where, for a person."},
        "code": {"type": "string", "description": "A short stable word, for a program."},
        "request_id": {"type": "string", "description": "Under which the log has this request."},
    },
}


def body(problem: Problem, *, request_id: str) -> dict[str, Any]:
    """Return a problem's members."""
    return {
        "type": f"urn:satark:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id,
        **problem.members,
    }


def response(problem: Problem, *, request_id: str) -> Response:
    """Return a problem as an HTTP response."""
    content = msgspec.json.encode(body(problem, request_id=request_id))
    return Response(content, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)
