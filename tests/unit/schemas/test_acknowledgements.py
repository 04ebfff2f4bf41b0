from datetime import UTC, datetime, timedelta

from satark.schemas.acknowledgements import Acknowledgement

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_the_same_word_has_the_same_id() -> None:
    """The same person, incident and time give the same id; the comment does not matter."""

    def said(by: str, comment: str) -> str:
        return Acknowledgement.of(incident="i", entity="e", time=NOW, by=by, comment=comment).id

    assert said("asha", "a") == said("asha", "b")
    assert said("asha", "a") != said("ben", "a")


def test_one_origin_is_one_word() -> None:
    """What is said twice for one reason has one id, whenever that is."""

    def said(at: datetime, origin: str) -> str:
        return Acknowledgement.of(incident="i", entity="e", time=at, by="asha", origin=origin).id

    assert said(NOW, "link 1") == said(NOW + timedelta(hours=1), "link 1")
    assert 3 == len({said(NOW, "link 1"), said(NOW, "link 2"), said(NOW, "")})
