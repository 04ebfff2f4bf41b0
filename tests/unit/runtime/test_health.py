from satark.runtime.health import Condition, Health


class TestHealth:
    def test_it_begins_unready(self) -> None:
        """A process is not ready before it has said what it needs."""
        assert not Health().ready
        assert Health(["kafka"]).report() == (Condition("kafka", ready=False, reason="starting"),)

    def test_every_condition_counts(self) -> None:
        """A process is ready when every condition is; the report keeps the order of declaration."""
        health = Health(["kafka"])

        health.set("vco", ready=False, reason="no answer")
        health.set("kafka", ready=True)
        before = health.ready
        health.set("vco", ready=True)

        assert (before, health.ready) == (False, True)
        assert [condition.name for condition in health.report()] == ["kafka", "vco"]
