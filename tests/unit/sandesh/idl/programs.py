"""Any program there can be, as hypothesis strategies: syntax only, names mean nothing."""

from hypothesis import strategies as st

from satark.sandesh.idl import ast
from satark.sandesh.idl.doctext import clean
from satark.sandesh.idl.lexer import lex
from satark.sandesh.idl.printer import _doc
from satark.sandesh.idl.words import RESERVED

MAX_LEAVES = 6


def is_name(text: str) -> bool:
    """Tell whether a text is one identifier and no word of the language."""
    return [token.type for token in lex(text)] == ["IDENT"] and text not in RESERVED


def canonical(text: str) -> str:
    """Return a doc comment's text as reading it leaves it."""
    return clean("\n".join(_doc(text)) or "/** */")


names = st.from_regex(r"[A-Za-z_][A-Za-z_0-9.]{0,8}", fullmatch=True).filter(is_name)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
docs = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30).map(
    canonical
).map(
    lambda text: text or None,
)
annotations = st.lists(st.builds(ast.Annotation, names, texts), max_size=3).map(tuple)
cpp_types = st.none() | texts
numbers = st.integers(-(2**63), 2**64 - 1)
ids = st.none() | st.integers(-5, 40000)

types: st.SearchStrategy[ast.Type] = st.recursive(
    st.builds(ast.BaseType, st.sampled_from(ast.Base), annotations) | st.builds(ast.NamedType, names),
    lambda inner: (
        st.builds(ast.ListOf, inner, cpp_types, annotations)
        | st.builds(ast.SetOf, inner, cpp_types, annotations)
        | st.builds(ast.MapOf, inner, inner, cpp_types, annotations)
    ),
    max_leaves=MAX_LEAVES,
)

values: st.SearchStrategy[ast.Value] = st.recursive(
    st.builds(ast.IntValue, numbers)
    | st.builds(ast.DoubleValue, st.floats(allow_nan=False, allow_infinity=False))
    | st.builds(ast.StringValue, texts)
    | st.builds(ast.NameValue, names),
    lambda inner: (
        st.builds(ast.ListValue, st.lists(inner, max_size=3).map(tuple))
        | st.builds(ast.MapValue, st.lists(st.tuples(inner, inner), max_size=3).map(tuple))
    ),
    max_leaves=MAX_LEAVES,
)


def _fields(inner: st.SearchStrategy[tuple[ast.Field, ...] | None]) -> st.SearchStrategy[ast.Field]:
    return st.builds(
        ast.Field,
        id=ids,
        name=names,
        type=types,
        requiredness=st.sampled_from(ast.Requiredness),
        default=st.none() | values,
        annotations=annotations,
        xsd_optional=st.booleans(),
        xsd_nillable=st.booleans(),
        xsd_attrs=inner,
        doc=docs,
    )


fields = _fields(st.none() | st.lists(_fields(st.none()), max_size=2).map(tuple))
field_lists = st.lists(fields, max_size=3).map(tuple)
text_fields = st.builds(ast.TextField, ids, texts, docs)

headers: st.SearchStrategy[ast.Header] = (
    st.builds(ast.Include, texts)
    | st.builds(ast.CppInclude, texts)
    | st.builds(ast.Namespace, names | st.just("*"), names)
    | st.builds(ast.OldNamespace, st.sampled_from(["py_module", "php_namespace", "smalltalk_category"]), names)
    | st.builds(ast.OldNamespace, st.just("xsd_namespace"), texts)
)
members = st.builds(ast.EnumMember, names, st.none() | numbers, docs)
functions = st.builds(
    ast.Function,
    name=names,
    result=st.none() | types,
    parameters=field_lists,
    throws=st.none() | field_lists,
    oneway=st.booleans(),
    doc=docs,
)
definitions: st.SearchStrategy[ast.Definition] = st.one_of(
    st.builds(ast.Const, names, types, values, docs),
    st.builds(ast.Typedef, names, types, docs),
    st.builds(ast.EnumDef, names, st.lists(members, max_size=3).map(tuple), docs),
    st.builds(ast.Senum, names, st.lists(texts, max_size=3).map(tuple), docs),
    st.builds(
        ast.StructDef,
        st.sampled_from([ast.StructKind.STRUCT, ast.StructKind.UNION]),
        names,
        field_lists,
        annotations,
        st.booleans(),
        docs,
    ),
    st.builds(ast.StructDef, st.just(ast.StructKind.EXCEPTION), names, field_lists, doc=docs),
    st.builds(ast.Service, names, st.lists(functions, max_size=2).map(tuple), st.none() | names, docs),
    st.builds(
        ast.SandeshDef,
        st.sampled_from(ast.Kind),
        names,
        st.lists(fields | text_fields, max_size=3).map(tuple),
        annotations,
        docs,
    ),
)
programs = st.builds(
    ast.Program,
    file=st.just("<text>"),
    headers=st.lists(headers, max_size=3).map(tuple),
    definitions=st.lists(definitions, max_size=4).map(tuple),
    doc=docs,
)
