"""Events as bytes (WHATWG HTML, 9.2.6). Pure."""

INIT, UPDATE, END_OF_DUMP, RESUMED, STOP = "init", "update", "end-of-dump", "resumed", "stop"


def event(name: str, data: bytes, id_: str = "") -> bytes:
    """Return one event. Line breaks in JSON mean nothing, and would end the line."""
    line = data.replace(b"\r", b" ").replace(b"\n", b" ")
    head = f"id: {id_}\n" if id_ else ""
    return f"{head}event: {name}\ndata: ".encode() + line + b"\n\n"


def heartbeat(id_: str = "") -> bytes:
    """Return a comment, and the id up to which all has been told: no event, but the reader's place is a later one."""
    return b": heartbeat\n" + (f"id: {id_}\n".encode() if id_ else b"") + b"\n"
