from datetime import timedelta

from satark.notifier.mail.heartbeat_view import MAX_FAILING
from satark.notifier.mail.message import compose
from satark.notifier.preview.examples import target
from satark.notifier.telling import Heartbeat
from tests.unit.notifier.mail.mails import HEAD, parsed, part
from tests.unit.notifier.scenes import NOON

DAY = timedelta(days=1)


def beat(*, failed: int = 0, failing: tuple[str, ...] = (), number: int = 1, opened: int = 5) -> Heartbeat:
    """Return a day's sign of life."""
    return Heartbeat(f"beat-{number}", target(), NOON, NOON - DAY, 3, opened, 9, failed, failing)


def told(heartbeat: Heartbeat) -> tuple[str, str]:
    """Return subject and text of its mail."""
    message = parsed(compose(heartbeat, HEAD, NOON))
    return message["Subject"], part(message, "plain")


class TestHeartbeat:
    def test_says_that_somebody_watches(self) -> None:
        """And what was told since the last one."""
        subject, text = told(beat())

        assert subject == "[HEARTBEAT] Satark is watching: 3 open, 9 told in 1 d"
        assert (
            "Since 2026-11-20 12:00 UTC 5 incidents opened and 9 messages went out; 3 incidents are open now." in text
        )
        assert "Cannot be reached" not in text

    def test_says_first_what_fails(self) -> None:
        """Who should have been told was not."""
        subject, text = told(beat(failed=2, failing=("noc/slack", "boss@example.net")))

        assert subject == "[HEARTBEAT] 2 receivers cannot be reached; 3 open, 9 told"
        assert text.startswith("Satark is watching, but 2 receivers cannot be reached.\n")
        assert "2 messages could not be delivered." in text
        assert "Cannot be reached\n- noc/slack\n- boss@example.net\n" in text

    def test_says_what_failed_when_nobody_fails_now(self) -> None:
        """A receiver that is well again."""
        subject, _ = told(beat(failed=1))

        assert subject == "[HEARTBEAT] 1 message could not be delivered; 3 open, 9 told"

    def test_names_so_many_and_counts_the_rest(self) -> None:
        """A thousand receivers behind one broken server."""
        _, text = told(beat(failing=tuple(f"r{n}" for n in range(MAX_FAILING + 5))))

        assert "- and 5 more\n" in text

    def test_all_are_one_thread(self) -> None:
        """So that they can be put away together; none is bulk, for none may be lost."""
        first, second = (parsed(compose(beat(number=n), HEAD, NOON)) for n in (1, 2))

        assert first["Message-ID"] != second["Message-ID"]
        assert first["References"] == second["References"] == second["In-Reply-To"]
        assert (second["X-Satark-State"], second["X-Satark-Failing"], second["Precedence"]) == ("heartbeat", "0", None)
