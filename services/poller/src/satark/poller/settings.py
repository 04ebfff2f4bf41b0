"""The poller's settings: SATARK_POLLER_*, and the names that scripts for this orchestrator commonly use."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import SplitResult, urlsplit

from msgspec import Meta, Struct

from satark.poller.schedule import Rules
from satark.runtime.settings import Secret

DAY_S = 86_400


class PollerSettings(Struct, frozen=True, kw_only=True):
    """Which orchestrator to read, as whom, and how often."""

    vco_url: Annotated[str, Meta(description="The orchestrator: a host name or a URL; https unless http:// is given.")]
    orchestrator: Annotated[
        Annotated[str, Meta(pattern=r"^[^\s/]{1,128}$")] | None,
        Meta(description="Name of the orchestrator in keys and mails; its host when not given."),
    ] = None
    vco_token: Annotated[Secret | None, Meta(description="API token, with or without `Token `; wins over a login.")] = (
        None
    )
    vco_username: Annotated[str | None, Meta(description="User name, where there is no token.")] = None
    vco_password: Annotated[Secret | None, Meta(description="Password of that user.")] = None
    login: Annotated[
        Literal["auto", "enterprise", "operator"],
        Meta(
            description="Login page: enterprise (customers, partners), operator, or auto (enterprise, then operator)."
        ),
    ] = "auto"
    ca_file: Annotated[
        Path | None, Meta(description="PEM file of the CA that signed the orchestrator's certificate.")
    ] = None
    verify: Annotated[bool, Meta(description="Check the certificate; false is for a laboratory only.")] = True
    allow_plain_http: Annotated[
        bool, Meta(description="Allow http:// to other hosts than loopback; the credential travels in the clear.")
    ] = False
    enterprises: Annotated[
        tuple[str, ...], Meta(description="Enterprises to read: names or ids, * and ? match; all when empty.")
    ] = ()
    interval_s: Annotated[float, Meta(description="Longest time between two looks, in seconds.", gt=0)] = 300.0
    sample_s: Annotated[int, Meta(description="Length of a sample in seconds, whole minutes.", ge=60, le=DAY_S)] = 300
    data_delay_s: Annotated[
        float, Meta(description="The orchestrator needs so many seconds until a sample is complete.", ge=0, le=DAY_S)
    ] = 600.0
    backfill_s: Annotated[int, Meta(description="Seconds to read back on the first start.", ge=0)] = 3_900
    max_backfill_s: Annotated[int, Meta(description="Seconds to read back at most after an outage.", ge=0)] = DAY_S
    late_buckets: Annotated[int, Meta(description="Samples to read again for late data.", ge=0, le=288)] = 2
    concurrency: Annotated[int, Meta(description="Requests at the same time.", ge=1, le=4)] = 2
    connect_timeout_s: Annotated[float, Meta(description="Seconds to wait for a connection.", gt=0)] = 5.0
    read_timeout_s: Annotated[float, Meta(description="Seconds to wait for an answer.", gt=0)] = 60.0
    retries: Annotated[int, Meta(description="Times to ask again within a look.", ge=0, le=10)] = 3
    max_response_bytes: Annotated[int, Meta(description="Largest answer to read, in bytes.", ge=1_000)] = 64_000_000

    aliases: ClassVar[Mapping[str, str]] = {
        "VCO_HOSTNAME": "vco_url",
        "VCO_TOKEN": "vco_token",
        "VCO_USERNAME": "vco_username",
        "VCO_PASSWORD": "vco_password",
    }

    @property
    def base_url(self) -> str:
        """The orchestrator's URL without a slash at the end."""
        return base_url(self.vco_url)

    @property
    def name(self) -> str:
        """The orchestrator's name in keys, labels and logs."""
        return self.orchestrator or urlsplit(self.base_url).netloc

    @property
    def rules(self) -> Rules:
        """When to read what."""
        return Rules(
            interval_s=self.interval_s,
            sample_s=self.sample_s,
            data_delay_s=self.data_delay_s,
            backfill_s=self.backfill_s,
            max_backfill_s=self.max_backfill_s,
            late_buckets=self.late_buckets,
        )

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        yield from self._url_mistakes()
        if self.vco_token is None and not (self.vco_username or self.vco_password):
            yield "either VCO_TOKEN, or VCO_USERNAME and VCO_PASSWORD, must be given"
        elif self.vco_token is None and not (self.vco_username and self.vco_password):
            yield "VCO_USERNAME and VCO_PASSWORD go together"
        if self.vco_token is not None and not token_value(self.vco_token.reveal()).isprintable():
            yield "VCO_TOKEN holds characters that no token has"
        if self.sample_s % 60 or DAY_S % self.sample_s:
            yield f"SAMPLE_S must be whole minutes that divide a day, not {self.sample_s}"
        if self.max_backfill_s < self.backfill_s:
            yield f"MAX_BACKFILL_S ({self.max_backfill_s}) must not be less than BACKFILL_S ({self.backfill_s})"
        if self.ca_file is not None and not self.verify:
            yield "CA_FILE has no use with VERIFY false"

    def _url_mistakes(self) -> Iterable[str]:
        try:
            url = urlsplit(base_url(self.vco_url))
        except ValueError as error:
            yield f"VCO_URL: {error}"
            return
        if url.scheme == "http" and not (self.allow_plain_http or is_loopback(url.hostname or "")):
            yield "VCO_URL: plain http:// is for loopback only; use https:// (or set ALLOW_PLAIN_HTTP)"


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


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def token_value(text: str) -> str:
    """Return a token without the word before it: people paste `Token abc`, `abc`, even `Token Token abc`."""
    value = text.strip()
    while value[:6].lower() == "token ":
        value = value[6:].strip()
    return value
