"""The settings of keeping: what contradicts itself is told."""

from datetime import timedelta

import pytest

from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.address import Embedded
from satark.analytics.store.retention import Limits
from satark.analytics.store.tables import Kept
from satark.runtime.settings import Secret


class TestMistakes:
    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            (AnalyticsSettings(store="mysql://db"), "STORE is neither"),
            (AnalyticsSettings(store="clickhouse://me:secret@db"), "STORE holds a password"),
            (AnalyticsSettings(cluster="blue"), "CLUSTER has no use"),
            (AnalyticsSettings(store_password=Secret("x")), "STORE_PASSWORD has no use"),
            (AnalyticsSettings(database="a b"), "DATABASE: 'a b' is not a name"),
            (AnalyticsSettings(keep=("messages ever",)), "KEEP: 'ever'"),
            (AnalyticsSettings(keep=("messages 0d",)), "KEEP: 'messages 0d' keeps nothing"),
        ],
    )
    def test_a_mistake_is_one_line(self, settings: AnalyticsSettings, words: str) -> None:
        """It names the setting and what is wrong with it."""
        (line,) = settings.mistakes()

        assert line.startswith(words)
        assert "secret" not in line

    def test_the_defaults_are_fine(self) -> None:
        """The engine within the process, and every class kept for a while."""
        settings = AnalyticsSettings()

        assert (list(settings.mistakes()), settings.address) == ([], Embedded("/var/lib/satark/analytics"))
        assert settings.limits.keys() == set(Kept)

    def test_what_is_not_named_is_kept_as_by_default(self) -> None:
        """Who says how long messages are kept says nothing of samples."""
        limits = AnalyticsSettings(keep=("messages 2d",)).limits

        assert limits[Kept.MESSAGES] == Limits(timedelta(days=2))
        assert limits[Kept.SAMPLES] == Limits(timedelta(days=13 * 30.5))
