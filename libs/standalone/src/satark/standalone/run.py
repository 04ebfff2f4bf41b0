"""One run of `satark up`: two stages of processes, then the story until somebody stops it."""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from satark.runtime import topics
from satark.runtime.admin import Admin, TopicCreationError
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.kafka import KafkaError, KafkaUnavailableError
from satark.runtime.records import Record
from satark.runtime.settings import load
from satark.schemas.topics import ANOMALIES, GENERATORS, METRICS, NOTIFICATIONS, UVES
from satark.standalone.answers import answers_at, free_api
from satark.standalone.plan import (
    ANALYTICS,
    ANALYTICS_LISTEN,
    BROKERS,
    Facts,
    ProcessPlan,
    analytics,
    caught,
    embedded,
    first_stage,
    generators,
    peopled,
    second_stage,
    simulated,
)
from satark.standalone.process import Child
from satark.standalone.screen import Screen
from satark.standalone.story import Story, Told, follow
from satark.standalone.supervisor import ChildFailedError, Policy, Supervisor

log = structlog.get_logger(__name__)

CONNECT_ATTEMPTS = 8
EX_UNAVAILABLE = 69
KILLED = 130
"""What a shell says of a command that Ctrl-C ended."""

PATIENCE_S = 10.0
"""So long a start may take before the screen says what it waits for, and goes on to where to look."""

