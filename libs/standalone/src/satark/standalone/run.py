"""One run of `satark up`: two stages of processes, then the story until somebody stops it."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from satark.runtime import topics
from satark.runtime.admin import Admin, TopicCreationError
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaUnavailableError
from satark.runtime.records import Record
from satark.runtime.settings import load
from satark.standalone.plan import BROKERS, Facts, ProcessPlan, embedded, first_stage, second_stage
from satark.standalone.process import Child
from satark.standalone.screen import Screen
from satark.standalone.story import Story, Told, follow
from satark.standalone.supervisor import ChildFailedError, Supervisor

CONNECT_ATTEMPTS = 8
EX_UNAVAILABLE = 69


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
        self._supervisor = Supervisor(tell=screen.say)
        self._children: dict[str, Child] = {}
        self._story = Story()
        self._stop = asyncio.Event()
        self._complete = asyncio.Event()
        self._mails: asyncio.Queue[Told] = asyncio.Queue()

    def interrupt(self) -> None:
        """Stop in an orderly way; asked a second time, at once."""
        if self._stop.is_set():
            self._supervisor.kill()
        self._stop.set()

    async def go(self) -> int:
        """Run until stopped; return the exit status."""
        working: asyncio.Task[int] = asyncio.create_task(self._work())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not working.done():
            self._screen.say("\nstopping…")
            working.cancel()
        try:
            return await working
        except asyncio.CancelledError:
            return 0
        except ChildFailedError as error:
            self._screen.say(f"satark up: {error}")
            return error.status
        except (KafkaUnavailableError, TopicCreationError) as error:
            self._screen.say(f"satark up: {error}")
            return EX_UNAVAILABLE
        finally:
            await self._supervisor.stop()

    async def _work(self) -> int:
        facts = await self._bring_up()
        self._where_to_look(facts)
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(follow(self._kafka(facts), self._on_record)),
            asyncio.create_task(self._show_mails(facts)),
            asyncio.create_task(self._fail_with_a_child()),
        ]
        ending: asyncio.Task[int] = asyncio.create_task(self._end())
        try:
            everything: set[asyncio.Task[Any]] = {*tasks, ending}
            await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
            return await ending
        finally:
            for task in (*tasks, ending):
                task.cancel()

    async def _bring_up(self) -> Facts:
        options, environ = self._options, self._environ
        self._screen.title("Satark is starting")
        if embedded(environ):
            self._screen.say("  Embedded broker: for trying out only, it keeps nothing on disk.")
        await self._start_all(first_stage(environ, options.run_dir, demo=options.demo))
        facts = self._facts()
        if not embedded(environ):
            await self._apply_topics(facts)
        await self._start_all(second_stage(environ, options.run_dir, facts, demo=options.demo))
        return facts

    async def _start_all(self, plans: tuple[ProcessPlan, ...]) -> None:
        with self._screen.waiting(f"starting {', '.join(plan.name for plan in plans)}"):
            await asyncio.gather(*(self._start(plan) for plan in plans))

    async def _start(self, plan: ProcessPlan) -> None:
        child = self._children[plan.name] = Child(plan, self._options.run_dir, self._environ)
        self._screen.ready(plan.name, await self._supervisor.start(child))

    async def _apply_topics(self, facts: Facts) -> None:
        kafka = self._kafka(facts)
        with self._screen.waiting(f"looking for Kafka at {facts.brokers}"):
            async with Admin(kafka, connect_attempts=CONNECT_ATTEMPTS) as admin:
                plan = await topics.apply(kafka, admin)
        self._screen.say(f"  topics: {len(plan.create)} created, {len(plan.present)} present")

    def _facts(self) -> Facts:
        def port(process: str, name: str) -> int | None:
            return int(self._children[process].port(name)) if process in self._children else None

        brokers = self._children["broker"].port("address") if embedded(self._environ) else self._environ[BROKERS]
        return Facts(brokers, port("simulate-vco", "portal"), port("catch-mail", "smtp"), port("catch-mail", "web"))

    def _kafka(self, facts: Facts) -> KafkaSettings:
        plan = second_stage(self._environ, self._options.run_dir, facts, demo=self._options.demo)[0]
        return load("kafka", KafkaSettings, plan.environment)

    def _where_to_look(self, facts: Facts) -> None:
        self._screen.title("Satark is running")
        rows = [("logs", str(self._options.run_dir)), ("Kafka", facts.brokers)]
        if self._options.demo:
            rows = [("mails", self._mail_page(facts)), ("orchestrator", f"http://127.0.0.1:{facts.vco_port}"), *rows]
        rows += [
            (f"{name} ops", f"http://127.0.0.1:{child.port('ops')}/readyz")
            for name, child in self._children.items()
            if child.plan.has_ops
        ]
        self._screen.table(rows)
        hint = "A link will go bad in about half a minute, and recover a minute later. " if self._options.demo else ""
        self._screen.say(f"\n{hint}Ctrl-C stops everything.\n")

    @staticmethod
    def _mail_page(facts: Facts) -> str:
        return f"http://127.0.0.1:{facts.web_port}/"

    def _on_record(self, record: Record) -> None:
        line, told = self._story.hear(record)
        if line is not None:
            self._screen.say(line)
        if told is not None:
            self._mails.put_nowait(told)
        if self._story.complete:
            self._complete.set()

    async def _show_mails(self, facts: Facts) -> None:
        while True:
            told = await self._mails.get()
            found = await self._find_mail(facts, told) if self._options.demo else None
            self._screen.mail(*(found or (self._story.about(told), told.message_id)))
            self._mails.task_done()

    async def _find_mail(self, facts: Facts, told: Told) -> tuple[str, str] | None:
        page = self._mail_page(facts)
        with contextlib.suppress(ClientError, OSError, TimeoutError, ValueError):
            async with ClientSession(timeout=ClientTimeout(total=5)) as session, session.get(f"{page}api/mails") as got:
                for mail in _rows(await got.json()):
                    if mail.get("message_id") == told.message_id:
                        return str(mail.get("subject")), f"{page}mails/{mail.get('id')}"
        return None

    async def _fail_with_a_child(self) -> None:
        raise await self._supervisor.failure()

    async def _end(self) -> int:
        limit_s = self._options.timeout_s if self._options.exit_after_resolved else None
        try:
            async with asyncio.timeout(limit_s):
                await (self._complete if self._options.exit_after_resolved else asyncio.Event()).wait()
                await self._mails.join()
        except TimeoutError:
            self._screen.say(f"satark up: no incident was opened and resolved within {self._options.timeout_s:.0f} s")
            return 1
        self._screen.say("an incident was opened and resolved, and both were told: done")
        return 0


def _rows(answer: Any) -> list[dict[str, Any]]:
    rows = answer.get("mails", []) if isinstance(answer, dict) else answer
    return [row for row in rows if isinstance(row, dict)]
