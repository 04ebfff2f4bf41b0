"""What the store's refusals mean."""

import pytest

from satark.analytics.store.failures import MAX_DETAIL_CHARS, failure


class TestFailure:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)", "disk_full"),
            ("Code: 76. DB::Exception: Cannot open file, errno: 28, strerror: No space left on device.", "disk_full"),
            ("Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE) (version 26.9.2.1)", "no_such_table"),
            ("Code: 516. DB::Exception: default: Authentication failed", "denied"),
            ("Code: 252. DB::Exception: Too many parts", "busy"),
            ("Code: 241. DB::Exception: Memory limit exceeded", "memory"),
            ("Code: 159. DB::Exception: Timeout exceeded", "timeout"),
            ("Cannot lock file /x/status. Another server instance in same directory is already running.", "locked"),
            ("Code: 62. DB::Exception: Syntax error", "refused"),
            ("who knows", "refused"),
        ],
    )
    def test_a_refusal_has_a_word(self, text: str, reason: str) -> None:
        """By the engine's own code, or by what the text says."""
        assert failure(RuntimeError(text)).reason == reason

    def test_no_answer_at_all_is_unreachable(self) -> None:
        """What came from the way there, and not from the server, says nothing of the statement."""
        assert failure(OSError("connection refused"), in_transit=True).reason == "unreachable"

    def test_versions_and_endless_texts_are_cut(self) -> None:
        """A detail is for a line of a log."""
        detail = str(failure(RuntimeError("Code: 62. Oh (version 26.9.2.1 (official build))")))

        assert detail == "Code: 62. Oh"
        assert len(str(failure(RuntimeError("x" * 10_000)))) == MAX_DETAIL_CHARS
