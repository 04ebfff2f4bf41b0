"""Whatever happens, a reader that comes back with its id knows all there is: a state machine."""

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from satark.analytics.streams.hub import Limits
from satark.analytics.streams.reader import Reader
from satark.analytics.streams.wants import wants_of
from satark.uve.uve import Uve
from tests.unit.analytics.mirror.records import state, without_state
from tests.unit.analytics.routes.serving import Served, serving
from tests.unit.analytics.streams.reading import Event, Listener
from tests.unit.analytics.streams.test_reader import ONE, TWO, WITH_CONFIG, heard, opened

KEYS = ("ObjectVNTable:a", "ObjectVNTable:b", "ObjectVRouter:c")
CONTENTS: tuple[Uve | None, ...] = (None, ONE, TWO, WITH_CONFIG)


class Follow(RuleBasedStateMachine):
    """Readers that come, are cut off anywhere, and come back with their ids, while objects come and go."""

    readers = Bundle("readers")

    @initialize()
    def begin(self) -> None:
        """Begin with nothing, and a past that is soon forgotten."""
        self.found = serving(limits=Limits(entries=6))
        self.known: list[tuple[Reader[Any], Listener, dict[tuple[str, str], Any]]] = []

    @rule(key=st.sampled_from(KEYS), content=st.sampled_from(CONTENTS))
    def change(self, key: str, content: Uve | None) -> None:
        """Something happens to an object."""
        self.found.take(without_state(key) if content is None else state(key, content))

    @rule(target=readers)
    def come(self) -> Any:
        """A reader comes."""
        self.known.append((opened(self.found), Listener(), {}))
        return len(self.known) - 1

    @rule(at=readers, count=st.integers(1, 3))
    def listen(self, at: int, count: int) -> None:
        """A reader takes some pieces."""
        reader, listener, image = self.known[at]
        for _ in range(count):
            piece = reader.take()
            if piece is not None:
                take(image, listener.take(piece))

    @rule(at=readers)
    def cut(self, at: int) -> None:
        """A reader loses its connection and comes back; what it knew it still knows, unless all comes anew."""
        _, listener, image = self.known[at]
        self.known[at] = opened(self.found, listener.last_id), listener, image

    @invariant()
    def nothing_is_lost(self) -> None:
        """Who hears all there is to hear, coming back where it was sent away, knows all there is and nothing else."""
        for at, (_, listener, image) in enumerate(getattr(self, "known", ())):
            reader, fresh, copy = opened(self.found, listener.last_id), Listener(), dict(image)
            take(copy, heard(reader, fresh))
            assert all_of(self.found) == copy, at


def take(image: dict[tuple[str, str], Any], events: list[Event]) -> None:
    """Let events change what a reader knows."""
    for event in events:
        if event.name == "init":
            image.clear()
        elif event.name == "update":
            key, struct = event.data["key"], event.data["type"]
            for each in [each for each in image if each[0] == key and struct in {None, each[1]}]:
                del image[each]
            if struct is not None and event.data["value"] is not None:
                image[key, struct] = event.data["value"]


def all_of(found: Served) -> dict[tuple[str, str], Any]:
    """All that there is."""
    source = found.hub.objects(wants_of({}))
    shown = (each for key in source.keys() for each in source.dumped(key))  # noqa: SIM118 - it is no dictionary
    return {(each.entity, each.struct or ""): json.loads(each.value or b"null") for each in shown}


TestFollow = Follow.TestCase
TestFollow.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
