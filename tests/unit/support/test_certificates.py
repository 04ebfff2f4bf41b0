import ssl
from pathlib import Path

import pytest

from tests.support.certificates import Authority, Identity

Wire = tuple[ssl.MemoryBIO, ssl.MemoryBIO]


def end(context: ssl.SSLContext, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, host: str | None) -> ssl.SSLObject:
    """Return one end of a TLS connection in memory."""
    return context.wrap_bio(incoming, outgoing, server_side=host is None, server_hostname=host)


def handshake(server_identity: Identity, ca_file: Path, host: str) -> None:
    """Let a client that trusts `ca_file` greet a server; raises ssl.SSLError when one of them minds."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(server_identity.cert_file, server_identity.key_file)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        end(ssl.create_default_context(cafile=ca_file), back, there, host),
        end(server_context, there, back, None),
    ]
    for _ in range(4):
        for side in ends:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


class TestAuthority:
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
    def test_vouches_for_its_hosts(self, host: str, tmp_path: Path) -> None:
        """A client that trusts the authority accepts the server by name and by address."""
        authority = Authority(tmp_path)

        handshake(authority.issue("server"), authority.ca_file, host)

    def test_vouches_for_no_other_host(self, tmp_path: Path) -> None:
        """A certificate is refused under a name that it was not issued for."""
        authority = Authority(tmp_path)

        with pytest.raises(ssl.SSLCertVerificationError, match=r"doesn't match|mismatch"):
            handshake(authority.issue("server", hosts=("other.example",)), authority.ca_file, "localhost")

    def test_is_unknown_to_strangers(self, tmp_path: Path) -> None:
        """A client that trusts another authority refuses."""
        server = Authority(tmp_path / "one").issue("server")

        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(server, Authority(tmp_path / "two", name="Another CA").ca_file, "localhost")

    def test_keeps_keys_to_the_owner(self, tmp_path: Path) -> None:
        """Files with a private key are readable by their owner only."""
        files = Authority(tmp_path).issue("server")

        assert {files.key_file.stat().st_mode & 0o077, files.both_file.stat().st_mode & 0o077} == {0}
