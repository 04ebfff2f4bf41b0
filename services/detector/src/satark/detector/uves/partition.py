"""All that is known of one partition's objects, and what has changed since that was last written. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.instance import micros
from satark.detector.alarms.lifecycle import Answer
from satark.detector.uves import output, weight
from satark.detector.uves.namesakes import Namesakes
from satark.detector.uves.oddities import Kind, Oddities
from satark.detector.uves.shown import Shown
from satark.detector.uves.silence import Silence
from satark.detector.uves.stale import Stale
from satark.detector.uves.watch import Watch
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.uve_states import ALARMS_CHANGED
from satark.uve.known import BadValueError
from satark.uve.limits import LIMITS, Limits
from satark.uve.part import Share
from satark.uve.rows import Remembered
from satark.uve.state import restored
from satark.uve.told import Told, Withdrawal
from satark.uve.uve import TIME, ShareKey, Step, Uve
from satark.uve.uves import Uves

REFRESH_US = 60_000_000
"""A share that is only said again is stored as often as this, so that its last-seen is right within it."""

_IGNORED = {
    "old_session": "it was said in an earlier session of the generator",
    "withdrawn_session": "it was said in a session that is over",
}
_OVER = "it is over a limit, and left out"


@dataclass(slots=True)
class Pending:
    """What has changed and is not written yet; dictionaries are sets that keep their order."""

    changed: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    shares: dict[tuple[str, ShareKey], None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    counted: dict[str, None] = field(default_factory=dict)


class Partition:
    """The objects of a partition with their alarms; `counted` are those whose counters have a row."""

    def __init__(
        self,
        engine: AlarmEngine,
        *,
        counting: bool = False,
        limits: Limits = LIMITS,
        stale_after_s: float = 900.0,
        namesakes: Namesakes | None = None,
    ) -> None:
        self.uves = Uves(counting=counting, limits=limits)
        self.watch = Watch(engine)
        self.stale = Stale(stale_after_s)
        self.oddities = Oddities()
        self.silence = Silence()
        self.counted: set[str] = set()
        self.namesakes = namesakes or Namesakes(self.uves.get)
        self.shown: dict[str, Shown] = {}
        self.pending = Pending()
        self._counting = counting
        self._limits = limits

    def restore(self, rows: Remembered, now: datetime) -> None:
        """Go on from what was stored. Raises nothing: a share that cannot be read is left out and noted."""
        uves: dict[str, Uve] = {}
        for entity in rows.shares.keys() | (rows.counters.keys() if self._counting else ()):
            shares, counters = rows.shares.get(entity, {}), rows.counters.get(entity, {})
            try:
                uves[entity] = restored(shares, counters, counting=self._counting, limits=self._limits)
            except BadValueError as error:
                self.oddities.note(Kind.IGNORED, entity, str(error), reason="unreadable_state")
        self.counted = set(rows.counters)
        self.watch = Watch(self.watch.engine, rows.alarms)
        for entity, uve in uves.items():
            self.namesakes.learn(entity, uve)
            self.silence.note(entity, is_silent=not uve.exists)
        self._note_all(self.uves.restore(uves, rows.through), now)
        for entity in rows.alarms:
            if entity not in self.uves:
                self.watch.look(entity, None, now)

    def take(self, event: Told | Withdrawal, at: datetime, offset: int | None = None) -> None:
        """Take in what a generator said, or that it said no more. `at` is when that was heard, and `offset` where.

        Raises `BadValueError` for a value that is none; then nothing has changed.
        """
        if isinstance(event, Withdrawal):
            self._moved(event.generator, self.uves.withdraw(event), at)
            return
        seen_us = micros(at)
        self.oddities.look_at_clock(event, seen_us)
        self.oddities.look_at_rate(event.generator, seen_us)
        before = self._share(event)
        known = (before.session, before.seen_us // REFRESH_US) if before is not None else None
        through = self.uves.through(event.generator)
        fitting, omitted = weight.fitting(event, before)
        if omitted:
            detail = f"{', '.join(omitted)} left out: it would be larger than a record may be"
            self.oddities.note(Kind.SHARE_TOO_LARGE, f"{event.entity} {event.generator}", detail)
        steps = self.uves.apply(fitting, seen_us=seen_us, offset=offset)
        if self.uves.through(event.generator) != through:
            self.pending.sources[event.generator] = None
        after = self._share(event)
        if after is not None and (before is None or event.other_tables):
            self.oddities.look_at_tables(event, self.namesakes.of(event) if before is None else "")
        is_same = after is not None and known == (after.session, after.seen_us // REFRESH_US)
        self._note_all(steps, at, unless=event.entity if is_same else "")
        if after is not None and self.stale.heard(event.entity, (event.struct, event.generator)):
            self._show(event.entity, {}, at)

    def acknowledge(self, event: AlarmAcknowledged, at: datetime) -> Answer:
        """Acknowledge an alarm."""
        return self.watch.acknowledge(event.entity, event.type, event.token, at)

    def tick(self, now: datetime) -> None:
        """Let time go by."""
        self.watch.tick(now)
        for entity in self.silence.over(now):
            self.uves.forget(entity)
            self.pending.counted[entity] = None
        for entity in self.stale.sweep(self.uves, now):
            self._show(entity, {}, now)

    def reload(self, engine: AlarmEngine, now: datetime) -> None:
        """Go on by other rules."""
        self.watch.reload(engine, [(entity, self.uves[entity]) for entity in self.uves], now)

    def drain(self, now: datetime) -> output.Output:
        """Return what is to be published and written, and forget that it is."""
        for entity in sorted(self.watch.shown):
            self._show(entity, dict([ALARMS_CHANGED]), now)
        made = output.of(self, now)
        self.pending = Pending()
        self.watch.events, self.watch.findings = [], []
        self.watch.touched, self.watch.shown = set(), set()
        return made

    def _share(self, told: Told) -> Share | None:
        uve = self.uves.get(told.entity)
        part = None if uve is None else uve.parts.get(told.struct)
        return None if part is None else part.shares.get(told.generator)

    def _moved(self, generator: str, steps: Mapping[str, Step], at: datetime) -> None:
        self.pending.sources[generator] = None
        self._note_all(steps, at)

    def _note_all(self, steps: Mapping[str, Step], at: datetime, *, unless: str = "") -> None:
        """Note what is to be written; the shares of the object `unless`, if they look as they did, are not."""
        for generator in self.uves.forgotten():
            self.pending.sources[generator] = None
        for entity, step in steps.items():
            if step.ignored:
                self.oddities.note(Kind.IGNORED, entity, _IGNORED.get(step.ignored, _OVER), reason=step.ignored)
                continue
            if step.changed or entity != unless:
                self.pending.shares.update(((entity, share), None) for share in step.shares)
                if self._counting:
                    self._count(entity)
            if step.changed:
                self._changed(entity, step, at)

    def _count(self, entity: str) -> None:
        self.pending.counted[entity] = None
        uve = self.uves.get(entity)
        self.silence.note(entity, is_silent=uve is not None and not uve.exists)

    def _changed(self, entity: str, step: Step, at: datetime) -> None:
        uve = self.uves.get(entity)
        is_other = any(TIME in names for names in step.changed.values())
        self.watch.look(entity, uve, at, None if is_other else step.changed.keys())
        self._show(entity, step.changed, at)
        if uve is not None:
            self._look_at_forms(uve, step)

    def _look_at_forms(self, uve: Uve, step: Step) -> None:
        for struct, names in step.changed.items():
            attributes = uve.parts[struct].attributes if struct in uve.parts else {}
            for name in names & attributes.keys():
                self.oddities.look_at_forms(struct, name, attributes[name])

    def _show(self, entity: str, changed: Mapping[str, Iterable[str]], at: datetime) -> None:
        known = self.pending.changed.setdefault(entity, {})
        for struct, names in changed.items():
            known.setdefault(struct, set()).update(names)
        self.pending.at[entity] = at
