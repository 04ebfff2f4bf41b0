"""What a ledger holds, in the words of the simulated generators' truth."""

from collections import defaultdict

from satark.sandesh.wire.control import Identity
from satark.sandesh.wire.tree import Plain, plain
from satark.schemas.uves import Value
from satark.simulators.generators.estate import Truth
from satark.simulators.generators.shares import ShareName
from tests.integration.gateway.ledger import Ledger

LIBRARY = frozenset(("ModuleClientState",))
"""What the generator library tells of itself, of which a scenario knows nothing."""

Shares = dict[ShareName, dict[str, Plain]]


def held(ledger: Ledger, among: frozenset[Identity]) -> dict[Identity, Shares]:
    """The shares of these generators, by name, in Python's own types."""
    names = {str(identity): identity for identity in among}
    found: dict[Identity, Shares] = defaultdict(dict)
    for (entity, generator, struct), share in ledger.shares.items():
        identity = names.get(generator)
        if identity is not None and struct not in LIBRARY:
            table, _, name = entity.partition(":")
            attributes = {key: plain_of(value) for key, value in share.attributes.items()}
            found[identity][ShareName(table, name, struct)] = attributes
    return dict(found)


def differences(truth: Truth, found: Truth) -> list[str]:
    """Where the two are not the same, a line for each share, at most a hundred."""
    lines: list[str] = []
    for identity in sorted(truth.keys() | found.keys(), key=str):
        right, here = truth.get(identity, {}), found.get(identity, {})
        wrong = (name for name in sorted(right.keys() | here.keys()) if right.get(name) != here.get(name))
        lines += [f"{identity} {name}: {here.get(name)} instead of {right.get(name)}" for name in wrong]
    return lines[:100]


def ghosts(ledger: Ledger) -> list[str]:
    """The shares that are of another session than that which their generator has now."""
    up = {name: event.session for name, event in ledger.sessions.items() if name in ledger.up()}
    return [f"{key}: {share.session}" for key, share in ledger.shares.items() if up.get(key[1]) != share.session]


def plain_of(value: Value | str, type_: str = "string") -> Plain:
    """A value in Python's own types, as `satark.sandesh.wire.tree.plain` gives them."""
    if isinstance(value, str):
        return plain(value, type_)
    if value.fields or value.struct:
        return {name: plain_of(each) for name, each in value.fields.items()}
    if value.type == "map":
        return {key: plain_of(each, value.element) for key, each in value.entries}
    if value.type in {"list", "set"}:
        return [plain_of(each, value.element) for each in value.items]
    return plain(value.text, value.type)
