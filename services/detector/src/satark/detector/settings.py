"""The detector's settings. How entities are watched is said by rules, in a file of their own."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct


class DetectorSettings(Struct, frozen=True, kw_only=True):
    """Where the rules are, and how the detector works; what is normal is in the rules."""

    rules: Annotated[
        Path | None,
        Meta(description="File of rules, read again when it changes. None: the built-in rules."),
    ] = None
    rules_reload_s: Annotated[
        float, Meta(description="Seconds between two looks at the file of rules.", gt=0, le=3600)
    ] = 5.0
    alarm_rules: Annotated[
        Path | None,
        Meta(
            description="File of alarm rules beside the built-in ones, read again when it changes. A rule with the name of"
            " a built-in one takes its place."
        ),
    ] = None
    uve_counters: Annotated[
        bool,
        Meta(
            description="Attributes of objects that ask for the aggregation `counter` are totals that survive the restart"
            " of who counts. False: they are values like others."
        ),
    ] = False
    method: Annotated[
        Literal["robust", "seed"], Meta(description="Detection method of links in the built-in rules.")
    ] = "robust"
    max_ahead_s: Annotated[
        int, Meta(description="Samples further in the future than this, in seconds, are refused.", ge=0)
    ] = 3600
    batch: Annotated[int, Meta(description="Samples that are judged together, at most.", ge=1, le=100_000)] = 2000
    store: Annotated[
        Literal["memory", "rocksdb"],
        Meta(description="Where the tables are: in memory, or on disk for states larger than that (extra `rocksdb`)."),
    ] = "memory"
    store_dir: Annotated[
        Path | None, Meta(description="Folder of tables on disk, kept between starts. None: a temporary one.")
    ] = None
    standby_replicas: Annotated[
        int, Meta(description="Other workers that keep a copy of each table, ready to take over.", ge=0, le=10)
    ] = 0
    commit_interval_s: Annotated[
        float, Meta(description="Seconds between two commits of the read position.", gt=0, le=60)
    ] = 1.0
