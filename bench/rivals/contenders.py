"""Who runs: each contender's process. All do the seed's rule on the same records, or say what they do instead.

The rule, for each metric of each link: mean and sample standard deviation of the hour before the present sample (at
least six samples), not less than a floor of spread (latency 5 ms, jitter 2.5 ms, loss 0.5 %), and an incident where
the present value lies above mean + 2 spreads.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.rivals.broker import TOLD
from bench.rivals.measure import PARTITIONS, TOPIC, Contender
from bench.rivals.tools import quix_python, streams_command
from satark.runtime.groups import KafkaSettings
from satark.schemas.metrics import WAN_LINK_METRICS
from satark.schemas.topics import ANOMALIES

HERE = Path(__file__).parent


def satark(method: str, extra: Mapping[str, str]) -> Contender:
    """Return Satark's own detector with a method; `extra` are more variables of its environment."""

    def command(_brokers: str, _folder: Path) -> Sequence[str]:
        return [sys.executable, "-m", "satark.runtime.cli", "detector"]

    def environment(settings: KafkaSettings, folder: Path) -> Mapping[str, str]:
        return {
            "SATARK_KAFKA_BROKERS": settings.brokers,
            "SATARK_KAFKA_PARTITIONS": str(settings.partitions),
            "SATARK_OPS_LISTEN": "127.0.0.1:0",
            "SATARK_OPS_PORT_FILE": str(folder / "ops.port"),
            "SATARK_LOG_LEVEL": "warning",
            "SATARK_DETECTOR_METHOD": method,
            **extra,
        }

    does = "the real `satark detector`: incidents with hysteresis, late and double samples, evidence, dead letters"
    return Contender(f"satark {method}", does, "satark-detector", command, ANOMALIES, environment)


def _script(name: str) -> Sequence[str]:
    return [sys.executable, str(HERE / f"{name}.py")]


def _quix(brokers: str, folder: Path) -> Sequence[str]:
    return [quix_python(), str(HERE / "quix.py"), brokers, TOPIC, TOLD, str(folder / "state")]


def _streams(brokers: str, folder: Path) -> Sequence[str]:
    return [*streams_command(), brokers, TOPIC, TOLD, str(folder / "state")]


DECODE = Contender(
    name="decode only",
    does="aiokafka getmany + msgspec decode, nothing judged",
    group="rival-decode",
    command=lambda brokers, _folder: [*_script("decode_only"), brokers, TOPIC],
    told=None,
)
FAUST = Contender(
    name="plain Faust",
    does="an agent and a hopping-window table a metric: 12 windows, each a changelog record, for each point",
    group="rival-faust",
    command=lambda brokers, folder: [
        *_script("plain_faust"),
        brokers,
        TOPIC,
        TOLD,
        str(PARTITIONS),
        str(folder / "data"),
    ],
    told=TOLD,
    # Faust makes them too, but does not wait until it knows them.
    changelogs=[f"rival-faust-{name}-changelog" for name in WAN_LINK_METRICS],
    # It commits only when nothing is left to be written, which is at the end.
    most_points=3_000,
)
QUIX = Contender(
    name="Quix Streams",
    does="a sliding window of an hour reduced to sums, all metrics of a link at once; RocksDB",
    group="rival-quix",
    command=_quix,
    told=TOLD,
)
STREAMS = Contender(
    name="Kafka Streams",
    does="Processor API, one compact value a link in memory behind a cache, streaming JSON parser; one thread",
    group="rival-streams",
    command=_streams,
    told=TOLD,
)
