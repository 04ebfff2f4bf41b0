from pathlib import Path

from satark.sandesh.generator import client_context, server_context
from satark.sandesh.session.states import State
from tests.integration.sandesh.pair import Notes, collector, generator, log, uve
from tests.support.certificates import Authority
from tests.support.waiting import eventually


async def test_tls(tmp_path: Path) -> None:
    """Over TLS with certificates of one authority on both sides, a crashed collector gets everything again."""
    authority = Authority(tmp_path)
    here_id, there_id = authority.issue("generator"), authority.issue("collector")
    server = server_context(authority.ca_file, there_id.cert_file, there_id.key_file)
    client = client_context(authority.ca_file, cert_file=here_id.cert_file, key_file=here_id.key_file)
    before, after = Notes(), Notes()
    crashed = collector(before, tls=server)
    await crashed.__aenter__()
    async with generator(crashed.address, tls=client) as here:
        here.send(uve("vn1", 1))
        here.send(log(1))
        await eventually(lambda: before.uves() and before.logs())
        await crashed.close()
        async with collector(after, port=crashed.port, tls=server):
            await eventually(after.uves)

            assert {"vn1": (1, False)} == after.uves()
            assert [1] == before.logs()
            assert [] == after.logs()


async def test_wrong_certificates(tmp_path: Path) -> None:
    """A collector of another authority, or of another name, is not talked to; nor is a generator without a certificate."""
    authority, other = Authority(tmp_path / "a"), Authority(tmp_path / "b")
    named, foreign = authority.issue("elsewhere", hosts=("elsewhere",)), other.issue("collector")
    mine, right = authority.issue("generator"), authority.issue("collector")
    client = client_context(authority.ca_file, cert_file=mine.cert_file, key_file=mine.key_file)
    bare = client_context(authority.ca_file)
    notes = Notes()
    for identity, context in ((named, client), (foreign, client), (right, bare)):
        server = server_context(authority.ca_file, identity.cert_file, identity.key_file)
        async with collector(notes, tls=server) as there, generator(there.address, tls=context) as here:
            here.send(log(1))

            await eventually(lambda: here.session.failures > 1)

            assert here.session.state is not State.ESTABLISHED
    assert [] == notes.deliveries
