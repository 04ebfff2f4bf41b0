"""Ids of mails and of their threads."""

import pytest

from satark.notifier.mail import threads
from satark.notifier.preview.examples import one
from tests.unit.notifier.mail.mails import CALM
from tests.unit.notifier.scenes import updated


class TestSafe:
    def test_leaves_an_id_as_it_is(self) -> None:
        """People find it in logs and in Kafka."""
        assert CALM.incident == threads.safe(CALM.incident)

    @pytest.mark.parametrize("text", ["", "a b", "x" * 65, "<\r\n>", "é"])
    def test_makes_an_id_of_what_is_none(self, text: str) -> None:
        """Always the same one."""
        made = threads.safe(text)

        assert made == threads.safe(text) == threads.safe(made)


class TestOfOne:
    def test_refers_to_the_first_mail_from_the_second_on(self) -> None:
        """A mail does not refer to itself."""
        first = threads.of_one(CALM, one(CALM), "d.example", "opened")
        second = threads.of_one(updated(CALM), one(updated(CALM)), "d.example", "updated")

        assert first["References"] == first["In-Reply-To"]
        assert f"{first['References']} {first['Message-ID']}" == second["References"]

    def test_never_refers_to_itself(self) -> None:
        """What was kept back is told under the id of the first event, as an update."""
        headers = threads.of_one(CALM, one(CALM), "d.example", "updated")

        assert headers["Message-ID"] not in headers["References"]
