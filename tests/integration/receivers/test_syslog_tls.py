"""Syslog over TLS on real sockets."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.receivers.running import HERE, growing, running, total
from tests.support.certificates import Authority
from tests.support.waiting import eventually


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        """Who signs senders' and the gateway's certificates."""
        return Authority(tmp_path / "ca")

    def settings(self, authority: Authority, clients: str = "required") -> dict[str, Any]:
        """A receiver's settings with a certificate of the authority."""
        own = authority.issue("gateway")
        return {
            "syslog_tls_listen": HERE,
            "syslog_tls_cert_file": own.cert_file,
            "syslog_tls_key_file": own.key_file,
            "syslog_tls_ca_file": authority.ca_file,
            "syslog_tls_clients": clients,
        }

    def sender(self, authority: Authority, own: Authority | None = None) -> ssl.SSLContext:
        """A sender's context, with a certificate where it has an authority of its own."""
        context = ssl.create_default_context(cafile=str(authority.ca_file))
        if own is not None:
            files = own.issue("sender")
            context.load_cert_chain(files.cert_file, files.key_file)
        return context

    async def test_lines(self, authority: Authority) -> None:
        """A sender with a certificate is heard (RFC 5425)."""
        async with running(**self.settings(authority)) as run:
            writer = await run.connect("tls", ssl=self.sender(authority, authority), server_hostname="localhost")
            writer.write(b"5 <13>a5 <13>b")
            writer.close()
            await writer.wait_closed()

            await eventually(lambda: run.kafka.texts == ["a", "b"])

    @pytest.mark.parametrize("whose", ["nobody", "stranger"])
    async def test_wrong_certificates(self, authority: Authority, whose: str, tmp_path: Path) -> None:
        """Without a certificate, or with one of another CA, nothing is heard, and others still are."""
        refused = growing("satark_gateway_receiver_connections_refused_total", transport="tls", cause="handshake")
        own = Authority(tmp_path / "other", name="Another CA") if whose == "stranger" else None
        async with running(**self.settings(authority)) as run:
            with suppress(OSError):
                writer = await run.connect("tls", ssl=self.sender(authority, own), server_hostname="localhost")
                writer.write(b"<13>bad\n")
                writer.close()
                await writer.wait_closed()
            await eventually(refused)

            good = await run.connect("tls", ssl=self.sender(authority, authority), server_hostname="localhost")
            good.write(b"<13>good\n")
            await eventually(lambda: run.kafka.texts == ["good"])
            good.close()

    async def test_optional(self, authority: Authority) -> None:
        """Where certificates are optional a sender without one is heard."""
        async with running(**self.settings(authority, "optional")) as run:
            writer = await run.connect("tls", ssl=self.sender(authority), server_hostname="localhost")
            writer.write(b"<13>plain\n")

            await eventually(lambda: run.kafka.texts == ["plain"])
            writer.close()

    async def test_no_handshake(self, authority: Authority) -> None:
        """Peers that never shake hands, or speak plain text, do not keep the receiver from ending."""
        refused = growing("satark_gateway_receiver_connections_refused_total", transport="tls", cause="handshake")
        async with running(**self.settings(authority)) as run:
            host, port = run.address("tls")
            _, silent = await asyncio.open_connection(host, port)
            _, plain = await asyncio.open_connection(host, port)
            plain.write(b"<13>plain text\n")
            await eventually(refused)

            await run.finish()
            assert total("satark_gateway_receiver_connections", transport="tls") == 0
            for writer in (silent, plain):
                writer.close()
