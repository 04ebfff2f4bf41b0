"""Syntax errors in words: what the parser would have taken, said as a person would."""

from collections.abc import Set as AbstractSet

from lark import Token

from satark.sandesh.idl.ast import Kind
from satark.sandesh.idl.errors import cut, one_of, printable
from satark.sandesh.idl.words import did_you_mean

_END = "$END"
_TYPE = {"IDENT", "BASE", "LIST", "SET", "MAP"}
_NUMBER = {"INT", "TRUE", "FALSE"}
DEFINITIONS = {"CONST", "TYPEDEF", "ENUM", "SENUM", "STRUCT", "UNION", "EXCEPTION", "SERVICE", "KIND"}
# What a set of tokens is called; the first that is there as a whole is taken, and its tokens with it.
_PHRASES: tuple[tuple[set[str], str], ...] = (
    (DEFINITIONS, "a definition"),
    (_TYPE | {"VOID", "ONEWAY"}, "a function"),
    (_TYPE | {"VOID"}, "a type"),
    (_TYPE | _NUMBER | {"REQUIRED", "OPTIONAL"}, "a field"),
    (_NUMBER | {"DOUBLE", "STRING", "IDENT", "LSQB", "LBRACE"}, "a value"),
    (_TYPE, "a type"),
    (_NUMBER, "a number"),
    ({"COMMA", "SEMICOLON"}, "a separator"),
)
_WORDS = {
    _END: "the next definition",
    "IDENT": "a name",
    "ST_IDENT": "a name",
    "STRING": "text in quotes",
    "STAR": '"*"',
    "BASE": "a base type",
    "EQUAL": '"="',
    "COLON": '":"',
    "LBRACE": '"{"',
    "RBRACE": '"}"',
    "LPAR": '"("',
    "RPAR": '")"',
    "LSQB": '"["',
    "RSQB": '"]"',
    "LESSTHAN": '"<"',
    "MORETHAN": '">"',
    "COMMA": '","',
    "SEMICOLON": '";"',
    "INT": "a number",
    "DOUBLE": "a number",
}
# Legal in many places and meant in none.
_RARE = {"LPAR", "XSD_ALL", "XSD_OPTIONAL", "XSD_NILLABLE", "XSD_ATTRS", "CPP_TYPE"}
_NAMES = {"IDENT", "ST_IDENT"}
_PLAIN = set(_WORDS) - {"BASE"}
_STARTING_WORDS = (*Kind, "const", "typedef", "enum", "senum", "struct", "union", "exception", "service", "include")


def expectation(terminals: AbstractSet[str]) -> str:
    """Return `a field or }` and the like for the terminals that may come next."""
    left = set(terminals) - _RARE or set(terminals)
    said = []
    for group, phrase in _PHRASES:
        if group <= left:
            said.append(phrase)
            left -= group
    said += sorted({_WORDS.get(name, f'"{name.lower()}"') for name in left})
    return one_of(dict.fromkeys(said))


def finding(token: Token | None) -> str:
    """Return how a token is named in a message; None is the end of the file."""
    if token is None:
        return "the end of the file"
    text = cut(printable(token), 40)
    return f"the text {text}" if token.type == "STRING" else f'"{text}"'


def advice(token: Token | None, after: Token | None, terminals: AbstractSet[str]) -> str:
    """Return what to do about a token that none of `terminals` is; `after` is the token behind it."""
    hint = ""
    match token:
        case None:
            pass
        case Token(type="COMMA" | "SEMICOLON"):
            hint = (
                "no separator after a definition" if _END in terminals else "at most one separator between two things"
            )
        case Token(type="VOID"):
            hint = "void is only the result of a service's function"
        case Token(type="SANDESH") if _is_start(terminals):
            hint = f"write its kind before it: {', '.join(Kind)}"
        case Token(type="IDENT") if _is_start(terminals):
            kinds = f"kinds of messages: {', '.join(Kind)}" if after is not None and after.type == "SANDESH" else ""
            hint = did_you_mean(token, _STARTING_WORDS) or kinds
        case Token(type="ST_IDENT"):
            hint = "a name has letters, digits and _"
        case Token(type="RPAR") if terminals == {"EQUAL"}:
            hint = 'an annotation is name="value"'
        case _ if "IDENT" in terminals and token.type not in _PLAIN:
            hint = f'"{token}" is a word of the language and cannot be a name'
        case _ if terminals == {"STRING"}:
            hint = "write it in quotes"
    return hint


def _is_start(terminals: AbstractSet[str]) -> bool:
    return _END in terminals or terminals >= DEFINITIONS
