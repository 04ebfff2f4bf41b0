"""What `satark up` does: checks the settings, takes a folder for logs, and runs."""

import argparse
import asyncio
import fcntl
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import structlog

from satark.runtime.settings import EX_CONFIG, environment
from satark.standalone.check import contradictions, mistakes, strangers
from satark.standalone.plan import BROKERS, Facts, ProcessPlan, analytics, first_stage, second_stage
from satark.standalone.run import KILLED, Options, Run
from satark.standalone.screen import Screen

EX_CANTCREAT = 73
EX_TEMPFAIL = 75
TEMPORARY = "satark-up-"


def up(args: argparse.Namespace) -> int:
    """Check the settings, then run until told to stop; return the exit status."""
    environ = dict(environment())
    found = [*contradictions(environ), *mistakes(_planned(environ, demo=args.demo))]
    if args.check:
        named = {line.split(" ", 1)[0] for line in found}
        found += [line for line in strangers(environ) if line.split(" ", 1)[0] not in named]
    if found:
        print("\n".join(f"satark up: {line}" for line in found), file=sys.stderr)  # noqa: T201 - the answer
        return EX_CONFIG
    if args.check:
        print("satark up: settings are fine")  # noqa: T201 - the answer to --check
        return 0
    with Screen(sys.stdout, sys.stderr, quiet=args.quiet) as screen:
        try:
            run_dir = _folder(args.run_dir)
            lock = (run_dir / "up.lock").open("a")
        except OSError as error:
            screen.error(f"cannot write to the folder for logs: {error}")
            return EX_CANTCREAT
        with lock:
            options = Options(args.demo, run_dir, args.exit_after_resolved, args.timeout)
            return _in_folder(options, environ, screen, lock, keep=args.run_dir is not None)


def _planned(environ: Mapping[str, str], *, demo: bool) -> tuple[ProcessPlan, ...]:
    """Return all processes with addresses that only look like some, to check their settings."""
    nowhere, anything = (
        Path(tempfile.gettempdir()),
        Facts(environ.get(BROKERS, "").strip() or "127.0.0.1:9092", 1, 1, 1),
    )
    services = (*second_stage(environ, nowhere, anything, demo=demo), analytics(environ, nowhere, anything, demo=demo))
    return first_stage(environ, nowhere, demo=demo) + services


def _folder(asked: Path | None) -> Path:
    """Return the asked folder, made where it is missing, or a new temporary one.

    Raises OSError.
    """
    if asked is None:
        return Path(tempfile.mkdtemp(prefix=TEMPORARY))
    asked.mkdir(mode=0o700, parents=True, exist_ok=True)
    return asked.resolve()


def _in_folder(options: Options, environ: Mapping[str, str], screen: Screen, lock: IO[str], *, keep: bool) -> int:
    """Run with a folder of our own; return the exit status. A temporary folder goes when nothing went wrong."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        screen.error(f"another satark up uses {options.run_dir}")
        return EX_TEMPFAIL
    _log_to(options.run_dir / "up.jsonl")
    status = asyncio.run(_run(options, environ, screen))
    if status not in {0, KILLED}:
        screen.error(f"logs are in {options.run_dir}")
    elif not keep:
        shutil.rmtree(options.run_dir, ignore_errors=True)
    return status


def _log_to(path: Path) -> None:
    """Send our own logs to a file as JSON lines: the terminal is for people."""
    logging.basicConfig(filename=path, level=logging.WARNING, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


async def _run(options: Options, environ: Mapping[str, str], screen: Screen) -> int:
    run = Run(options, environ, screen)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, run.interrupt)
    return await run.go()
