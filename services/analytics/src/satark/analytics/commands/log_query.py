"""`satark logs`: the queries that its arguments mean. Pure."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from satark.analytics.commands.log_lines import LEVELS
from satark.analytics.commands.object_types import table_of
from satark.analytics.commands.terms import Op, Term, Where, any_of_each, named, term
from satark.analytics.commands.times import Span
from satark.analytics.commands.usage import UsageError

Query = dict[str, Any]

TRACE = 4
ASCENDING, DESCENDING = 1, 2
_MESSAGE_COLUMNS = [
    "MessageTS",
    "Source",
    "ModuleId",
    "Category",
    "Messagetype",
    "SequenceNum",
    "Xmlmessage",
    "Type",
    "Level",
    "NodeType",
    "InstanceId",
]
_BODY = "Xmlmessage"
_OBJECT_COLUMNS = ("MessageTS", "Source", "ModuleId", "Messagetype")
_OBJECT_BODIES = ("ObjectLog", "SystemLog")


class LogSelection(Struct, frozen=True, kw_only=True):
    """What is asked for, as the arguments have it."""

    sources: Sequence[str] = ()
    modules: Sequence[str] = ()
    message_types: Sequence[str] = ()
    node_type: str | None = None
    instance: str | None = None
    category: str | None = None
    level: str | None = None
    text: str | None = None
    reverse: bool = False
    trace: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    object_field: str | None = None

    def check(self) -> None:
        """Raise UsageError where arguments do not go together."""
        if self.trace is not None and not (self.sources and self.modules):
            raise UsageError("--trace needs --source and --module: a trace buffer is a daemon's own")
        if self.trace is not None and self.object_type is not None:
            raise UsageError("--trace and --object-type are two things: choose one")
        if self.object_type is None and (self.object_id is not None or self.object_field is not None):
            raise UsageError("--object-id and --object-select-field need --object-type")
        if self.object_type is not None and (self.node_type or self.instance or self.category or self.level):
            raise UsageError(
                "an object's log knows no --node-type, --instance-id, --category or --level; without --object-type they work"
            )

    @property
    def table(self) -> str:
        """The table that has it. Raises UsageError for a type of object that there is not."""
        if self.object_type is None:
            return "MessageTable"
        return table_of(self.object_type)


def log_query(selection: LogSelection, span: Span, *, limit: int | None = None) -> Query:
    """Return the query for the lines of a time. Raises UsageError."""
    selection.check()
    query: Query = {
        "table": selection.table,
        "start_time": span.start_us,
        "end_time": span.end_us,
        "select_fields": _columns(selection),
        "sort": DESCENDING if selection.reverse else ASCENDING,
        "sort_fields": ["MessageTS"],
    }
    if where := _where(selection):
        query["where"] = where
    if filters := [each for each in _alternatives(selection) if each]:
        query["filter"] = filters
    if limit is not None:
        query["limit"] = limit
    return query


def object_values_query(object_type: str, span: Span) -> Query:
    """Return the query for the names of objects that were spoken of. Raises UsageError."""
    return {
        "table": table_of(object_type),
        "start_time": span.start_us,
        "end_time": span.end_us,
        "select_fields": ["ObjectId"],
    }


def message_types_query(span: Span) -> Query:
    """Return the query for the types of messages that there were."""
    return {
        "table": "StatTable.FieldNames.fields",
        "start_time": span.start_us,
        "end_time": span.end_us,
        "select_fields": ["fields.value"],
        "where": [[term("name", "MessageTable:Messagetype")]],
    }


def _columns(selection: LogSelection) -> list[str]:
    if selection.object_type is None:
        return list(_MESSAGE_COLUMNS)
    bodies = _OBJECT_BODIES if selection.object_field is None else (selection.object_field,)
    return [*_OBJECT_COLUMNS, *bodies]


def _where(selection: LogSelection) -> Where:
    ids = () if selection.object_id is None else (selection.object_id,)
    return any_of_each(
        (
            ("ObjectId", ids),
            ("Source", selection.sources),
            ("ModuleId", selection.modules),
            ("Messagetype", selection.message_types),
        )
    )


def _filters(selection: LogSelection) -> list[Term]:
    found: list[Term] = []
    if selection.node_type is not None:
        found.append(term("NodeType", selection.node_type))
    if selection.instance is not None:
        found.append(term("InstanceId", selection.instance))
    if selection.level is not None:
        found.append(term("Level", _level(selection.level), Op.LEQ))
    if selection.trace is not None:
        found += [term("Type", TRACE), term("Category", selection.trace)]
    elif selection.category is not None:
        found.append(_category(selection.category))
    return found


def _alternatives(selection: LogSelection) -> list[list[Term]]:
    """Return the terms of which any list must hold: a text may be in any of the columns that have one."""
    terms = _filters(selection)
    if selection.text is None:
        return [terms]
    pattern = f"(?is).*{_escaped(selection.text)}.*"
    bodies = [name for name in _columns(selection) if name in (_BODY, *_OBJECT_BODIES)]
    return [[*terms, term(name, pattern, Op.REGEX_MATCH)] for name in bodies]


def _level(name: str) -> int:
    wanted = name.upper() if name.upper().startswith("SYS_") else f"SYS_{name.upper()}"
    if wanted not in LEVELS:
        raise UsageError(f"--level {name!r} is none of {', '.join(LEVELS)}")
    return LEVELS[wanted]


def _category(text: str) -> Term:
    """Return the term for a category; filters know no beginnings, but patterns."""
    found = named("Category", text)
    if found["op"] != Op.PREFIX:
        return found
    return term("Category", f"{_escaped(found['value'])}.*", Op.REGEX_MATCH)


def _escaped(text: str) -> str:
    """Return the pattern of a text as it stands."""
    return "".join(f"\\{sign}" if sign in r"\.^$*+?()[]{}|" else sign for sign in text)
