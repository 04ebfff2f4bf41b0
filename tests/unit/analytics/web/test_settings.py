from pathlib import Path

import pytest

from satark.analytics.web.settings import WebSettings
from tests.support.certificates import Authority


def mistakes(**given: object) -> list[str]:
    """Return what is wrong with settings."""
    return list(WebSettings(**given).web_mistakes())  # type: ignore[arg-type]


class TestWebSettings:
    @pytest.mark.parametrize("listen", ["127.0.0.1:8081", "localhost:0", "[::1]:8081"])
    def test_without_credentials_on_this_machine(self, listen: str) -> None:
        """On a loopback address nobody need say who they are."""
        assert mistakes(listen=listen, loopback_listen="127.0.0.1:8181") == []

    @pytest.mark.parametrize("listen", ["0.0.0.0:8081", "192.0.2.1:8081", "[::]:8081", "analytics.example.net:8081"])
    def test_without_credentials_on_the_network(self, listen: str) -> None:
        """An address that others reach needs credentials."""
        assert mistakes(listen=listen) == [
            f"LISTEN: {listen} can be reached by others: give CREDENTIALS_FILE, or a loopback address"
        ]

    def test_with_credentials_on_the_network(self, tmp_path: Path) -> None:
        """With credentials any address will do; the second one is for this machine in any case."""
        path = tmp_path / "credentials"
        path.write_text("read viewer hunter2hunter2")

        assert mistakes(listen="0.0.0.0:8081", credentials_file=path) == []
        assert mistakes(loopback_listen="0.0.0.0:8181", credentials_file=path) == [
            "LOOPBACK_LISTEN: 0.0.0.0:8181 can be reached by others, and has no TLS"
        ]

    def test_wrong_credentials(self, tmp_path: Path) -> None:
        """A file of credentials that cannot be used is told before anything starts."""
        path = tmp_path / "credentials"
        assert mistakes(credentials_file=path) == [
            f"CREDENTIALS_FILE: {path} cannot be read: No such file or directory"
        ]

    def test_wrong_words(self) -> None:
        """What is no address is told."""
        assert mistakes(listen="here") == ["LISTEN: 'here' is not host:port"]

    def test_tls_files(self, tmp_path: Path) -> None:
        """A certificate and its key go together, and must fit."""
        authority = Authority(tmp_path)
        mine, other = authority.issue("mine"), authority.issue("other")

        assert mistakes(cert_file=mine.cert_file) == ["CERT_FILE and KEY_FILE go together"]
        assert mistakes(cert_file=mine.cert_file, key_file=mine.key_file) == []
        assert "do not work together" in mistakes(cert_file=mine.cert_file, key_file=other.key_file)[0]
