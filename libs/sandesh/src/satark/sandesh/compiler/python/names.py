"""Names of the definition as names of Python: the same wherever Python allows it, else with a trailing underscore."""

import keyword
import re
import sys
from collections.abc import Set as AbstractSet

# What any generated class may look up in its own body, however it grows: a field of the same name would hide it.
USED_IN_CLASSES = frozenset(("bool", "dict", "float", "int", "list", "sandesh", "set", "str", "ClassVar"))
# What generated modules look up besides.
USED_IN_MODULES = USED_IN_CLASSES | {
    *("dataclasses", "definitions", "frozenset", "ip_address", "registry", "tuple", "type"),
    *("Final", "IPv4Address", "IPv6Address", "Mapping", "MappingProxyType", "UUID"),
}
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
        *("mro", "name", "numerator", "real", "to_bytes", "value"),
    }
)
_KEYWORDS = frozenset(keyword.kwlist)
_STRANGE = re.compile(r"[^A-Za-z0-9_]")


def attribute(name: str, *taken: AbstractSet[str]) -> str:
    """The attribute of a field: never a keyword, a name in use, a private name, or in `taken`."""
    return _free(_spelt(name), _KEYWORDS, USED_IN_CLASSES, *taken)


def definition(name: str, *taken: AbstractSet[str]) -> str:
    """The name of a class or constant."""
    return _free(_spelt(name), _KEYWORDS, USED_IN_MODULES, *taken)


def member(name: str, *taken: AbstractSet[str]) -> str:
    """The name of an enum's member; one with an underscore in front would not always be a member."""
    return _free(_started(_STRANGE.sub("_", name).lstrip("_")), _KEYWORDS, ENUM_ATTRIBUTES, *taken)


def module(name: str) -> str:
    """One part of a package's path. A module of the standard library would be found instead of ours."""
    return _free(_started(_STRANGE.sub("_", name)), _KEYWORDS, sys.stdlib_module_names)


def package(name: str) -> tuple[str, ...]:
    """A dotted name as a package's path; only its first part can hide a module of the standard library."""
    first, *rest = name.split(".")
    return (module(first), *(_free(_started(_STRANGE.sub("_", each)), _KEYWORDS) for each in rest))


def _spelt(name: str) -> str:
    """Python changes names with two underscores in front, and gives meanings to some that end so as well."""
    plain = _STRANGE.sub("_", name)
    return f"{_started(plain.strip('_'))}_" if plain.startswith("__") else plain


def _started(name: str) -> str:
    return name if name[:1].isalpha() or name.startswith("_") else f"_{name}"


def _free(name: str, *taken: AbstractSet[str]) -> str:
    while any(name in names for names in taken):
        name += "_"
    return name
