import pytest

from satark.simulators.mail.replies import MAX_RULES, ReplyScript, Rule


class TestScript:
    def test_counts_down(self) -> None:
        """A rule strikes as often as it says, then the next one of its stage."""
        script = ReplyScript()
        script.reply("451 4.3.0 later", stage="data", times=2)
        script.drop(stage="data")
        taken = [script.take("data") for _ in range(4)]

        assert [rule and (rule.reply, rule.drop) for rule in taken] == [
            ("451 4.3.0 later", False),
            ("451 4.3.0 later", False),
            (None, True),
            None,
        ]

    def test_by_stage_and_recipient(self) -> None:
        """A rule strikes at its stage alone, and for its recipient alone."""
        script = ReplyScript()
        script.reply("550 5.1.1 unknown", stage="rcpt", recipient="a@x", times=None)

        assert script.take("mail") is None
        assert script.take("rcpt", "b@x") is None
        assert [script.take("rcpt", "a@x") is not None for _ in range(3)] == [True] * 3

    def test_clear(self) -> None:
        """A cleared script does nothing."""
        script = ReplyScript()
        script.slow(1.0, stage="ehlo")
        script.clear()

        assert script.take("ehlo") is None

    @pytest.mark.parametrize("text", ["later", "", "45", "451 a\r\n250 b"])
    def test_no_reply(self, text: str) -> None:
        """What is no reply of one line is refused."""
        with pytest.raises(ValueError, match="no SMTP reply"):
            ReplyScript().reply(text, stage="data")

    def test_bounded(self) -> None:
        """There are only so many rules."""
        script = ReplyScript()
        for _ in range(MAX_RULES):
            script.add(Rule("data", drop=True))

        with pytest.raises(ValueError, match="more than"):
            script.add(Rule("data", drop=True))
