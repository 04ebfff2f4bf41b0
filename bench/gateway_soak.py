"""An hour of the gateway, made short by a higher rate: do memory, file descriptors or tasks grow?

Run: `python bench/gateway_soak.py [--minutes 5] [--generators 40] [--rate 5]`. However long it takes, the simulated
daemons live through one hour of theirs: two gateways on a real Kafka, a quarter of the daemons stay, the others
storm (they restart, lose sessions, move from gateway to gateway, and leave after each round), and bad peers do what
they can meanwhile. After each round all is at `rest`: only those who stay are connected, nothing waits for Kafka, and
what was received is what was published and given up (mostly what bad peers sent).
The verdict holds the last rest against the first after the warm-up, a quarter of the rounds: file descriptors and
tasks must not grow at all (Kafka's own connections aside), memory by no more than 5 %. The exit status is 1 if
something grew. Numbers are of both gateways together. It needs Java, as the tests do.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.gateway.soaking import MIB, Sample, Soak, gateways, growth
from tests.integration.test_poller import prepared
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcesses

HOUR_MINUTES = 60.0
ROUND_S = 15.0
RSS_SHARE = 0.05
HEADINGS = ("s", "", "RSS MiB", "fds", "tasks", "connected", "pending kB", "received", "published", "given up")


def line(sample: Sample) -> str:
    """A row of the table."""
    return (
        f"{sample.at_s:7.0f}{'rest' if sample.rest else '':>7}{sample.rss_bytes / MIB:11.1f}{sample.fds:11}"
        f"{sample.tasks:11}{sample.connections:11}{sample.pending_bytes / 1e3:11.1f}"
        f"{sample.received:11}{sample.published:11}{sample.given_up:11}"
    )


async def measure(soak: Soak) -> list[str]:
    """Run the soak, and print what is seen; return what grew."""
    samples: list[Sample] = []

    def tell(sample: Sample) -> None:
        samples.append(sample)
        print(line(sample), flush=True)

    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = await stack.enter_async_context(KafkaCluster(folder / "kafka"))
        satark = SatarkProcesses(folder / "satark")
        stack.push_async_callback(satark.close)
        running = await stack.enter_async_context(gateways(await prepared(cluster.endpoint()), satark))
        print(f"{HEADINGS[0]:>7}{HEADINGS[1]:>7}" + "".join(f"{name:>11}" for name in HEADINGS[2:]))
        await soak.run(running, tell)
    return growth(samples, warm=max(1, soak.rounds // 4), rss_share=RSS_SHARE)


def main() -> int:
    """Read the options and soak; return the exit status."""
    parser = argparse.ArgumentParser(description="an hour of the gateway in some minutes: does anything grow?")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long the hour takes, rests aside (5)")
    parser.add_argument("--generators", type=int, default=40, help="simulated daemons, of which a quarter stays (40)")
    parser.add_argument("--rate", type=float, default=5.0, help="messages a second of each, beside its state (5)")
    options = parser.parse_args()
    soak = Soak(
        rounds=max(2, round(options.minutes * 60 / ROUND_S)),
        round_s=ROUND_S,
        generators=options.generators,
        rate=options.rate,
        speed=HOUR_MINUTES / options.minutes,
    )
    grew = asyncio.run(measure(soak))
    print("verdict: " + ("; ".join(grew) if grew else "nothing grew"))
    return 1 if grew else 0


if __name__ == "__main__":
    sys.exit(main())
