"""The parameters that routes of objects, alarms and streams share."""

from satark.analytics.uves.reading import MAX_STALE_S
from satark.analytics.web.route import Parameter, Schema

_TEXT: Schema = {"type": "string", "maxLength": 4096}
_BOOLEAN: Schema = {"type": "string", "enum": ["true", "false"]}
_SECONDS: Schema = {"type": "number", "minimum": 0, "maximum": MAX_STALE_S}
_NAME: Schema = {"type": "string", "maxLength": 2048}

TYPES = Parameter(
    "types", "A type's name and `s`, for example vrouters; a raw table's name and `s`.", _NAME, "path", True
)
TYPE = Parameter("types", "A type, for example vrouter, or a raw table's name.", _NAME, "path", True)
NAME = Parameter("name", "The object's name; `*` is any text.", _NAME, "path", True)

KFILT = Parameter("kfilt", "Names, separated by commas; `*` is any text, and nothing else is special.", _TEXT)
CFILT = Parameter("cfilt", "Structs and attributes, separated by commas: Struct or Struct:attribute.", _TEXT)
SFILT = Parameter("sfilt", "The host of the generators that count.", _TEXT)
MFILT = Parameter(
    "mfilt",
    "The generators that count: node type, module and instance, joined by colons, or the name of a daemon.",
    _TEXT,
)
TABLEFILT = Parameter("tablefilt", "Types or raw tables, separated by commas.", _TEXT)
ACKFILT = Parameter("ackfilt", "true or false: only alarms that are acknowledged, or that are not.", _BOOLEAN)
FLAT = Parameter("flat", "Flat, whatever its value. Any filter also makes it flat.", _TEXT)
STALE = Parameter(
    "stale",
    "Adds `__stale`: shares last heard so many seconds ago or more, by struct and generator, and when.",
    _SECONDS,
)
MISSING = Parameter(
    "missing", "404: the status for an object that is not there; else `{}`.", {"type": "string", "enum": ["404"]}
)

FILTERS = (FLAT, KFILT, CFILT, SFILT, MFILT, TABLEFILT, ACKFILT)
