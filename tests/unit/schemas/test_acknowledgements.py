from datetime import UTC, datetime

from satark.schemas.acknowledgements import Acknowledgement

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_the_same_word_has_the_same_id() -> None:
    """The same person, incident and time give the same id; the comment does not matter."""

    def said(by: str, comment: str) -> str:
        return Acknowledgement.of(incident="i", entity="e", time=NOW, by=by, comment=comment).id

    assert said("asha", "a") == said("asha", "b")
    assert said("asha", "a") != said("ben", "a")
