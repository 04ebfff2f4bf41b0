"""What a soak looks at again and again: processes, consumer groups, topics, the store; and the row that this makes."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from satark.runtime.checking.readers import PREFIX, Position, lag_of
from satark.runtime.checking.survey import Survey
from satark.schemas.topics import METRICS, all_topics

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_A_S = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024
GROUPS = ("detector", "notifier", "analytics")
DEAD = ".dlq"
USER_TIME, SYSTEM_TIME, THREADS = 11, 12, 17
"""Places in /proc/PID/stat behind the name in brackets (proc(5))."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process holds, and the CPU seconds that it has had.

    `own_bytes` is memory that no file backs: of the rest, pages of programs and mapped files, the kernel takes back what it
    needs.
    """

    rss_bytes: int
    own_bytes: int
    fds: int
    threads: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Topics:
    """How far the groups are behind, and what the topics hold, in records."""

    lag: Mapping[str, int]
    samples: int
    records: int
    dead: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """Everything at one moment: seconds since the start, and days of the simulated time."""

    at_s: float
    day: float
    usage: Mapping[str, Usage]
    topics: Topics
    stored_rows: int
    stored_bytes: int
    kafka_bytes: int
    mails: int
    sessions: int
    counters: Mapping[str, int] = field(default_factory=dict)


def usage(pid: int) -> Usage:
    """Look at a process. Raises OSError when it is gone."""
    folder = Path(f"/proc/{pid}")
    resident, shared = map(int, (folder / "statm").read_text().split()[1:3])
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return Usage(
        rss_bytes=resident * PAGE_BYTES,
        own_bytes=(resident - shared) * PAGE_BYTES,
        fds=sum(1 for _ in (folder / "fd").iterdir()),
        threads=int(fields[THREADS]),
        cpu_s=(int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / TICKS_A_S,
    )


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder; what goes away meanwhile counts nothing."""
    total, waiting = 0, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:
            continue
    return total


async def topics_now(survey: Survey) -> Topics:
    """Ask Kafka."""
    groups = await survey.groups([PREFIX + name for name in GROUPS])
    begins, ends = await _spans(survey)
    counts = dict.fromkeys((name for name, _ in ends), 0)
    for (topic, partition), end in ends.items():
        counts[topic] += end - begins.get((topic, partition), 0)
    return Topics(
        lag={name: lag_of(groups[PREFIX + name].committed, begins, ends).records for name in GROUPS},
        samples=counts.get(METRICS, 0),
        records=sum(counts.values()),
        dead={name: count for name, count in counts.items() if name.endswith(DEAD) and count},
    )


async def ends_now(survey: Survey) -> dict[Position, int]:
    """Return the next offset of each partition: what is before it has been told by now."""
    return (await _spans(survey))[1]


async def left_before(survey: Survey, ends: Mapping[Position, int], readers: Sequence[str] = GROUPS) -> dict[str, int]:
    """Return how many records before `ends` each of these groups has still to read, those that have none left out."""
    groups = await survey.groups([PREFIX + name for name in readers])
    begins, _ = await _spans(survey)
    left = {name: lag_of(groups[PREFIX + name].committed, begins, ends).records for name in readers}
    return {name: count for name, count in left.items() if count}


async def _spans(survey: Survey) -> tuple[dict[Position, int], dict[Position, int]]:
    return await survey.spans(await survey.topics({topic.name for topic in all_topics()}))


def totals(lines: Iterable[str], prefix: str) -> int:
    """Return the sum of a counter over its labels, of the text of a page of metrics."""
    wanted = (f"{prefix} ", f"{prefix}{{")
    return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(wanted))


def heading(names: Iterable[str]) -> str:
    """Return the table's first line; each process has a column of MiB and file descriptors."""
    columns = "".join(f"{name:>15}" for name in names)
    return f"{'done':>5}{'left':>7}{'day':>6}{columns}{'lag d/n/a':>19}{'samples':>11}{'rows':>12}{'disk':>7}{'mails':>7}{'dead':>6}"


def line(row: Row, names: Iterable[str], share: float, left_s: float) -> str:
    """Return a row of the table."""
    columns = "".join(
        f"{f'{one.rss_bytes / MIB:.0f} {one.fds}f {one.threads}t':>15}" for one in (row.usage[n] for n in names)
    )
    lag = "/".join(str(row.topics.lag[name]) for name in GROUPS)
    left = f"{int(left_s) // 60}:{int(left_s) % 60:02}"
    return (
        f"{share:>5.0%}{left:>7}{row.day:>6.2f}{columns}{lag:>19}{row.topics.samples:>11,}{row.stored_rows:>12,}"
        f"{row.stored_bytes / MIB:>6.0f}M{row.mails:>7}{sum(row.topics.dead.values()):>6}"
    )
