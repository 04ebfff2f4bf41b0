import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.parameters import LoggingParams, RateLimits, SendingParams, refusal
from satark.sandesh.session.causes import TxCause
from satark.sandesh.types import Kind, Level

LOGS = (Kind.SYSTEMLOG, Kind.OBJECTLOG, Kind.FLOWLOG, Kind.SESSIONLOG)


def cause(kind: Kind, *, level: int = Level.SYS_INFO, **params: object) -> TxCause | None:
    """Why a message of a kind is not sent."""
    return refusal(kind, "X", level, SendingParams(**params), RateLimits(), 1.0)  # type: ignore[arg-type]


class TestRefusal:
    @pytest.mark.parametrize("kind", Kind)
    def test_nothing_is_refused_by_default(self, kind: Kind) -> None:
        """A program that sets nothing loses nothing."""
        assert cause(kind) is None

    @pytest.mark.parametrize("kind", Kind)
    def test_all_logs(self, kind: Kind) -> None:
        """Logs of every kind can be switched off; state, traces and responses cannot."""
        expected = TxCause.SENDING_DISABLED if kind in LOGS else None

        assert expected is cause(kind, disable_all_logs=True)

    @pytest.mark.parametrize(
        ("switch", "kinds"),
        [("disable_object_logs", {Kind.OBJECTLOG}), ("disable_flows", {Kind.FLOWLOG, Kind.SESSIONLOG})],
    )
    def test_some_logs(self, switch: str, kinds: set[Kind]) -> None:
        """Object logs and flows have switches of their own."""
        assert kinds == {kind for kind in Kind if cause(kind, **{switch: True}) is TxCause.SENDING_DISABLED}

    def test_unit_test_levels(self) -> None:
        """Levels of unit tests are never sent."""
        levels = {each for each in Level if cause(Kind.SYSTEMLOG, level=each) is not None}

        assert {each for each in Level if each.name.startswith("UT_")} == levels

    def test_no_system_logs(self) -> None:
        """A limit of 0 means none, as in the originals' configurations, and only of system logs."""
        assert {Kind.SYSTEMLOG} == {kind for kind in Kind if cause(kind, system_logs_rate_limit=0)}


class TestRateLimits:
    @given(st.integers(1, 20), st.lists(st.floats(0, 5), max_size=200).map(sorted))
    def test_in_each_second(self, limit: int, times: list[float]) -> None:
        """In no second go more than the limit allows, and nothing is refused below it."""
        limits, sent = RateLimits(), dict.fromkeys(range(6), 0)
        for now_s in times:
            sent[int(now_s)] += limits.allows("X", limit, now_s)
        came = {second: sum(int(each) == second for each in times) for second in sent}

        assert {second: min(count, limit) for second, count in came.items()} == sent

    def test_each_class(self) -> None:
        """Each class of logs has its own limit."""
        limits = RateLimits()

        assert [True, False, True] == [limits.allows(name, 1, 1.0) for name in ("X", "X", "Y")]

    def test_changed_limit(self) -> None:
        """A limit that is changed counts at once, with what went before."""
        limits = RateLimits()
        for _ in range(3):
            limits.allows("X", 3, 1.0)

        assert [False, True, True, False] == [limits.allows("X", limit, 1.5) for limit in (3, 5, 5, 5)]


class TestLogging:
    @pytest.mark.parametrize(
        ("params", "kind", "level", "category", "wanted"),
        [
            (LoggingParams(), Kind.SYSTEMLOG, 0, "", False),
            (LoggingParams(enable=True), Kind.SYSTEMLOG, Level.SYS_INFO, "A", True),
            (LoggingParams(enable=True), Kind.SYSTEMLOG, Level.SYS_DEBUG, "A", False),
            (LoggingParams(enable=True, category="B"), Kind.SYSTEMLOG, 0, "A", False),
            (LoggingParams(enable=True), Kind.FLOWLOG, 0, "", False),
            (LoggingParams(enable=True, enable_flow_log=True), Kind.SESSIONLOG, 0, "", True),
            (LoggingParams(enable=True), Kind.UVE, 0, "", False),
            (LoggingParams(enable=True, level=Level.INVALID), Kind.ALARM, 0, "", True),
            (LoggingParams(trace_print=True), Kind.TRACE, Level.SYS_DEBUG, "B", True),
            (LoggingParams(enable=True), Kind.TRACEOBJECT, 0, "", False),
        ],
    )
    def test_wants(self, params: LoggingParams, kind: Kind, level: int, category: str, *, wanted: bool) -> None:
        """Which messages are logged locally is decided by kind, level and category."""
        assert wanted is params.wants(kind, level, category)
