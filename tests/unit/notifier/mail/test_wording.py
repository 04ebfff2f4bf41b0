from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.notifier.mail import wording
from satark.notifier.mail.incident_view import view
from tests.unit.notifier.scenes import LONDON, NOON, opened, symptom


class TestSentence:
    def test_says_what_the_seed_meant(self) -> None:
        """Metric, link, edge, value and the true distance, in the seed's order."""
        event = opened(symptom())

        assert wording.sentence(event, event.symptoms[0]) == (
            "Latency (download, ms) of WAN BT Business Broadband at edge LDN-vVCE is 100.0, 2.5 standard deviations "
            "above the mean of 75.0 (standard deviation 10.0) of the 60 minutes before."
        )

    def test_tells_when_the_spread_was_too_small_to_believe(self) -> None:
        """A distance measured with the floor says so."""
        event = opened(symptom("loss_pct_tx", value=3.0, centre=0.0, spread=0.0, floor=0.5))

        assert wording.sentence(event, event.symptoms[0]) == (
            "Packet loss (upload, %) of WAN BT Business Broadband at edge LDN-vVCE is 3.0, 6.0 standard deviations "
            "above the mean of 0.0 (standard deviation 0.0, taken as at least 0.5) of the 60 minutes before."
        )

    def test_speaks_of_a_limit_where_nothing_was_learnt(self) -> None:
        """An absolute limit has no mean and no deviations."""
        seen = symptom("queue_depth", value=120.0)
        event = opened(
            replace(seen, limit=100.0, baseline=replace(seen.baseline, centre=0.0, spread=0.0, floor=1.0, n=0))
        )

        assert wording.sentence(event, event.symptoms[0]) == (
            "Queue depth of WAN BT Business Broadband at edge LDN-vVCE is 120.0; more than 100.0 is too much, "
            "whatever is usual."
        )
        assert "by limit" in view(event, now=NOON).rows[0].distance

    def test_counts_one_in_the_singular(self) -> None:
        """One standard deviation is one."""
        event = opened(symptom(value=85.0))

        assert "1.0 standard deviation above" in wording.sentence(event, event.symptoms[0])

    def test_speaks_of_values_below(self) -> None:
        """A value under the mean is below it."""
        event = opened(symptom(value=50.0))

        assert "2.5 standard deviations below the mean" in wording.sentence(event, event.symptoms[0])

    def test_names_what_has_no_edge_by_its_key(self) -> None:
        """Anything else that is measured is named by its entity."""
        event = opened(labels={}, entity="daemon/collector-1", kind="daemon")

        assert "Latency (download, ms) of daemon/collector-1 is" in wording.sentence(event, event.symptoms[0])
        assert wording.place(event) == "daemon/collector-1"


class TestMetricWords:
    @pytest.mark.parametrize(
        ("name", "title", "short"),
        [
            ("latency_ms_rx", "Latency (download, ms)", "download latency"),
            ("jitter_ms_tx", "Jitter (upload, ms)", "upload jitter"),
            ("loss_pct_rx", "Packet loss (download, %)", "download packet loss"),
            ("queue_depth", "Queue depth", "queue depth"),
            ("cpu_load_pct", "Cpu load (%)", "cpu load"),
            ("rx", "Rx", "rx"),
            ("ms", "Ms", "ms"),
            ("db.reads_bytes", "Db.reads (bytes)", "db.reads"),
        ],
    )
    def test_reads_the_name(self, name: str, title: str, short: str) -> None:
        """Quantity, unit and direction, known or not."""
        words = wording.metric_words(name)

        assert (title, short) == (words.title, words.short)


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (100.0, "100.0"),
            (0.0, "0.0"),
            (-0.0, "0.0"),
            (0.25, "0.25"),
            (3.14159, "3.14"),
            (0.0042, "0.0042"),
            (0.004, "0.004"),
            (-2.5, "-2.5"),
            (-0.0001, "-0.0001"),
            (123456.789, "123456.79"),
            (9.999, "10.0"),
            (1e20, "1e+20"),
            (5e-300, "0.0"),
        ],
    )
    def test_rounds_for_reading(self, value: float, text: str) -> None:
        """Two decimals, more only for what would vanish."""
        assert text == wording.number(value)

    @given(st.floats(-1e300, 1e300))
    def test_stays_near_the_value(self, value: float) -> None:
        """Any number becomes a text that says about the same."""
        assert float(wording.number(value)) == pytest.approx(value, rel=0.06, abs=0.005)


class TestTimes:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (2100, "35 min"),
            (3600, "1 h"),
            (3900, "1 h 5 min"),
            (86_400 + 300, "1 d"),
            (2 * 86_400 + 3 * 3600, "2 d 3 h"),
        ],
    )
    def test_tells_a_length(self, seconds: int, text: str) -> None:
        """In the two largest units."""
        assert text == wording.duration(seconds)

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(3600, "60 minutes"), (60, "1 minute"), (30, "30 seconds"), (86_400, "24 hours"), (604_800, "7 days")],
    )
    def test_tells_a_window(self, seconds: int, text: str) -> None:
        """As people speak of it."""
        assert text == wording.window(seconds)

    @pytest.mark.parametrize(
        ("zone", "text"),
        [
            (None, "2026-11-21 12:00 UTC"),
            ("Europe/London", "2026-11-21 12:00 UTC"),
            ("America/Sao_Paulo", "2026-11-21 12:00 UTC (09:00 America/Sao_Paulo)"),
            ("Nowhere/Atlantis", "2026-11-21 12:00 UTC"),
            ("../../etc/passwd", "2026-11-21 12:00 UTC"),
            ("\x00", "2026-11-21 12:00 UTC"),
        ],
    )
    def test_adds_the_sites_own_time(self, zone: str | None, text: str) -> None:
        """Where the zone is known and differs from UTC."""
        assert text == wording.moment(NOON, zone)

    def test_tells_an_interval_over_midnight(self) -> None:
        """Both days are named, unless it ends with the day."""
        late = datetime(2026, 11, 21, 23, 50, tzinfo=UTC)

        assert wording.interval(late, late + timedelta(minutes=10)) == "23:50-00:00 UTC on 2026-11-21"
        assert wording.interval(late, late + timedelta(minutes=30)) == "2026-11-21 23:50 to 2026-11-22 00:20 UTC"


class TestPlace:
    def test_is_edge_and_link(self) -> None:
        """The stem of all subjects of an incident."""
        assert wording.place(opened(labels=LONDON)) == "LDN-vVCE / BT Business Broadband"
