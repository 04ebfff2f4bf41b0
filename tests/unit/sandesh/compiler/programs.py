"""Programs to compile: the one with every construct, and any that hypothesis thinks of."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from hypothesis import strategies as st

from satark.sandesh.idl import Bundle, load, load_texts
from tests.support.environment import REPOSITORY

DATA = REPOSITORY / "tests" / "data" / "sandesh" / "compiler"
EVERYTHING = DATA / "everything.sandesh"


def everything() -> Bundle:
    """The program that has every construct once."""
    return load(EVERYTHING)


def program(text: str, **included: str) -> Bundle:
    """A program from text; included files by name."""
    return load_texts({"t.sandesh": text, **{f"{name}.sandesh": each for name, each in included.items()}}, "t.sandesh")


def save(files: Mapping[str, str], directory: Path) -> None:
    """Write files without the compiler's own writer."""
    for path, text in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


@contextmanager
def importable(directory: Path) -> Iterator[None]:
    """Let packages below a directory be imported, and forget them afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(directory))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(directory))
        for name in set(sys.modules) - before:
            if str(directory) in str(getattr(sys.modules[name], "__file__", None) or ""):
                del sys.modules[name]


def imported(files: Mapping[str, str], directory: Path, package: str) -> ModuleType:
    """The package that generated files make."""
    save(files, directory)
    with importable(directory):
        return importlib.import_module(package)


# Names that are good in the language and awkward in Python, and a few plain ones.
NAMES = st.sampled_from(
    [
        *(
            "from_x",
            "None",
            "async",
            "str",
            "int",
            "dict",
            "UUID",
            "ClassVar",
            "dataclasses",
            "type",
            "name",
        ),
        *("value", "values", "real", "_x", "__x", "__x__", "__init__", "__sandesh__", "_", "__", "mro", "id", "data"),
        *(
            "match",
            "Field",
            "Layout",
            "Final",
            "Mapping",
            "registry",
            "definitions",
            "tuple",
            "X",
            "T1",
            "T2",
            "E1",
            "tt",
        ),
        *(
            "ip_address",
            "satark",
            "nonlocal",
            "True_",
            "field_",
            "annotations",
            "a_name_that_is_rather_long_for_a_field_of_a_struct",
        ),
    ]
)
BASES = ("bool", "byte", "i16", "i32", "i64", "u16", "u32", "u64", "double", "string", "binary", "slist", "xml", "ipv4")
SCALARS = st.sampled_from([*BASES, "ipaddr", "ct_uuid_t"])
DOCS = st.text(max_size=30).map(lambda text: "" if "*/" in text or "\0" in text else f"/** {text} */\n")
LITERALS = st.text(st.characters(exclude_characters="\\\"'\r\n\0\ufeff", exclude_categories=["Cs"]), max_size=12)


@st.composite
def _types(draw: st.DrawFn, named: tuple[str, ...]) -> str:
    leaf = st.sampled_from(named) | SCALARS if named else SCALARS
    return draw(
        st.recursive(
            leaf,
            lambda inner: (
                inner.map(lambda each: f"list<{each}>")
                | inner.map(lambda each: f"set<{each}>")
                | st.tuples(st.sampled_from(["string", "i32", "u64", "ct_uuid_t"]), inner).map(
                    lambda both: f"map<{both[0]}, {both[1]}>"
                )
            ),
            max_leaves=3,
        )
    )


@st.composite
def _fields(draw: st.DrawFn, named: tuple[str, ...], qualifiers: tuple[str, ...]) -> str:
    lines = []
    for at, name in enumerate(draw(st.lists(NAMES, unique=True, max_size=5)), start=1):
        qualifier = draw(st.sampled_from(qualifiers))
        notes = f' (link="{draw(LITERALS)}")' if draw(st.booleans()) else ""
        lines.append(f"{draw(DOCS)}{at}: {qualifier}{draw(_types(named))} {name}{notes}\n")
    return "".join(lines)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A legal program."""
    parts: list[str] = []
    types: tuple[str, ...] = ()
    for name in draw(st.lists(NAMES, unique=True, max_size=8)):
        kind = draw(st.sampled_from(["enum", "struct", "const", "systemlog", "request", "response", "trace"]))
        doc = draw(DOCS)
        if kind == "enum":
            members = draw(st.lists(NAMES, unique=True, min_size=1, max_size=4))
            parts.append(f"{doc}enum {name} {{ {', '.join(members)} }}\n")
            types = (*types, name)
        elif kind == "struct":
            parts.append(f"{doc}struct {name} {{\n{draw(_fields(types, ('', 'optional ', 'required ')))}}}\n")
            types = (*types, name)
        elif kind == "const":
            parts.append(f'{doc}const string {name} = "{draw(LITERALS)}"\n')
        else:
            qualifiers = ("", "optional ") if kind in {"request", "response"} else ("",)
            text = "" if kind == "request" else f'9: "{draw(LITERALS)}"\n'
            parts.append(f"{doc}{kind} sandesh {name} {{\n{draw(_fields(types, qualifiers))}{text}}}\n")
    return "".join(parts)
