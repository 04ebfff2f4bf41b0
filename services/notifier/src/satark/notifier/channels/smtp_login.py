"""Logging in to a mail server, with a password that may change with its file."""

from base64 import b64encode

import aiosmtplib

from satark.notifier.channels.smtp_mechanism import Mechanism, mechanisms
from satark.runtime.settings import Secret, read_secret

_NOT_THIS_MECHANISM = frozenset({500, 502, 504, 534})
"""Replies to AUTH that speak of the mechanism. Others speak of the password, and asking again may lock the account."""


class Login:
    """Who logs in, and with what. The password of a file is read again each time: tokens live for an hour."""

    def __init__(self, user: str, password: Secret, mechanism: Mechanism = Mechanism.AUTO) -> None:
        self._user = user
        self._password = password
        self._mechanism = mechanism

    async def perform(self, client: aiosmtplib.SMTP, *, encrypted: bool, local: bool, timeout_s: float) -> None:
        """Log in. Raises LoginError, SettingsError for an unreadable file, and aiosmtplib's errors."""
        if self._password.file is not None:
            file = self._password.file
            self._password = Secret(read_secret("SMTP_PASSWORD_FILE", str(file)), file=file)
        ways = mechanisms(self._mechanism, client.server_auth_methods, encrypted=encrypted, local=local)
        for way in ways:
            try:
                await self._try(client, way, timeout_s)
            except aiosmtplib.SMTPAuthenticationError as error:
                if way is ways[-1] or error.code not in _NOT_THIS_MECHANISM:
                    raise
            else:
                return

    async def _try(self, client: aiosmtplib.SMTP, way: Mechanism, timeout_s: float) -> None:
        auth = {
            Mechanism.PLAIN: client.auth_plain,
            Mechanism.LOGIN: client.auth_login,
            Mechanism.CRAM_MD5: client.auth_crammd5,
            Mechanism.XOAUTH2: client.auth_xoauth2,
        }[way]
        await auth(self._user, self._password.reveal(), timeout=timeout_s)

    def masked(self, text: str) -> str:
        """Return a text without the password, nor what it looks like on the wire."""
        password, user = self._password.reveal(), self._user
        for form in (f"\0{user}\0{password}", f"user={user}\1auth=Bearer {password}\1\1", password):
            text = text.replace(b64encode(form.encode()).decode(), "***").replace(form, "***")
        return text
