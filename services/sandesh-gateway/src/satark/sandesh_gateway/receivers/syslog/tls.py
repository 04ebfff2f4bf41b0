"""The TLS context of the server, from the settings' files."""

import ssl
from pathlib import Path
from typing import Literal

Clients = Literal["required", "optional", "ignored"]

_VERIFY = {"required": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL, "ignored": ssl.CERT_NONE}


def server_context(
    cert_file: Path | None, key_file: Path | None, ca_file: Path | None, clients: Clients
) -> ssl.SSLContext:
    """Return a server's context: TLS 1.2 or newer, senders' certificates as wanted.

    Only the given CA is believed, never the system's: it tells whose certificates are senders'.
    Raises OSError (of which ssl.SSLError is one) for files that are missing or cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = _VERIFY[clients]
    if cert_file and key_file:
        # Without a password OpenSSL would ask the terminal for one, and the process would hang.
        context.load_cert_chain(cert_file, key_file, password="")
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
