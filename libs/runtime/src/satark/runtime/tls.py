"""TLS towards the brokers, from the settings."""

import ssl
from pathlib import Path


def client_context(ca_file: Path | None, cert_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    """Return a TLS context (1.2 or newer, host names verified).

    Raises OSError (of which ssl.SSLError is one) for a file that is missing, no PEM, or a key that needs a password.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file and key_file:
        # Without a password OpenSSL would ask the terminal for one, and the process would hang.
        context.load_cert_chain(cert_file, key_file, password="")
    return context


def tls_mistakes(ca_file: Path | None, cert_file: Path | None, key_file: Path | None) -> list[str]:
    """Return what is wrong with the files, one line each; none when a context can be made of them."""
    files = {"CA_FILE": ca_file, "CERT_FILE": cert_file, "KEY_FILE": key_file}
    missing = [f"{name}: {path} is no readable file" for name, path in files.items() if path and not _readable(path)]
    if missing:
        return missing
    try:
        client_context(ca_file, None, None)
    except OSError as error:
        return [f"CA_FILE: {ca_file} is no PEM file of certificates ({_why(error)})"]
    try:
        client_context(None, cert_file, key_file)
    except OSError as error:
        return [f"CERT_FILE and KEY_FILE: {cert_file} and {key_file} do not work together ({_why(error)})"]
    return []


def _readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def _why(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or str(error)
