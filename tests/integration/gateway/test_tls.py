"""Daemons that connect over TLS, and those that must not get in."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from satark.runtime.groups import KafkaSettings
from satark.sandesh.generator import Generator, client_context
from satark.sandesh.wire.control import Hello, Identity, encode_hello
from satark.sandesh_gateway.app import GatewayApp
from tests.integration.gateway.ledger import Reader
from tests.integration.gateway.running import gateway
from tests.integration.gateway.test_recorded import generator_of, published, said
from tests.support.certificates import Authority
from tests.support.waiting import eventually
from tests.unit.sandesh.captures import captures
from tests.unit.sandesh.probe import ProbeUve, ProbeUveTrace

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("gateway-tls")]

RECORDED = "sessions/py_tls_decrypted/conn00.c2s.bin"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The authority that the gateway knows."""
    return Authority(tmp_path / "ca")


@asynccontextmanager
async def over_tls(broker: KafkaSettings, authority: Authority, clients: str) -> AsyncIterator[GatewayApp]:
    """A gateway that listens with TLS alone."""
    own = authority.issue("gateway")
    async with gateway(
        broker,
        listen="none",
        tls_listen="127.0.0.1:0",
        tls_ca_file=authority.ca_file,
        tls_cert_file=own.cert_file,
        tls_key_file=own.key_file,
        tls_client_certificates=clients,
        resume_s=0.0,
    ) as app:
        yield app


def of(authority: Authority, trusted: Authority, name: str = "daemon") -> ssl.SSLContext:
    """What a daemon with a certificate of one authority has, which trusts another."""
    own = authority.issue(name)
    return client_context(trusted.ca_file, cert_file=own.cert_file, key_file=own.key_file)


@asynccontextmanager
async def daemon(app: GatewayApp, source: str, tls: ssl.SSLContext) -> AsyncIterator[Generator]:
    """A generator that tells of its network."""
    collector = f"127.0.0.1:{app.ports['tls']}"
    async with Generator("agent", source, "Compute", "0", collectors=[collector], tls=tls) as generator:
        tell(generator, 1)
        yield generator


def tell(generator: Generator, total: int) -> None:
    """Have it say something."""
    generator.send(ProbeUveTrace(data=ProbeUve(name="net", total=total)))


async def heard(reader: Reader, source: str, total: int) -> None:
    """Wait until what it said is on the topic."""
    key = ("ObjectVNTable:net", f"{source}:Compute:agent:0", "ProbeUve")
    await reader.until(
        lambda ledger: key in ledger.shares and ledger.shares[key].attributes["total"].text == str(total)
    )


def refused() -> float:
    """How many handshakes have failed in this process."""
    labels = {"cause": "handshake"}
    return REGISTRY.get_sample_value("satark_gateway_connections_refused_total", labels) or 0.0


async def knock(app: GatewayApp, source: str, tls: ssl.SSLContext | None) -> bytes:
    """Say hello as a daemon would; return what the gateway answers until it hangs up."""
    hello = encode_hello(Hello(Identity(source, "Compute", "agent", "0"), pid=7), timestamp_us=1)
    with suppress(OSError):
        async with asyncio.timeout(20.0):
            reader, writer = await asyncio.open_connection("127.0.0.1", app.ports["tls"], ssl=tls)
            try:
                writer.write(hello)
                return await reader.read(1)
            finally:
                writer.transport.abort()
    return b""


class TestRequired:
    async def test_takes_daemons_of_its_authority(self, module_broker: KafkaSettings, authority: Authority) -> None:
        """The library's generator, the gateway's own, and the original whose traffic was recorded over TLS."""
        data = captures()[RECORDED]
        expected, original = said(data), generator_of(RECORDED)
        context = of(authority, authority)
        async with Reader(module_broker) as reader, over_tls(module_broker, authority, "required") as app:
            async with daemon(app, "in-order", context):
                await heard(reader, "in-order", 1)
            _, writer = await asyncio.open_connection("127.0.0.1", app.ports["tls"], ssl=context)
            writer.write(data)

            await reader.until(lambda ledger: expected == published(ledger, original, 0))
            await reader.until(lambda ledger: any("satark-gateway" in name for name in ledger.up()))
            writer.transport.abort()

    async def test_refuses_all_others(self, module_broker: KafkaSettings, authority: Authority, tmp_path: Path) -> None:
        """Of another authority, without a certificate, without TLS: each is counted, and disturbs nobody."""
        stranger = Authority(tmp_path / "other", name="Other CA")
        wrong = {
            "foreign": of(stranger, authority, "stranger"),
            "bare": client_context(authority.ca_file),
            "plain": None,
        }
        before = refused()
        async with (
            Reader(module_broker) as reader,
            over_tls(module_broker, authority, "required") as app,
            daemon(app, "served", of(authority, authority)) as generator,
        ):
            await heard(reader, "served", 1)
            for total, (source, context) in enumerate(wrong.items(), start=1):
                assert b"" == await knock(app, source, context)
                await eventually(lambda: refused() == before + total, 10.0, what="a count")  # noqa: B023
                assert app.generators.get(f"{source}:Compute:agent:0") is None
            tell(generator, 2)
            await heard(reader, "served", 2)

            assert 1 == generator.session.connections

    async def test_waits_for_no_handshake(self, module_broker: KafkaSettings, authority: Authority) -> None:
        """Connections that begin no handshake hold up neither daemons nor the end."""
        async with Reader(module_broker) as reader, over_tls(module_broker, authority, "required") as app:
            silent = [await asyncio.open_connection("127.0.0.1", app.ports["tls"]) for _ in range(50)]
            async with daemon(app, "patient", of(authority, authority)):
                await heard(reader, "patient", 1)

        for _, writer in silent:
            writer.transport.abort()


class TestOptional:
    async def test_a_certificate_is_verified_all_the_same(
        self, module_broker: KafkaSettings, authority: Authority, tmp_path: Path
    ) -> None:
        """A daemon without a certificate is served, one with a certificate of another authority is not."""
        stranger = Authority(tmp_path / "other", name="Other CA")
        before = refused()
        async with Reader(module_broker) as reader, over_tls(module_broker, authority, "optional") as app:
            async with daemon(app, "certified", of(authority, authority)):
                await heard(reader, "certified", 1)
            async with daemon(app, "uncertified", client_context(authority.ca_file)):
                await heard(reader, "uncertified", 1)

            assert b"" == await knock(app, "foreign", of(stranger, authority, "stranger"))
            await eventually(lambda: refused() == before + 1, 10.0, what="a count")
