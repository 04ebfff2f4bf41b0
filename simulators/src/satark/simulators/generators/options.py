"""The arguments of `satark simulate generators`, checked before anything runs."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from satark.sandesh.generator.addresses import parse_address
from satark.simulators.generators.hostile import ATTACKS
from satark.simulators.generators.scenario import SCENARIOS, Anomaly, Fault, Scenario

MAX_COUNT = 20_000
MAX_OBJECTS = 10_000
MAX_SPEED = 10_000.0


class OptionsError(ValueError):
    """What was asked for makes no sense."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to run; times in real seconds."""

    scenario: Scenario
    collectors: tuple[str, ...]
    seed: int
    speed: float
    duration_s: float | None
    hostile: tuple[str, ...]
    tls_ca: Path | None
    tls_cert: Path | None
    tls_key: Path | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("--collector", action="append", metavar="HOST:PORT", help="a collector; repeat for several (127.0.0.1:8086)")
    add("--count", type=int, default=10, metavar="N", help="how many generators (10)")
    add("--objects", type=int, default=5, metavar="M", help="how many objects each has, with several UVEs (5)")
    add("--scenario", choices=sorted(SCENARIOS), default="demo", help="what happens (demo)")
    add("--seed", type=int, default=1, help="what is left to chance follows from it (1)")
    add("--speed", type=float, default=1.0, metavar="X", help="virtual seconds in a real one (1)")
    add("--duration", type=float, metavar="S", help="end after so many real seconds (run until stopped)")
    add("--rate", type=float, metavar="R", help="load: so many more messages a real second of each generator")
    add("--message-bytes", type=int, metavar="B", help="size of the text in a message of load (200)")
    add(
        "--anomaly", action="append", metavar="FAULT:INDEX:START:LASTS", help="see below; instead of the scenario's own"
    )
    add("--hostile", action="append", choices=sorted(ATTACKS), help="a bad peer beside the generators; repeatable")
    add("--tls-ca", type=Path, metavar="FILE", help="authority of the collectors' certificates; turns TLS on")
    add("--tls-cert", type=Path, metavar="FILE", help="our certificate, for collectors that ask for one")
    add("--tls-key", type=Path, metavar="FILE", help="its key, if that is not in the same file")


def options(args: argparse.Namespace) -> Options:
    """Return what the arguments ask for. Raises `OptionsError`."""
    _within("--count", args.count, 1, MAX_COUNT)
    _within("--objects", args.objects, 0, MAX_OBJECTS)
    _within("--speed", args.speed, 0.001, MAX_SPEED)
    _within("--rate", args.rate, 0, 1_000_000)
    _within("--message-bytes", args.message_bytes, 0, 10_000_000)
    _within("--duration", args.duration, 0, float("inf"))
    return Options(
        scenario=_scenario(args),
        collectors=_addresses(args.collector or ["127.0.0.1:8086"]),
        seed=args.seed,
        speed=args.speed,
        duration_s=args.duration,
        hostile=tuple(args.hostile or ()),
        tls_ca=_file("--tls-ca", args.tls_ca),
        tls_cert=_file("--tls-cert", args.tls_cert),
        tls_key=_file("--tls-key", args.tls_key),
    )


def anomaly(text: str) -> Anomaly:
    """Return the anomaly of a text such as `cpu:0:600:300`. Raises `OptionsError`."""
    try:
        fault, index, start_s, duration_s = text.split(":")
        return Anomaly(Fault(fault), int(index), float(start_s), float(duration_s))
    except ValueError:
        faults = ", ".join(each.value for each in Fault)
        raise OptionsError(f"--anomaly {text}: is not FAULT:INDEX:START:LASTS, FAULT one of {faults}") from None


def _scenario(args: argparse.Namespace) -> Scenario:
    chosen = replace(SCENARIOS[args.scenario], generators=args.count, objects=args.objects)
    if args.rate is not None:
        chosen = replace(chosen, load_per_s=args.rate / args.speed)
    if args.message_bytes is not None:
        chosen = replace(chosen, load_bytes=args.message_bytes)
    if args.anomaly:
        chosen = replace(chosen, anomalies=tuple(_possible(chosen, anomaly(each)) for each in args.anomaly))
    return chosen


def _possible(scenario: Scenario, asked: Anomaly) -> Anomaly:
    if not 0 <= asked.index < scenario.generators:
        raise OptionsError(f"--anomaly: there is no generator {asked.index}; they are 0 to {scenario.generators - 1}")
    kind = scenario.kind_of(asked.index)
    if kind is not asked.fault.kind:
        wanted = asked.fault.kind.value.module
        raise OptionsError(f"--anomaly: generator {asked.index} is a {kind.value.module}, not a {wanted}")
    return asked


def _addresses(texts: list[str]) -> tuple[str, ...]:
    for text in texts:
        try:
            parse_address(text)
        except ValueError as error:
            raise OptionsError(f"--collector: {error}") from None
    return tuple(texts)


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise OptionsError(f"{name} {value:g}: must be from {low:g} to {high:g}")


def _file(name: str, path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise OptionsError(f"{name}: no file {path}")
    return path
