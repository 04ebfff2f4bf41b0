"""Text on its way into XML and back (clause 3.3).

The originals escape `& ' < >` and leave everything else as it is, control characters included, which XML 1.0 forbids.
Sending, such characters become U+FFFD. Receiving, a message that XML refuses is parsed a second time with them put
into a block of private characters, from which `restore` takes them back.
"""

import re

REPLACEMENT = "\ufffd"
TAKEN = frozenset(("type", "identifier", "xmlns"))
"""Attributes that no annotation can be, because they are on every field, or have a meaning in XML."""

_UNSENDABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_needs_escape = re.compile(f"[&'<>{_UNSENDABLE}]").search
_needs_attribute_escape = re.compile(f'[&"<\t\r\n{_UNSENDABLE}]').search
_has_unsendable = re.compile(f"[{_UNSENDABLE}]").search
_replace_unsendable = re.compile(f"[{_UNSENDABLE}]").sub


def escape(text: str) -> str:
    """Text as the content of an element; what XML cannot carry is replaced."""
    if _needs_escape(text) is None:
        return text
    return _replace_unsendable(REPLACEMENT, escape_markup(text))


def escape_markup(text: str) -> str:
    """Text as the content of an element exactly as the originals write it, whether XML can carry it or not."""
    return text.replace("&", "&amp;").replace("'", "&apos;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """Text as the value of an attribute in double quotes."""
    if _needs_attribute_escape(text) is None:
        return text
    text = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    text = text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
    return _replace_unsendable(REPLACEMENT, text)


def cdata(text: str) -> str:
    """Text as a CDATA section, in two where it holds the section's end."""
    text = _replace_unsendable(REPLACEMENT, text)
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


_BLOCK = 0x10FF00
"""Private characters that stand for U+0001 to U+001F while a message is parsed; nobody is known to send them."""
_CONTROLS = frozenset(range(1, 0x20)) - {0x09, 0x0A}
_HIDE = {code: _BLOCK + code for code in _CONTROLS} | {
    **{_BLOCK + code: REPLACEMENT for code in _CONTROLS},
    **dict.fromkeys((0xFFFE, 0xFFFF), REPLACEMENT),
}
_RESTORE = {_BLOCK + code: code for code in _CONTROLS}
_AMPERSAND_OR_CDATA = re.compile(
    r"<!\[CDATA\[.*?(?:]]>|\Z)|&(?:(?:amp|lt|gt|quot|apos);|#(?:x([0-9a-fA-F]+)|([0-9]+));)?", re.DOTALL
)
_LAST_CODE = 0x10FFFF


def hide(text: str) -> str:
    """A message's text in a form that XML takes: bare ampersands escaped, forbidden characters put aside."""
    return _AMPERSAND_OR_CDATA.sub(_legal, text.translate(_HIDE))


def restore(text: str) -> str:
    """What `hide` put aside, put back."""
    return text.translate(_RESTORE)


def _legal(found: re.Match[str]) -> str:
    hexadecimal, decimal = found.groups()
    if hexadecimal is None and decimal is None:
        return "&amp;" if found[0] == "&" else found[0]
    digits = (hexadecimal or decimal).lstrip("0")[:8]
    code = int(digits or "0", 16 if hexadecimal else 10)
    if code in _CONTROLS:
        return chr(_BLOCK + code)
    is_character = 0 < code <= _LAST_CODE and _has_unsendable(chr(code)) is None
    return found[0] if is_character else REPLACEMENT
