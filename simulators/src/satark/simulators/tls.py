"""The TLS context of a simulator that was given a certificate."""

import ssl
from pathlib import Path


def server_context(cert_file: Path | None, key_file: Path | None) -> ssl.SSLContext | None:
    """Return a server's TLS context, or None without a certificate.

    Raises ssl.SSLError or OSError for a certificate or key that cannot be used.
    """
    if cert_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert_file, key_file)
    return context
