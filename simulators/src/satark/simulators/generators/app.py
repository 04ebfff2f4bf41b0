"""The shell of `satark simulate generators`: signals, a terminal, the end."""

import asyncio
import resource
import signal
import ssl
import sys
from typing import TextIO

from satark.sandesh.generator import client_context
from satark.sandesh.generator.addresses import parse_address
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.hostile import ATTACKS, Outcome, Target, attack
from satark.simulators.generators.options import Options, OptionsError
from satark.simulators.generators.pauses import pause
from satark.simulators.generators.progress import Pace, progress_line, summary

LOOK_S = 1.0
"""Between two updates of a terminal."""
LINE_S = 10.0
"""Between two lines of a file."""
SETTLE_S = 10.0


def simulate(asked: Options) -> int:
    """Run until it is over; return the exit status: 1 if no collector ever took a generator.

    Raises `OptionsError` for certificates that cannot be used.
    """
    _more_files()
    try:
        tls = (
            None
            if asked.tls_ca is None
            else client_context(asked.tls_ca, cert_file=asked.tls_cert, key_file=asked.tls_key)
        )
    except (ssl.SSLError, OSError) as error:
        raise OptionsError(f"--tls-*: {error}") from None
    return asyncio.run(_main(asked, tls))


async def _main(asked: Options, tls: ssl.SSLContext | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    if asked.duration_s is not None:
        loop.call_later(asked.duration_s, stop.set)
    wiring = Wiring(asked.collectors, tls=tls)
    outcomes: dict[str, Outcome] = {}
    hostile: list[asyncio.Task[Outcome]] = []
    async with Estate(asked.scenario, seed=asked.seed, wiring=wiring) as estate, asyncio.TaskGroup() as works:
        works.create_task(_report(estate, stop, sys.stderr))
        for name in asked.hostile:
            host, port = parse_address(asked.collectors[0])
            outcomes[name] = Outcome()
            target, outcome = Target(host, port, tls), outcomes[name]
            hostile.append(works.create_task(attack(ATTACKS[name], target, float("inf"), outcome=outcome)))
        await estate.run(stop, speed=asked.speed)
        for peer in hostile:
            peer.cancel()
        await estate.settle(SETTLE_S if estate.progress.sessions else 0)
        last = estate.progress
    sys.stdout.write(summary(last, outcomes) + "\n")
    return 0 if last.books.sent else 1


async def _report(estate: Estate, stop: asyncio.Event, out: TextIO) -> None:
    """Keep one line of a terminal up to date, or write a line to a file now and then."""
    loop = asyncio.get_running_loop()
    before, looked_s, looks = estate.progress, loop.time(), 0
    while not await pause(stop, LOOK_S if out.isatty() else LINE_S):
        now, now_s = estate.progress, loop.time()
        line = progress_line(now, Pace.between(before, now, now_s - looked_s))
        out.write(f"\r{line}\x1b[K" if out.isatty() else f"{line}\n")
        out.flush()
        before, looked_s, looks = now, now_s, looks + 1
    if looks and out.isatty():
        out.write("\n")


def _more_files() -> None:
    """Allow this process all the connections that it may allow itself."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
