"""The files that pages need besides themselves. They are part of the distribution, and few."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.web.answers import tagged
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Parameter, Role, Route

FOLDER = Path(__file__).parent.parent / "static"
VENDORED = FOLDER / "vendor"
"""Files of others, as they were published; `vendor/README.md` says which."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}

_SCHEMA = {"type": "string", "pattern": r"^[a-z0-9-]+\.[a-z]+$", "maxLength": 64}
NAME = Parameter("name", "The file's name.", _SCHEMA, "path", required=True)


def routes() -> tuple[Route, ...]:
    """Return the route of the files."""
    return (
        Route(
            method="GET",
            path="/static/{name}",
            handler=_file,
            summary="A file of the pages, such as their style.",
            answers=(
                Answer(200, "The file.", {"type": "string"}, "text/css"),
                Answer(304, "The caller has it already."),
            ),
            role=Role.ANYONE,
            parameters=(NAME,),
            tag="pages",
        ),
    )


async def _file(request: Request) -> Response:
    media_type, content = await asyncio.to_thread(_found, request.path_params["name"])
    # Asked for each time, and sent only when it has changed: modules of two versions do not fit together.
    headers = {"Cache-Control": "public, no-cache"}
    return tagged(request, content, media_type=media_type, headers=headers)


def _found(name: str) -> tuple[str, bytes]:
    """Return a file of the folder's own list: a name never becomes a path. Raises Problem (404)."""
    for file in (*FOLDER.iterdir(), *VENDORED.iterdir()):
        if file.name == name and file.suffix in MEDIA_TYPES:
            return MEDIA_TYPES[file.suffix], file.read_bytes()
    raise Problem(404, "not_found", "there is no such file")
