"""The tables of field names: which values columns have had, told from what is stored (specs/analytics.md, clause 3.5).

`name` is `MessageTable:Source`, `ObjectVNTable:ObjectId`, `StatTable.UFlowData.flow:name` and so on, for every column of
statistics that has an index. `OBJECT:<table>` and `STAT:<table>` have the sources that wrote to a table.
"""

from collections.abc import Callable

from satark.analytics.query.binding import Binder
from satark.analytics.query.catalogue import STATISTICS
from satark.analytics.query.expressions import View, number, text

NUMBERS = "fieldi"

_TEXTS = (
    ("'MessageTable:Messagetype'", "toString(messages.message_type)", "messages"),
    ("'MessageTable:ModuleId'", "toString(messages.module)", "messages"),
    ("'MessageTable:Source'", "toString(messages.source)", "messages"),
    ("concat(object_table, ':ObjectId')", "objects.name", "objects"),
    ("concat('OBJECT:', object_table)", "toString(objects.source)", "objects"),
    (f"concat('STAT:{STATISTICS}', stat)", "toString(statistics.source)", "statistics"),
    (f"concat('{STATISTICS}', stat, ':Source')", "toString(statistics.source)", "statistics"),
    (f"concat('{STATISTICS}', stat, ':name')", "statistics.name", "statistics"),
)
_LEVELS = (
    ("'MessageTable:Level'", "toInt64(messages.level)", "messages"),
    ("'MessageTable:Type'", "toInt64(messages.type)", "messages"),
)


def field_names(kind: str, within: Callable[[str], str], binder: Binder) -> View:
    """Return the view of all names and values in a time; `kind` is `fields` (texts) or `fieldi` (numbers).

    `within` returns the condition on the time of one of the tables read.
    """
    is_number = kind == NUMBERS
    parts = [
        _distinct(name, value, source, within(source)) for name, value, source in (_LEVELS if is_number else _TEXTS)
    ]
    parts.append(_indexed("integers" if is_number else "texts", within("statistics")))

    shown = {"name": text("name"), "Source": text("source"), "proxy": text("''")}
    shown[f"{kind}.value"] = number("value") if is_number else text("value")
    return View(
        f"({' UNION ALL '.join(parts)})",
        (),
        lambda column: shown[column.name],
        id=f"hex(sipHash64(name, value, {binder.text(kind)}))",
    )


def _distinct(name: str, value: str, table: str, times: str) -> str:
    return (
        f"SELECT {name} AS name, {value} AS value, toString(any({table}.source)) AS source, max({table}.time) AS time"  # noqa: S608 - nothing from outside is text
        f" FROM {table} WHERE {times} GROUP BY name, value"
    )


def _indexed(maps: str, times: str) -> str:
    return (
        f"SELECT concat('{STATISTICS}', stat, ':', key) AS name, value, toString(any(statistics.source)) AS source,"  # noqa: S608 - as above
        f" max(statistics.time) AS time FROM statistics ARRAY JOIN mapKeys({maps}) AS key, mapValues({maps}) AS value"
        f" WHERE {times} AND (stat, key) GLOBAL IN (SELECT stat, column FROM stat_columns WHERE indexed = 1)"
        " GROUP BY name, value"
    )
