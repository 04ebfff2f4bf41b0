from satark.sandesh.wire.control import Hello, Identity
from satark.sandesh_gateway.server.admission import Holder
from satark.sandesh_gateway.server.generators import Generators


def identity(number: int) -> Identity:
    """A generator's."""
    return Identity(f"host-{number}", "Compute", "agent", "0")


def test_knows_a_generator_by_its_name() -> None:
    """The same identity is the same generator, with its books."""
    generators = Generators()

    assert generators.of(identity(1)) is generators.of(identity(1))
    assert generators.get("host-1:Compute:agent:0") is generators.of(identity(1))
    assert generators.get("host-2:Compute:agent:0") is None


def test_forgets_absent_ones_beyond_a_number() -> None:
    """Not those that have a session, nor those of which something waits for Kafka."""
    generators = Generators(most_absent=2)
    generators.of(identity(0)).open = True
    generators.of(identity(1)).pending_bytes = 1
    for number in range(2, 9):
        generators.of(identity(number))

    assert [0, 1, 7, 8] == sorted(int(each.identity.source.removeprefix("host-")) for each in generators)


def test_tells_who_holds_a_name() -> None:
    """Nobody, once the session is over."""
    generator = Generators().of(identity(1))
    generator.hello, generator.host, generator.session = Hello(generator.identity, pid=5), "192.0.2.1", 9
    generator.open = generator.connected = True

    assert Holder("192.0.2.1", 5, 9, connected=True) == generator.holder
    generator.connected = generator.open = False
    assert generator.holder is None
