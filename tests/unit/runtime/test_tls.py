import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from satark.runtime.tls import client_context, tls_mistakes
from tests.support.certificates import Authority, Identity


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of this module."""
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def client(authority: Authority) -> Identity:
    """A client's certificate."""
    return authority.issue("client")


class TestClientContext:
    def test_hosts_are_verified(self, authority: Authority, client: Identity) -> None:
        """A context verifies host names and speaks TLS 1.2 or newer."""
        context = client_context(authority.ca_file, client.cert_file, client.key_file)

        assert context.check_hostname
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2

    def test_a_locked_key_does_not_ask_the_terminal(self, client: Identity, tmp_path: Path) -> None:
        """A key with a password is refused at once."""
        key = serialization.load_pem_private_key(client.key_file.read_bytes(), None)
        locked = tmp_path / "locked.pem"
        locked.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(b"password"),
            )
        )

        with pytest.raises(OSError):  # noqa: PT011 - its words are OpenSSL's
            client_context(None, client.cert_file, locked)


class TestTlsMistakes:
    def test_working_files_are_fine(self, authority: Authority, client: Identity) -> None:
        """Files that make a context are no mistake, and neither is none at all."""
        assert tls_mistakes(authority.ca_file, client.cert_file, client.key_file) == []
        assert tls_mistakes(None, None, None) == []

    def test_every_missing_file_is_told(self, tmp_path: Path) -> None:
        """Each file that cannot be read is told by its setting."""
        absent = tmp_path / "absent"

        assert tls_mistakes(absent, absent, tmp_path) == [
            f"CA_FILE: {absent} is no readable file",
            f"CERT_FILE: {absent} is no readable file",
            f"KEY_FILE: {tmp_path} is no readable file",
        ]

    def test_something_else_than_pem_is_told(self, tmp_path: Path, client: Identity) -> None:
        """A file that holds no certificates is told by its setting."""
        text = tmp_path / "text"
        text.write_text("hello")

        assert tls_mistakes(text, None, None)[0].startswith(f"CA_FILE: {text} is no PEM file of certificates (")
        assert "do not work together" in tls_mistakes(None, client.cert_file, text)[0]
        assert "do not work together" in tls_mistakes(None, text, client.key_file)[0]

    def test_a_key_of_another_certificate_is_told(self, authority: Authority, client: Identity) -> None:
        """A certificate and a key that are no pair are told."""
        other = authority.issue("other")

        told = tls_mistakes(authority.ca_file, client.cert_file, other.key_file)

        assert told == [
            f"CERT_FILE and KEY_FILE: {client.cert_file} and {other.key_file} do not work together (KEY_VALUES_MISMATCH)"
        ]
