"""Types of objects as people name them, and their tables (specs of the analytics node, appendix A). Pure."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from satark.analytics.commands.usage import UsageError
from satark.uve.tables import TABLES

_LOGS_ONLY = {
    "config": "ConfigObjectTable",
    "config-user": "ConfigObjectTableByUser",
    "xmpp-connection": "ObjectXmppConnection",
    "analytics-query": "ObjectQueryTable",
    "analytics-query-id": "ObjectQueryQid",
    "job-template": "ObjectJobTemplateTable",
    "fabric": "ObjectFabricTable",
}
"""Objects that messages name although no UVE is of their kind."""

OBJECT_TABLES: Mapping[str, str] = MappingProxyType({**{table.api_type: table.raw for table in TABLES}, **_LOGS_ONLY})


def table_of(object_type: str) -> str:
    """Return the table of a type of object; a table's own name will do. Raises UsageError with what was perhaps meant."""
    if object_type in OBJECT_TABLES.values():
        return object_type
    if object_type in OBJECT_TABLES:
        return OBJECT_TABLES[object_type]
    near = get_close_matches(object_type, OBJECT_TABLES, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(OBJECT_TABLES))}"
    raise UsageError(f"--object-type {object_type!r} is unknown; {hint}")
