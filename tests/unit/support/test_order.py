from tests.support.order import portion, rank

END = "tests/e2e/test_up.py::test_interrupt"
INTEGRATION = "tests/integration/gateway/test_soak.py::test_churn"
UNIT = "tests/unit/support/test_order.py::TestRank::test_it[a::b]"


class TestRank:
    def test_the_longest_go_first(self) -> None:
        """Whole processes come before tests with servers, these before all others."""
        assert [END, INTEGRATION, UNIT] == sorted([UNIT, END, INTEGRATION], key=rank)

    def test_others_stay_as_they_are(self) -> None:
        """Among the others the order is that of the shuffle."""
        assert {rank(UNIT)} == {rank(nodeid) for nodeid in ("tests/contract/test_x.py::test_y", "test_z.py::test_a")}

    def test_what_must_stay_together_goes_first(self) -> None:
        """Of one folder a group that one worker does comes before single tests; of unit tests it does not matter."""
        assert rank(END, together=True) < rank(END) < rank(INTEGRATION, together=True)
        assert rank(UNIT) == rank(UNIT, together=True)


class TestPortion:
    def test_long_tests_are_alone(self) -> None:
        """Each goes to whichever worker is free."""
        assert (END, INTEGRATION) == (portion(END, END), portion(INTEGRATION, INTEGRATION))

    def test_unit_tests_go_by_modules(self) -> None:
        """The tests of a module stay together."""
        assert portion(UNIT, UNIT) == "tests/unit/support/test_order.py"

    def test_a_mark_is_kept(self) -> None:
        """Tests that are marked to stay together do so, wherever they are."""
        assert ("tls", "tls") == (portion(f"{INTEGRATION}@tls", "tls"), portion(f"{UNIT}@tls", "tls"))
