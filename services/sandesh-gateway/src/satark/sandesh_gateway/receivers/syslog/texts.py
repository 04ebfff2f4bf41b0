"""Bytes that should be UTF-8 as text, without loss and without an error. Pure."""


def decoded(raw: bytes) -> str:
    """Return the text; a byte that is not UTF-8 becomes a lone surrogate, which `legible` writes out."""
    return raw.decode(errors="surrogateescape")


def is_utf8(text: str) -> bool:
    """Return whether a text of `decoded` was UTF-8."""
    return text.isascii() or not any("\udc80" <= char <= "\udcff" for char in text)


def legible(text: str) -> str:
    r"""Return a text of `decoded` with each byte that was not UTF-8 written out, as in `caf\xe9`."""
    if is_utf8(text):
        return text
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
