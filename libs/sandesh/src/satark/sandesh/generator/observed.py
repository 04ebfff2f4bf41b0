"""A session whose events and bytes are counted."""

import time

from satark.sandesh.generator.activity import Activity
from satark.sandesh.session.actions import Action
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Event
from satark.sandesh.session.states import Session
from satark.sandesh.wire.xml import Classes


class ObservedConnection(Connection):
    """A connection that tells an `Activity` of all that happens to it."""

    def __init__(self, session: Session, activity: Activity, *, classes: Classes) -> None:
        super().__init__(session, classes=classes)
        self.activity = activity

    def happen(self, event: Event, now_s: float) -> list[Action]:
        """Count the event, and do as without."""
        before = self.session.state
        self.activity.happened(event, before, time.time_ns() // 1000)
        actions = super().happen(event, now_s)
        if self.session.state is not before:
            self.activity.last_state = before
        return actions

    def receive(self, data: bytes, now_s: float) -> list[Action]:
        """Count the bytes, and do as without."""
        self.activity.rx.moved(len(data))
        return super().receive(data, now_s)
