"""The notifier's settings."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from satark.notifier.channels.smtp_mechanism import Mechanism
from satark.notifier.channels.smtp_target import Encryption, SmtpTarget, smtp_target
from satark.notifier.mail.addresses import ascii_domain, mailbox
from satark.runtime.settings import Secret

Told = Literal["opened", "raised", "updated", "resolved"]


class NotifierSettings(Struct, frozen=True, kw_only=True):
    """Whom to tell about incidents, through which mail server, and how long to try."""

    aliases: ClassVar[Mapping[str, str]] = {
        "EMAIL_SMTP_SERVER": "smtp_url",
        "EMAIL_SMTP_PORT": "smtp_port",
        "EMAIL_SSL_PORT": "smtp_port",
        "EMAIL_SENDER": "sender",
        "EMAIL_SENDER_PASSWORD": "smtp_password",
        "EMAIL_RECEIVER": "receivers",
    }

    smtp_url: Annotated[
        str,
        Meta(
            description="Mail server: smtps://host:465 (implicit TLS, also for a host alone), "
            "smtp+starttls://user@host:587, or smtp://127.0.0.1:25 (this machine only)."
        ),
    ]
    smtp_port: Annotated[
        Annotated[int, Meta(ge=1, le=65_535)] | None, Meta(description="Port, where smtp_url has none.")
    ] = None
    smtp_password: Annotated[
        Secret | None, Meta(description="Password of the login; the user is smtp_url's, else the sender's address.")
    ] = None
    smtp_ca_file: Annotated[
        Path | None, Meta(description="PEM file of the CA that signed the mail server's certificate.")
    ] = None
    smtp_mechanism: Annotated[
        Mechanism,
        Meta(description="How to log in; xoauth2 takes an OAuth 2.0 token from the password's file, read each time."),
    ] = Mechanism.AUTO
    sender: Annotated[str, Meta(description="Address the mails come from, also as Name <user@host>.")]
    receivers: Annotated[
        tuple[str, ...],
        Meta(description="Addresses to tell, comma separated, where there is no ROUTES.", min_length=1, max_length=100),
    ] = ()
    tell_on: Annotated[
        tuple[Told, ...],
        Meta(
            description="Which incident events to tell: opened, raised (it is graver than was told), updated (any change), "
            "resolved.",
            min_length=1,
            max_length=4,
        ),
    ] = ("opened", "resolved")
    subject_prefix: Annotated[str, Meta(description="Text before every subject.", max_length=40)] = ""
    console_url: Annotated[
        Annotated[str, Meta(pattern="^https?://")] | None,
        Meta(
            description="Link to the incident in each message; {incident} and {entity} in it are replaced. Default: its page in "
            "the console, where SATARK_LINKS_URL says the address."
        ),
    ] = None
    mail_domain: Annotated[
        str | None, Meta(description="Domain of Message-ID, List-Id and EHLO; default: the sender's.")
    ] = None
    retry_after_s: Annotated[
        tuple[Annotated[float, Meta(gt=0, le=86_400)], ...],
        Meta(description="Seconds before each retry, comma separated; the last repeats.", min_length=1, max_length=50),
    ] = (60.0, 300.0, 900.0, 1800.0, 3600.0)
    retry_horizon_s: Annotated[
        float, Meta(description="Seconds after which a mail that is put off again and again is given up.", gt=0)
    ] = 86_400.0
    stale_after_s: Annotated[
        float, Meta(description="An incident that began and ended longer ago than this is not told any more.", gt=0)
    ] = 86_400.0
    stale_settle_s: Annotated[
        float, Meta(description="Seconds that such an old incident waits for its end before it is told.", ge=0)
    ] = 60.0
    group_wait_s: Annotated[
        float,
        Meta(
            description="Seconds that a beginning waits for others of the same site, provider or gateway, which are then "
            "told as one; 0: none.",
            ge=0,
            le=3600,
        ),
    ] = 30.0
    connect_timeout_s: Annotated[float, Meta(description="Longest wait for a connection.", gt=0, le=300)] = 10.0
    command_timeout_s: Annotated[float, Meta(description="Longest wait for a reply.", gt=0, le=300)] = 30.0
    data_timeout_s: Annotated[float, Meta(description="Longest wait for a mail's acceptance.", gt=0, le=600)] = 120.0
    connection_mails: Annotated[
        int, Meta(description="Mails on one connection to the mail server, at most.", ge=1, le=10_000)
    ] = 100
    connection_age_s: Annotated[
        float, Meta(description="Seconds after which a connection carries no more mails.", ge=0, le=3600)
    ] = 300.0
    connection_idle_s: Annotated[
        float, Meta(description="Seconds that a connection is kept without a mail.", ge=0, le=600)
    ] = 20.0
    max_pending: Annotated[
        int, Meta(description="Mails kept waiting before reading incidents pauses.", ge=1, le=1_000_000)
    ] = 10_000
    templates: Annotated[
        Path | None,
        Meta(description="Folder of templates that take the place of built-in ones. Read again when a file changes."),
    ] = None
    routes: Annotated[
        Path | None,
        Meta(description="File of routes (YAML): who is told of what, how and when. Read again when it changes."),
    ] = None
    repeat_interval_s: Annotated[
        float,
        Meta(description="Seconds after which an incident that lasts is told again; 0: never.", ge=0, le=31_536_000),
    ] = 86_400.0
    fallback_after_s: Annotated[
        float,
        Meta(
            description="Seconds that a receiver may refuse; after them its fallback is told, and the receiver is tried on.",
            gt=0,
        ),
    ] = 900.0
    digest_above: Annotated[
        int, Meta(description="More notices than this that wait for one receiver become one digest.", ge=1, le=1000)
    ] = 5
    burst: Annotated[int, Meta(description="Messages that a receiver gets at once.", ge=1, le=1000)] = 10
    messages_per_hour: Annotated[
        float,
        Meta(description="Messages an hour that a receiver gets in the long run; the rest becomes digests.", gt=0),
    ] = 30.0

    @property
    def target(self) -> SmtpTarget:
        """The mail server, with the user that logs in. Raises ValueError for a wrong URL."""
        found = smtp_target(self.smtp_url, port=self.smtp_port)
        user = (found.user or mailbox(self.sender).addr_spec) if self.smtp_password else None
        return SmtpTarget(found.encryption, found.host, found.port, user)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The receivers' addresses, without names. Raises ValueError for what is none."""
        return tuple(mailbox(text).addr_spec for text in self.receivers)

    @property
    def domain(self) -> str:
        """The domain of Message-ID, List-Id and EHLO. Raises ValueError for what is none."""
        return ascii_domain(self.mail_domain) if self.mail_domain else mailbox(self.sender).domain

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        yield from self._server_mistakes()
        yield from self._address_mistakes()
        if not self.receivers and self.routes is None:
            yield "neither RECEIVERS nor ROUTES says whom to tell"
        if self.routes is not None and not self.routes.is_file():
            yield f"ROUTES: there is no file {self.routes}"
        if len(set(self.tell_on)) < len(self.tell_on):
            yield f"TELL_ON names something twice: {', '.join(self.tell_on)}"
        if self.retry_horizon_s < self.retry_after_s[0]:
            yield f"RETRY_HORIZON_S {self.retry_horizon_s} ends before the first retry after {self.retry_after_s[0]}"
        if self.templates is not None and not self.templates.is_dir():
            yield f"TEMPLATES: there is no folder {self.templates}"
        if not self.subject_prefix.isprintable():
            yield "SUBJECT_PREFIX holds control characters"

    def _server_mistakes(self) -> Iterable[str]:
        try:
            target = smtp_target(self.smtp_url, port=self.smtp_port)
        except ValueError as error:
            yield f"SMTP_URL {error}"
            return
        if target.user and not self.smtp_password:
            yield f"SMTP_URL names the user {target.user}, but SMTP_PASSWORD is missing"
        if self.smtp_mechanism is not Mechanism.AUTO and not self.smtp_password:
            yield f"SMTP_MECHANISM is {self.smtp_mechanism}, but SMTP_PASSWORD is missing"
        if self.smtp_ca_file is None:
            return
        if target.encryption is Encryption.NONE:
            yield "SMTP_CA_FILE has no use with smtp://, which is not encrypted"
        elif not self.smtp_ca_file.is_file():
            yield f"SMTP_CA_FILE: there is no file {self.smtp_ca_file}"

    def _address_mistakes(self) -> Iterable[str]:
        seen: set[str] = set()
        for name, text in (("SENDER", self.sender), *(("RECEIVERS", text) for text in self.receivers)):
            try:
                address = mailbox(text).addr_spec.lower()
            except ValueError as error:
                yield f"{name}: {error}"
                continue
            if name == "RECEIVERS" and address in seen:
                yield f"RECEIVERS names {text} twice"
            if name == "RECEIVERS":
                seen.add(address)
        if self.mail_domain:
            try:
                ascii_domain(self.mail_domain)
            except ValueError as error:
                yield f"MAIL_DOMAIN: {error}"
