from satark.simulators.mail.parse import summarise
from satark.simulators.mail.threads import threads


class TestThreads:
    def test_groups(self) -> None:
        """Mails of a thread come together, newest first, and the freshest thread on top."""
        sources = {
            "4": b"Message-ID: <4>\r\nReferences: <1>\r\n\r\n",
            "3": b"Message-ID: <3>\r\n\r\n",
            "2": b"Message-ID: <2>\r\nIn-Reply-To: <1>\r\n\r\n",
            "1": b"Message-ID: <1>\r\n\r\n",
        }
        found = threads(summarise(mail_id, raw) for mail_id, raw in sources.items())

        assert [[mail.id for mail in thread.mails] for thread in found] == [["4", "2", "1"], ["3"]]
        assert found[0].newest.id == "4"

    def test_nothing(self) -> None:
        """Without mails there are no threads."""
        assert threads([]) == []
