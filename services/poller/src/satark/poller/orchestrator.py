"""One orchestrator to poll: where it is, who one is there, what to read of it, and how hard to press."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from satark.poller.address import base_url, token_value
from satark.poller.schedule import Rules
from satark.runtime.hosts import is_loopback
from satark.runtime.settings import Secret

DAY_S = 86_400


class Polling(Struct, frozen=True, kw_only=True):
    """What may differ from one orchestrator to the next, and has a default."""

    driver: Annotated[
        str,
        Meta(
            description="velocloud-v1 (portal API), velocloud-v2 (REST), auto (finds out which), mapped (by a mapping file)."
        ),
    ] = "auto"
    source: Annotated[
        Literal["stats", "quality"],
        Meta(
            description="stats: means of five minutes, one call for all links. quality: quality events, one call an edge (v1)."
        ),
    ] = "stats"
    mapping_file: Annotated[
        Path | None, Meta(description="YAML file that says how to read another vendor's API; for the driver mapped.")
    ] = None
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
    exclude_enterprises: Annotated[
        tuple[str, ...],
        Meta(description="Enterprises not to read: names or ids, * and ? match. Wins over ENTERPRISES."),
    ] = ()
    interval_s: Annotated[float, Meta(description="Longest time between two looks, in seconds.", gt=0)] = 300.0
    sample_s: Annotated[int, Meta(description="Length of a sample in seconds, whole minutes.", ge=60, le=DAY_S)] = 300
    data_delay_s: Annotated[
        float,
        Meta(description="A sample is complete after so many seconds at the earliest; more is learnt.", ge=0, le=DAY_S),
    ] = 600.0
    max_data_delay_s: Annotated[
        float, Meta(description="Data that is later than this counts as missing, in seconds.", ge=0, le=DAY_S)
    ] = 1_800.0
    backfill_s: Annotated[int, Meta(description="Seconds to read back on the first start.", ge=0)] = 3_900
    max_backfill_s: Annotated[int, Meta(description="Seconds to read back at most after an outage.", ge=0)] = DAY_S
    backfilled_after_s: Annotated[
        float,
        Meta(description="Samples that are so much later than usual page nobody: they are marked as backfilled.", ge=0),
    ] = 1_800.0
    events: Annotated[bool, Meta(description="Publish the orchestrator's own events as messages.")] = True
    concurrency: Annotated[int, Meta(description="Requests at the same time.", ge=1, le=4)] = 2
    requests_per_s: Annotated[
        float, Meta(description="Requests a second over a longer time, at most.", gt=0, le=1_000)
    ] = 3.0
    connect_timeout_s: Annotated[float, Meta(description="Seconds to wait for a connection.", gt=0)] = 5.0
    read_timeout_s: Annotated[float, Meta(description="Seconds to wait for an answer.", gt=0)] = 60.0
    retries: Annotated[int, Meta(description="Times to ask again within a look.", ge=0, le=10)] = 3
    max_response_bytes: Annotated[int, Meta(description="Largest answer to read, in bytes.", ge=1_000)] = 64_000_000

    @property
    def rules(self) -> Rules:
        """When to read what."""
        return Rules(
            interval_s=self.interval_s,
            sample_s=self.sample_s,
            data_delay_s=self.data_delay_s,
            max_data_delay_s=self.max_data_delay_s,
            backfilled_after_s=self.backfilled_after_s,
            backfill_s=self.backfill_s,
            max_backfill_s=self.max_backfill_s,
        )

    def time_mistakes(self) -> Iterable[str]:
        """Return what is wrong with the times, by the settings' names."""
        if self.sample_s % 60 or DAY_S % self.sample_s:
            yield f"SAMPLE_S must be whole minutes that divide a day, not {self.sample_s}"
        if self.max_backfill_s < self.backfill_s:
            yield f"MAX_BACKFILL_S ({self.max_backfill_s}) must not be less than BACKFILL_S ({self.backfill_s})"
        if self.max_data_delay_s < self.data_delay_s:
            yield f"MAX_DATA_DELAY_S ({self.max_data_delay_s}) must not be less than DATA_DELAY_S ({self.data_delay_s})"


class Orchestrator(Polling, frozen=True, kw_only=True):
    """An orchestrator, complete: what a worker is made from."""

    name: str
    url: str
    token: Secret | None = None
    username: str | None = None
    password: Secret | None = None

    @property
    def base_url(self) -> str:
        """The orchestrator's URL without a slash at the end."""
        return base_url(self.url)

    @property
    def bare_token(self) -> str:
        """The token without the word before it, empty without one."""
        return token_value(self.token.reveal()) if self.token else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that no message may hold."""
        password = self.password.reveal() if self.password else ""
        return tuple(text for text in (self.bare_token, password) if text)

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself; names are those of the settings, without their prefix."""
        yield from self._url_mistakes()
        yield from self._credential_mistakes()
        yield from self.time_mistakes()
        if self.ca_file is not None and not self.verify:
            yield "CA_FILE has no use with VERIFY false"
        if self.driver == "mapped" and self.mapping_file is None:
            yield "MAPPING_FILE is needed by the driver mapped"

    def _credential_mistakes(self) -> Iterable[str]:
        if self.token is None and self.driver != "mapped" and not (self.username or self.password):
            yield "either VCO_TOKEN, or VCO_USERNAME and VCO_PASSWORD, must be given"
        elif self.token is None and (self.username is None) is not (self.password is None):
            yield "VCO_USERNAME and VCO_PASSWORD go together"
        if self.token is not None and not (self.bare_token.isprintable() and self.bare_token.isascii()):
            yield "VCO_TOKEN holds characters that no token has"

    def _url_mistakes(self) -> Iterable[str]:
        try:
            url = urlsplit(base_url(self.url))
        except ValueError as error:
            yield f"VCO_URL: {error}"
            return
        if url.scheme == "http" and not (self.allow_plain_http or is_loopback(url.hostname or "")):
            yield "VCO_URL: plain http:// is for loopback only; use https:// (or set ALLOW_PLAIN_HTTP)"


def name_of(url: str) -> str:
    """Return the name of an orchestrator that was given none: its host and port. Raises ValueError."""
    return urlsplit(base_url(url)).netloc
