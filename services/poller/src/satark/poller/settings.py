"""The poller's settings: SATARK_POLLER_*, and the names that scripts for this orchestrator commonly use.

They tell of one orchestrator, of several in a file, or of both.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from msgspec import Meta

from satark.poller.orchestrator import Orchestrator, Polling, name_of
from satark.poller.orchestrators import NAME, Found, duplicates, read, shared_mistakes, shared_values
from satark.runtime.settings import Secret, SettingsError, environment

WHOLE = "SATARK_POLLER_*: "
"""What the mistakes begin with that concern more than one variable."""


class PollerSettings(Polling, frozen=True, kw_only=True):
    """Which orchestrators to read, as whom, and how often."""

    vco_url: Annotated[
        str | None, Meta(description="An orchestrator: a host name or a URL; https unless http:// is given.")
    ] = None
    orchestrator: Annotated[
        Annotated[str, Meta(pattern=NAME)] | None,
        Meta(description="Name of that orchestrator in keys and mails; its host when not given."),
    ] = None
    vco_token: Annotated[Secret | None, Meta(description="API token, with or without `Token `; wins over a login.")] = (
        None
    )
    vco_username: Annotated[str | None, Meta(description="User name, where there is no token.")] = None
    vco_password: Annotated[Secret | None, Meta(description="Password of that user.")] = None
    orchestrators_file: Annotated[
        Path | None, Meta(description="TOML file of several orchestrators; what a table lacks is taken from here.")
    ] = None
    heartbeat_url: Annotated[
        Secret | None, Meta(description="URL to ask after each look that read every orchestrator: a dead man's switch.")
    ] = None
    export_links: Annotated[bool, Meta(description="Export each link's newest sample as a metric on the ops port.")] = (
        True
    )

    aliases: ClassVar[Mapping[str, str]] = {
        "VCO_HOSTNAME": "vco_url",
        "VCO_TOKEN": "vco_token",
        "VCO_USERNAME": "vco_username",
        "VCO_PASSWORD": "vco_password",
    }

    def orchestrators(self) -> tuple[Orchestrator, ...]:
        """Return the orchestrators to poll: the one of the environment first, then those of the file, as it is now.

        Raises SettingsError with all mistakes.
        """
        found = self._found()
        if found.mistakes:
            raise SettingsError(WHOLE + mistake for mistake in found.mistakes)
        return tuple(found.rows)

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself, here and in the file."""
        return self._found().mistakes

    def more_secrets(self) -> Iterable[Secret]:
        """Return the credentials of all orchestrators: logs hide them."""
        return [Secret(text) for row in self._found().rows for text in row.secrets]

    def _found(self) -> Found:
        found = Found()
        found.mistakes += self._lonely()
        shared = shared_mistakes(self)
        if (own := self._own()) is not None:
            found.add(own, shared)
        if self.orchestrators_file is not None:
            several = read(self.orchestrators_file, self, environment())
            found.rows += several.rows
            found.mistakes += [mistake for mistake in several.mistakes if mistake not in found.mistakes]
        found.mistakes += duplicates(found.rows)
        return found

    def _own(self) -> Orchestrator | None:
        if self.vco_url is None:
            return None
        return Orchestrator(
            **shared_values(self),
            name=self.orchestrator or _host(self.vco_url),
            url=self.vco_url,
            token=self.vco_token,
            username=self.vco_username,
            password=self.vco_password,
        )

    def _lonely(self) -> Iterable[str]:
        credential = self.vco_token or self.vco_username or self.vco_password
        if self.vco_url is None and credential:
            yield "VCO_URL (or VCO_HOSTNAME) is missing: of what orchestrator are VCO_TOKEN, VCO_USERNAME, VCO_PASSWORD?"
        elif self.vco_url is None and self.orchestrators_file is None:
            yield "neither VCO_URL (or VCO_HOSTNAME), for one orchestrator, nor ORCHESTRATORS_FILE, for several, is given"
        if self.heartbeat_url is not None and not _is_web(self.heartbeat_url.reveal()):
            yield "HEARTBEAT_URL: expected https:// or http:// with a host name"


def _host(url: str) -> str:
    """Return the name that a URL gives its orchestrator; any will do when the URL is wrong, which is told anyway."""
    try:
        return name_of(url)
    except ValueError:
        return "unknown"


def _is_web(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in {"https", "http"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
