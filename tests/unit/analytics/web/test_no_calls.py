"""No request makes this server call anybody: what serves requests has nothing to call with."""

import ast
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY

ANALYTICS = REPOSITORY / "services" / "analytics" / "src" / "satark" / "analytics"
CALLERS = {"aiohttp", "http", "httpx", "httpx2", "requests", "smtplib", "urllib3", "xmlrpc"}
"""What speaks to servers whose address one gives. The store's client has its address from the settings."""

MODULES = sorted(path for path in ANALYTICS.rglob("*.py") if "commands" not in path.parts)


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, with names that are taken out of them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                found |= {name.name for name in node.names}
            case ast.ImportFrom():
                found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ANALYTICS)))
def test_nothing_that_serves_can_call(path: Path) -> None:
    """No module that serves imports a client of servers, nor opens connections itself."""
    names = imported(path)

    assert {name for name in names if name.split(".")[0] in CALLERS} <= {"http.HTTPStatus"}
    assert not {name for name in names if name.startswith("urllib.request")}
    assert "create_connection" not in path.read_text()
