import pytest

from tests.support.plugin import prefix_of, unmet

LINE = "real Kafka needs Java"


class TestUnmet:
    def test_nothing_missing(self) -> None:
        """A machine that has all runs the test, required or not."""
        assert (unmet("1", None), unmet("", None)) == (None, None)

    @pytest.mark.parametrize("require", ["", "0", "no", "False"])
    def test_missing_is_skipped(self, require: str) -> None:
        """Without the requirement the test is skipped with the line that says what to install."""
        assert unmet(require, LINE) == (False, LINE)

    @pytest.mark.parametrize("require", ["1", "yes", "true"])
    def test_missing_but_required_fails(self, require: str) -> None:
        """With the requirement the same machine fails the test, and the line says why."""
        assert unmet(require, LINE) == (True, f"{LINE} (SATARK_REQUIRE_KAFKA is set, so this is a failure)")


class TestPrefix:
    def test_is_a_legal_topic_name(self) -> None:
        """Whatever a test is called, Kafka takes the prefix."""
        found = prefix_of("test_x[SASL_SSL-ü/…]" + "y" * 300, "ab12")

        assert found.startswith("test-x-SASL-SSL-yyy")
        assert found.endswith("-ab12")
        assert len(found) < 100