LISTEN_AGAIN_S = 5.0
MORE_GRACE_S = 5.0
IN_VAIN_S = 2.0
MAX_MAILS = 1_000


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for."""

    demo: bool
    run_dir: Path
    exit_after_resolved: bool = False
    timeout_s: float = 300.0


class Run:
    """Everything between the checked settings and the exit status."""

    def __init__(self, options: Options, environ: Mapping[str, str], screen: Screen) -> None:
        self._options = options
        self._environ = dict(environ)
        self._screen = screen
        self._simulated = simulated(environ, demo=options.demo)
        self._caught = caught(environ, demo=options.demo)
        self._peopled = peopled(environ, demo=options.demo)
        grace_s = load("ops", OpsSettings, environ).shutdown_grace_s + MORE_GRACE_S
        self._supervisor = Supervisor(tell=screen.error, policy=Policy(grace_s=grace_s))
        self._children: dict[str, Child] = {}
        self._story = Story()
        self._stop = asyncio.Event()
        self._killed = False
        self._complete = asyncio.Event()
        self._mails: asyncio.Queue[Told] = asyncio.Queue(MAX_MAILS)

    def interrupt(self) -> None:
        """Stop in an orderly way; asked a second time, at once."""
        if self._stop.is_set():
            self._killed = True
            self._supervisor.kill()
        self._stop.set()

    async def go(self) -> int:
        """Run until stopped; return the exit status."""
        try:
            status = await self._outcome()
        finally:
            self._screen.live("")
            # Without the broker nothing can be drained: a service would use up its whole grace period in vain.
            await self._supervisor.stop(grace_s=IN_VAIN_S if self._broker_is_gone else None)
        return KILLED if self._killed else status

    @property
    def _broker_is_gone(self) -> bool:
        return "broker" in self._children and not self._children["broker"].running

    async def _outcome(self) -> int:
        try:
            return await first_of(
                self._main(),
                self._stopped(),
                self._fail_with_a_child(),
                self._tell_what_waits(),
                self._supervisor.trim_logs(),
            )
        except ChildFailedError as error:
            self._screen.error(str(error))
            return error.status
        except (KafkaUnavailableError, TopicCreationError) as error:
            self._screen.error(str(error))
            return EX_UNAVAILABLE

    async def _stopped(self) -> int:
        await self._stop.wait()
        self._screen.live("")
        self._screen.gap()
        self._screen.say("stopping…")
        return 0

    async def _main(self) -> int:
        began = datetime.now(UTC)
        facts = await self._bring_up()
        self._where_to_look(facts)
        return await first_of(
            self._listen(facts, began), self._show_mails(facts), self._show_status(), self._until_resolved()
        )

    async def _bring_up(self) -> Facts:
        options, environ = self._options, self._environ
        self._screen.title("Satark is starting")
        if embedded(environ):
            self._screen.say("  The embedded broker is for trying out only: it keeps nothing on disk,")
            self._screen.say("  and drops the oldest records at 5 MB a partition.")
        first = first_stage(environ, options.run_dir, demo=options.demo)
        await self._start_all(first, patience_s=None)
        facts = self._facts()
        if not embedded(environ):
            await self._apply_topics(facts)
        api = environ.get(ANALYTICS_LISTEN, "").strip() or await asyncio.to_thread(free_api)
        facts = replace(facts, api="" if api.endswith(":0") else api, links_key=token_urlsafe(48))
        await self._start_all(second_stage(environ, options.run_dir, facts, demo=options.demo), patience_s=PATIENCE_S)
        facts = replace(facts, ops=self._ops())
        history = analytics(environ, options.run_dir, facts, demo=options.demo, listen=facts.api)
        await self._start_all((history,), patience_s=0)
        return facts

    async def _start_all(self, plans: tuple[ProcessPlan, ...], *, patience_s: float | None) -> None:
        """Start together; return when all are ready, or after a time: who is late is told of by others."""
        if not plans:
            return
        self._screen.live(f"starting {', '.join(plan.name for plan in plans)}")
        starts = {asyncio.create_task(self._start(plan)) for plan in plans}
        try:
            done, late = await asyncio.wait(starts, timeout=patience_s)
        except asyncio.CancelledError:
            for start in starts:
                start.cancel()
            raise
        for start in done:
            start.result()
        for start in late:
            start.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _start(self, plan: ProcessPlan) -> None:
        child = self._children[plan.name] = Child(plan, self._options.run_dir, {})
        self._screen.ready(plan.name, await self._supervisor.start(child))
        if plan.name == "gateway" and self._peopled:
            collector = f"127.0.0.1:{child.port('sandesh')}"
            await self._start(generators(self._environ, self._options.run_dir, collector))
        if plan.name == ANALYTICS:
            self._screen.say(answers_at(plan.environment[ANALYTICS_LISTEN], child.port("api")))

    async def _tell_what_waits(self) -> int:
        told: dict[str, str] = {}
        while True:
            await asyncio.sleep(PATIENCE_S)
            for name, child in self._children.items():
                if child.waits_for and told.get(name) != child.waits_for:
                    told[name] = child.waits_for
                    self._screen.waits(name, child.waits_for)

    async def _apply_topics(self, facts: Facts) -> None:
        kafka = self._kafka(facts)
        self._screen.say(f"  looking for Kafka at {facts.brokers}")
        async with Admin(kafka, connect_attempts=CONNECT_ATTEMPTS) as admin:
            plan = await topics.apply(kafka, admin)
        self._screen.say(f"  topics: {len(plan.create)} created, {len(plan.present)} present")
        for topic, have in plan.too_few_partitions:
            self._screen.say(f"  {topic.name} has {have} partitions, {topics.partitions_of(topic, kafka)} are wanted")

    def _facts(self) -> Facts:
        def port(process: str, name: str) -> int | None:
            return int(self._children[process].port(name)) if process in self._children else None

        brokers = self._children["broker"].port("address") if embedded(self._environ) else self._environ[BROKERS]
        return Facts(brokers, port("simulate-vco", "portal"), port("catch-mail", "smtp"), port("catch-mail", "web"))

    def _ops(self) -> tuple[str, ...]:
        children = [child for child in self._children.values() if child.plan.has_ops]
        return tuple(f"127.0.0.1:{port}" for child in children if (port := child.port("ops")))

    def _kafka(self, facts: Facts) -> KafkaSettings:
        plan = second_stage(self._environ, self._options.run_dir, facts, demo=self._options.demo)[0]
        return load("kafka", KafkaSettings, plan.environment)

    def _where_to_look(self, facts: Facts) -> None:
        self._screen.title("Satark is running")
        rows = [("console", f"http://{facts.api}/console")] if facts.api else []
        if self._caught:
            rows.append(("mails", mail_page(facts)))
        if self._simulated:
            rows.append(("orchestrator", f"http://127.0.0.1:{facts.vco_port}"))
        rows += [
            ("logs", str(self._options.run_dir)),
            ("Kafka", facts.brokers),
            ("topics", f"{METRICS}, {UVES}, {ANOMALIES}, {NOTIFICATIONS}"),
        ]
        if port := self._children["gateway"].port("sandesh"):
            rows.append(("daemons", f"connect to the gateway on port {port}"))
        rows += [
            (f"{name} ops", f"http://127.0.0.1:{port}/readyz")
            for name, child in self._children.items()
            if child.plan.has_ops and (port := child.port("ops"))
        ]
        self._screen.table(rows)
        hint = "A link will go bad in about half a minute, and recover a minute later. " if self._simulated else ""
        self._screen.gap()
        self._screen.say(f"{hint}Ctrl-C stops everything.")
        self._screen.gap()

    async def _listen(self, facts: Facts, since: datetime) -> int:
        """Follow what happens, for ever. Samples and daemons only of a simulated world: real ones are too many to tell."""
        simulated_only = {METRICS: self._simulated, GENERATORS: self._peopled}
        names = [ANOMALIES, NOTIFICATIONS, *(topic for topic, told in simulated_only.items() if told)]
        while True:
            try:
                await follow(self._kafka(facts), names, self._on_record, since=since)
            except (KafkaError, OSError) as error:
                log.warning("listening_failed", error=str(error), retry_in_s=LISTEN_AGAIN_S)
            await asyncio.sleep(LISTEN_AGAIN_S)

    def _on_record(self, record: Record) -> None:
        line, told = self._story.hear(record)
        if line is not None:
            self._screen.say(line)
        if told is not None and not self._mails.full():
            self._mails.put_nowait(told)
        if self._story.complete:
            self._complete.set()

    async def _show_mails(self, facts: Facts) -> int:
        while True:
            told = await self._mails.get()
            found = await find_mail(mail_page(facts), told.message_id) if self._caught else None
            self._screen.mail(*(found or (self._story.about(told), told.message_id)))
            self._mails.task_done()

    async def _show_status(self) -> int:
        while True:
            if self._story.samples:
                self._screen.live(self._story.status)
            await asyncio.sleep(1)

    async def _fail_with_a_child(self) -> int:
        raise await self._supervisor.failure()

    async def _until_resolved(self) -> int:
        limit_s = self._options.timeout_s if self._options.exit_after_resolved else None
        try:
            async with asyncio.timeout(limit_s):
                await (self._complete if self._options.exit_after_resolved else asyncio.Event()).wait()
                await self._mails.join()
        except TimeoutError:
            self._screen.error(f"no incident was opened, resolved and told within {self._options.timeout_s:g} s")
            return 1
        self._screen.say("an incident was opened and resolved, and both were told: done")
        return 0


def mail_page(facts: Facts) -> str:
    """Return the URL of the mail catcher's page."""
    return f"http://127.0.0.1:{facts.web_port}/"


async def find_mail(page: str, message_id: str) -> tuple[str, str] | None:
    """Return the subject and the page of a caught mail, or None when the catcher does not have it or does not answer."""
    with contextlib.suppress(ClientError, OSError, TimeoutError, ValueError):
        async with ClientSession(timeout=ClientTimeout(total=5)) as session, session.get(f"{page}api/mails") as got:
            for mail in await got.json():
                if mail.get("message_id") == message_id:
                    return str(mail.get("subject")), f"{page}mails/{mail.get('id')}"
    return None


async def first_of(*works: Coroutine[Any, Any, int | None]) -> int:
    """Run all until one ends; cancel the others, wait for them, and return its result or raise its error."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        results = [task.result() for task in tasks if task in done]
        return results[0] or 0
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
