"""What people give for an orchestrator's address and token, and what they mean. Pure."""

from urllib.parse import SplitResult, urlsplit


def base_url(text: str) -> str:
    """Return a URL for whatever people give: a bare host, one with a slash, a whole URL, one that ends in /portal/.

    Raises ValueError with a text that does not hold a password.
    """
    url = _split(text.strip())
    if url.scheme not in {"http", "https"}:
        raise ValueError(f"{url.scheme}:// is neither https:// nor http://")
    if "@" in url.netloc:
        raise ValueError("a user name or password in the URL is not accepted: use VCO_USERNAME and VCO_PASSWORD")
    if not url.hostname or any(not c.isprintable() or c.isspace() for c in url.netloc):
        raise ValueError("there is no host name in it")
    if url.query or url.fragment:
        raise ValueError("a URL without ? and # is expected")
    path = url.path.rstrip("/").removesuffix("/portal")
    return f"{url.scheme}://{url.netloc.lower()}{path}"


def _split(text: str) -> SplitResult:
    url = urlsplit(text if "://" in text else f"https://{text}")
    try:
        _ = url.port
    except ValueError as error:
        raise ValueError("the port is not a number from 0 to 65535") from error
    return url


def token_value(text: str) -> str:
    """Return a token without the word before it: people paste `Token abc`, `abc`, even `Token Token abc`."""
    value = text.strip()
    while value[:6].lower() == "token ":
        value = value[6:].strip()
    return value
