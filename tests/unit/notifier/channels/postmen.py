"""Postmen for servers of the tests, and what they carry."""

import ssl
from pathlib import Path

from satark.notifier.channels.smtp import Keeping, Postman
from satark.notifier.channels.smtp_mechanism import Mechanism
from satark.notifier.channels.smtp_session import Timeouts
from satark.notifier.channels.smtp_target import Encryption, SmtpTarget
from satark.notifier.mail.message import Mail
from satark.runtime.settings import Secret
from tests.support.certificates import Authority
from tests.unit.notifier.channels.mail_server import server_context
from tests.unit.notifier.channels.scripted_server import USER, WORD

LETTER = b"Message-ID: <1@example.net>\r\nSubject: news\r\n\r\n.a line with a dot\r\n"


def letter(content: bytes = LETTER) -> Mail:
    """Return a mail."""
    return Mail("alerts@example.net", "noc@example.net", "<1@example.net>", content)


def postman(
    port: int,
    encryption: Encryption = Encryption.NONE,
    *,
    ca_file: Path | None = None,
    password: Secret | None = None,
    mechanism: Mechanism = Mechanism.AUTO,
    timeout_s: float = 5.0,
    keeping: Keeping | None = None,
) -> Postman:
    """Return a postman for a server of the test, who logs in if there is a password."""
    host = "127.0.0.1" if encryption is Encryption.NONE else "localhost"
    return Postman(
        SmtpTarget(encryption, host, port, USER if password else None),
        helo="notifier.example.net",
        password=password,
        ca_file=ca_file,
        timeouts=Timeouts(timeout_s, timeout_s, timeout_s),
        mechanism=mechanism,
        keeping=keeping,
    )


RIGHT = Secret(WORD)


def tls_of(authority: Authority, *hosts: str) -> ssl.SSLContext:
    """Return a server's TLS context for the given names."""
    identity = authority.issue("mail", hosts=hosts or ("localhost",))
    return server_context(identity.cert_file, identity.key_file)
