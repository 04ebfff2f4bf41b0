from satark.notifier.preview.examples import STORM, examples
from satark.notifier.telling import Heartbeat, Occasion, Telling


class TestExamples:
    def test_are_of_every_kind(self) -> None:
        """Each occasion, digests with and without something shared, and both heartbeats."""
        told = [example.told for example in examples()]
        tellings = [each for each in told if isinstance(each, Telling)]
        digests = [each for each in tellings if each.is_digest]

        assert set(Occasion) == {each.parts[0].aside.occasion for each in tellings}
        assert [(15, (("site", "London"),)), (STORM, ())] == [(len(each.parts), each.shared) for each in digests]
        assert [False, True] == [bool(each.failing) for each in told if isinstance(each, Heartbeat)]

    def test_have_names_and_ids_of_their_own(self) -> None:
        """None overwrites another's file, and no mail program takes one for another."""
        found = examples()

        assert len({example.name for example in found}) == len(found)
        assert len({example.told.id for example in found if example.name not in {"fallback", "test"}}) >= len(found) - 3
