import pytest

from satark.analytics.routes.live import Live, Options, options_of
from satark.analytics.settings import AnalyticsSettings
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.settings import Secret


class TestOptions:
    def test_settings_become_options(self) -> None:
        """Each has its place."""
        settings = AnalyticsSettings(
            object_memory_bytes=20_000_000,
            stream_memory_bytes=2_000_000,
            stream_heartbeat_s=3.0,
            streams=7,
            alarm_token_key=Secret("0123456789abcdef"),
        )

        options = options_of(settings)

        assert (20_000_000, 2_000_000) == (options.mirror.memory_bytes, options.streams.memory_bytes)
        assert (3.0, 7, b"0123456789abcdef") == (options.pace.heartbeat_s, options.pace.most, options.token_key)
        assert "0123" not in repr(options)

    def test_without_a_key_each_process_has_its_own(self) -> None:
        """None is made up from nothing."""
        assert b"" == options_of(AnalyticsSettings()).token_key == Options().token_key

    @pytest.mark.parametrize("key", ["short", "x" * 65])
    def test_a_key_that_is_none_is_a_mistake(self, key: str) -> None:
        """It is told at the start."""
        mistakes = [*AnalyticsSettings(alarm_token_key=Secret(key)).mistakes()]

        assert ["ALARM_TOKEN_KEY must have between 16 and 64 bytes"] == mistakes


class TestLive:
    def test_it_serves_all_that_is_live(self) -> None:
        """Making it opens nothing; its routes are there at once, each once."""
        live = Live(KafkaSettings(brokers="127.0.0.1:1"), Health(), told=lambda _: None)

        paths = [(route.method, route.path) for route in live.routes]

        assert (15, 15) == (len(paths), len(set(paths)))
        assert {"/analytics/uves", "/analytics/alarms", "/v1/stream/incidents", "/v1/objects"} < {
            path for _, path in paths
        }
