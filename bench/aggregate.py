"""What one update of one attribute costs, against objects with 1, 20 and 200 shares of 40 attributes. Prints tables.

Run: python bench/aggregate.py [--updates 5000]
Times are of the process, so that neighbours on the machine count little.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import process_time

from satark.schemas import codec, topics
from satark.schemas.uves import UveShare, Value
from satark.uve import views
from satark.uve.state import dump, dump_share
from satark.uve.told import Told, decode
from satark.uve.uves import Uves

BEGIN = datetime(2026, 3, 10, tzinfo=UTC)
KEY = "ObjectVNTable:default-domain:admin:vn1"
NAME = "UveVirtualNetworkAgent"
SHARES = (1, 20, 200)
ATTRIBUTES = 40
ROUNDS = 5


def number(value: int, **annotations: str) -> Value:
    """Return an integer."""
    return Value(type="u64", text=str(value), annotations=annotations)


def texts(items: Sequence[str]) -> Value:
    """Return a list of texts of which the union is asked for."""
    return Value(type="list", element="string", items=tuple(items), annotations={"aggtype": "union"})


def traffic(value: int) -> Value:
    """Return a list of four networks, by name, of which the numbers are added up."""
    rows = [
        {
            "other_vn": Value(type="string", text=f"vn{at}", annotations={"aggtype": "listkey"}),
            "bytes": number(value + at),
            "tpkts": number(at),
        }
        for at in range(4)
    ]
    items = tuple(Value(type="struct", struct="UveInterVnStats", fields=row) for row in rows)
    return Value(type="list", element="struct", items=items, annotations={"aggtype": "append"})


Kind = Callable[[int, int], Value]
"""What a source says in its so many-th message."""

KINDS: dict[str, Kind] = {
    "all follow one": lambda sequence, _: number(sequence),
    "two opinions": lambda sequence, source: number((sequence + source) % 2),
    "all differ": lambda sequence, source: number(sequence + source * 1_000_000),
    "sum": lambda sequence, source: number(sequence + source, aggtype="sum"),
    "union of lists": lambda sequence, source: texts([f"vn{(sequence + source) % 7}", "vn8"]),
    "append by list key": lambda sequence, source: traffic(sequence + source),
}


def encoded(source: int, sequence: int, attributes: dict[str, Value]) -> bytes:
    """Return a share as it lies in Kafka."""
    share = UveShare(
        id=f"{source}-{sequence}",
        generator=f"host-{source:03}:Compute:contrail-vrouter-agent:0",
        gateway="gw",
        time=BEGIN + timedelta(microseconds=sequence),
        entity=KEY,
        session=1,
        struct=NAME,
        message=f"{NAME}Trace",
        sequence_number=sequence,
        attributes=attributes,
    )
    return codec.encode(share, source="/bench").value


def told(value: bytes) -> Told:
    """Return the share in a record."""
    event = decode(value)
    assert isinstance(event, Told)
    return event


def world(shares: int, kind: Kind) -> Uves:
    """Return an object with so many shares, of which all attributes but `watched` agree."""
    uves = Uves()
    for source in range(shares):
        attributes = {f"attribute_{at}": number(at) for at in range(ATTRIBUTES - 1)}
        uves.apply(told(encoded(source, 1, {**attributes, "watched": kind(0, source)})), seen_us=0)
    return uves


def updates(shares: int, count: int, kind: Kind) -> Iterator[bytes]:
    """Return records that change one attribute of one share after the other."""
    for at in range(count):
        sequence, source = 2 + at // shares, at % shares
        yield encoded(source, sequence, {"watched": kind(sequence, source)})


def best_us(work: Callable[[], object]) -> float:
    """Return microseconds of some work, the best of some rounds."""
    return min(cost_us(lambda: len([work()])) for _ in range(ROUNDS))


def cost_us(work: Callable[[], int]) -> float:
    """Return microseconds for each piece of some work."""
    began = process_time()
    count = work()
    return (process_time() - began) / count * 1e6


def measured(shares: int, count: int, kind: Kind) -> dict[str, float]:
    """Return microseconds an update: to decode, to take in, and to show what changed."""
    records = list(updates(shares, count, kind))
    shares_told = [told(record) for record in records]
    uves, shown = world(shares, kind), world(shares, kind)

    def decoding() -> int:
        return len([decode(record) for record in records])

    def applying() -> int:
        return len([uves.apply(event, seen_us=0) for event in shares_told])

    def showing() -> int:
        for event in shares_told:
            for entity, step in shown.apply(event, seen_us=0).items():
                for struct, names in step.changed.items():
                    for name in names:
                        views.flat_value(shown[entity], struct, name)
        return len(shares_told)

    return {
        "decode": cost_us(decoding),
        "take in": cost_us(applying),
        "and show the change": cost_us(showing),
    }


def table(count: int) -> None:
    """Print the cost of an update by kind of attribute and number of shares; of some rounds, the best."""
    print(f"{'attribute':<26}{'shares':>7}{'decode':>10}{'take in':>10}{'and show the change':>22}   (µs an update)")
    for name, kind in KINDS.items():
        for shares in SHARES:
            rounds = [measured(shares, count, kind) for _ in range(ROUNDS)]
            best = {stage: min(each[stage] for each in rounds) for stage in rounds[0]}
            print(
                f"{name:<26}{shares:>7}{best['decode']:>10.1f}{best['take in']:>10.1f}{best['and show the change']:>22.1f}"
            )


def storage() -> None:
    """Print what storing costs, the whole object or the share alone."""
    print(f"\n{'state':<26}{'shares':>7}{'bytes':>10}{'dump, µs':>10}{'dump of a share, µs':>22}")
    for shares in SHARES:
        uve = world(shares, KINDS["all differ"])[KEY]
        share = next(iter(uve.parts[NAME].shares.values()))
        whole = best_us(partial(dump, uve))
        alone = best_us(partial(dump_share, share))
        print(f"{'':<26}{shares:>7}{len(dump(uve)):>10}{whole:>10.1f}{alone:>22.1f}")


def main() -> None:
    """Measure updates and storage; the contract's own decoder for comparison."""
    parser = argparse.ArgumentParser(description="cost of an update of one attribute of a UVE")
    parser.add_argument("--updates", type=int, default=5_000)
    count = parser.parse_args().updates
    records = list(updates(1, count, KINDS["all differ"]))
    typed = min(cost_us(lambda: len([codec.decode(topics.UVES, each) for each in records])) for _ in range(ROUNDS))
    print(f"the contract's decoder alone: {typed:.1f} µs a share of one attribute\n")
    table(count)
    storage()


if __name__ == "__main__":
    main()
