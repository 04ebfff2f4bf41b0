from satark.notifier.mail.checks import COUNT, first_checks
from tests.unit.notifier.scenes import opened, symptom


class TestFirstChecks:
    def test_begin_with_the_line_where_packets_are_lost(self) -> None:
        """Loss points to the line, and the line has a name."""
        checks = first_checks(opened(symptom("loss_pct_rx", value=3.0, centre=0.0, spread=0.0, floor=0.5)))

        assert "GE3 of LDN-vVCE" in checks[0]
        assert len(checks) == COUNT

    def test_begin_with_the_load_where_packets_are_late(self) -> None:
        """Latency points to a full queue."""
        checks = first_checks(opened(symptom("latency_ms_tx")))

        assert "BT Business Broadband" in checks[0]
        assert "full" in checks[0]
        assert len(checks) == COUNT

    def test_do_without_names(self) -> None:
        """A link whose labels are missing is still a link."""
        checks = first_checks(opened(labels={}))

        assert "the link" in checks[0]
        assert len(checks) == COUNT

    def test_suit_what_is_no_link(self) -> None:
        """A daemon has neither provider nor cable."""
        checks = first_checks(opened(labels={}, kind="daemon", entity="daemon/x"))

        assert len(checks) == COUNT
        assert not any("provider" in check or "cable" in check for check in checks)
