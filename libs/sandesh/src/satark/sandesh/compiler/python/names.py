"""Names of the definition as names of Python: the same wherever Python allows it, else with a trailing underscore."""

import keyword
import re
import sys
from collections.abc import Iterable

# What generated modules use themselves; a field or type of the same name would hide it.
USED = frozenset(
    {
        *(
            "annotations",
            "bool",
            "bytes",
            "dataclasses",
            "dict",
            "float",
            "frozenset",
            "int",
            "list",
            "object",
            "registry",
        ),
        *("set", "str", "tuple", "type", "definitions", "ClassVar", "Final", "IPv4Address", "IPv6Address", "Mapping"),
        *("MappingProxyType", "UUID", "ip_address", "types", "self", "cls", "satark"),
    }
)
# What every member of an `IntEnum` has already, in any supported version of Python.
ENUM_ATTRIBUTES = frozenset(
    {
        *(
            "as_integer_ratio",
            "bit_count",
            "bit_length",
            "conjugate",
            "denominator",
            "from_bytes",
            "imag",
            "is_integer",
        ),
        *("mro", "name", "names", "numerator", "real", "to_bytes", "value", "values"),
    }
)
_STRANGE = re.compile(r"[^A-Za-z0-9_]")


def attribute(name: str, taken: Iterable[str] = ()) -> str:
    """The attribute of a field: never a keyword, a name in use, a private name, or one of `taken`."""
    return _free(_spelt(name), {*keyword.kwlist, *USED, *taken})


def definition(name: str, taken: Iterable[str] = ()) -> str:
    """The name of a class or constant."""
    return _free(_spelt(name), {*keyword.kwlist, *USED, *taken})


def member(name: str, taken: Iterable[str] = ()) -> str:
    """The name of an enum's member; one with an underscore in front would not be a member."""
    bare = _spelt(name).lstrip("_") if name.startswith("_") else _spelt(name)
    return _free(_started(bare), {*keyword.kwlist, *ENUM_ATTRIBUTES, *taken})


def module(name: str) -> str:
    """One part of a package's path. A module of the standard library would be found instead of ours."""
    return _free(_started(_STRANGE.sub("_", name)), {*keyword.kwlist, *sys.stdlib_module_names})


def _spelt(name: str) -> str:
    plain = _STRANGE.sub("_", name)
    return plain if not plain.startswith("__") else _started(plain.strip("_") + "_")


def _started(name: str) -> str:
    return name if name[:1].isalpha() or name.startswith("_") else f"_{name}"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
