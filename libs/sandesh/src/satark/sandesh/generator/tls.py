"""TLS of sessions, both ends verified, and of introspect (clause 4.6)."""

import ssl
from pathlib import Path


def client_context(ca_file: Path, *, cert_file: Path | None = None, key_file: Path | None = None) -> ssl.SSLContext:
    """A generator's: the collector must have a certificate of this authority for the host that was asked for."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file is not None:
        context.load_cert_chain(str(cert_file), None if key_file is None else str(key_file))
    return context


def server_context(ca_file: Path, cert_file: Path, key_file: Path | None = None) -> ssl.SSLContext:
    """A collector's: a generator must have a certificate of this authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(str(cert_file), None if key_file is None else str(key_file))
    return context


def introspect_context(cert_file: Path, key_file: Path | None = None, *, ca_file: Path | None = None) -> ssl.SSLContext:
    """An introspect server's: who asks must have a certificate of `ca_file`; without one, anybody may."""
    if ca_file is not None:
        return server_context(ca_file, cert_file, key_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(cert_file), None if key_file is None else str(key_file))
    return context
