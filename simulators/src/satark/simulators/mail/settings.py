"""The settings of `satark catch-mail`: SATARK_CATCH_MAIL_*."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from satark.runtime.settings import Secret
from satark.simulators.addresses import PATTERN, pair_mistakes
from satark.simulators.mail.options import Mode, SmtpOptions


class MailSettings(Struct, frozen=True, kw_only=True):
    """A mail catcher."""

    folder: Annotated[Path, Meta(description="Folder that keeps the mails, one .eml file each.")]
    limit: Annotated[int, Meta(description="How many mails are kept; the oldest go.", ge=1, le=100_000)] = 500
    smtp_listen: Annotated[
        str, Meta(description="host:port to take mails on; port 0 takes a free one.", pattern=PATTERN)
    ] = "127.0.0.1:1025"
    smtp_port_file: Annotated[Path | None, Meta(description="File to write the bound SMTP port to.")] = None
    web_listen: Annotated[str, Meta(description="host:port of the page; port 0 takes a free one.", pattern=PATTERN)] = (
        "127.0.0.1:8025"
    )
    web_port_file: Annotated[Path | None, Meta(description="File to write the page's bound port to.")] = None
    tls: Annotated[Mode, Meta(description="plain, starttls (required then) or implicit.")] = "plain"
    tls_cert_file: Annotated[Path | None, Meta(description="PEM file of the SMTP server's certificate.")] = None
    tls_key_file: Annotated[Path | None, Meta(description="PEM file of the certificate's key.")] = None
    username: Annotated[str | None, Meta(description="User that must log in; without one any login is welcome.")] = None
    password: Annotated[Secret | None, Meta(description="Password of that user.")] = None
    max_mail_bytes: Annotated[int, Meta(description="Largest mail that is taken.", ge=1000, le=50 * 1024 * 1024)] = (
        10 * 1024 * 1024
    )

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself or cannot be read."""
        if (self.username is None) is not (self.password is None):
            yield "USERNAME and PASSWORD go together"
        if (self.tls == "plain") is not (self.tls_cert_file is None):
            yield f"TLS {self.tls} {'needs' if self.tls_cert_file is None else 'has no use for'} TLS_CERT_FILE"
        yield from pair_mistakes(self.tls_cert_file, self.tls_key_file)

    def options(self) -> SmtpOptions:
        """Return how the SMTP server speaks."""
        return SmtpOptions(mode=self.tls, username=self.username, password=self.password, max_bytes=self.max_mail_bytes)
