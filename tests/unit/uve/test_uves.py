import pytest
from msgspec import Raw
from msgspec.structs import replace

from satark.uve import views
from satark.uve.known import BadValueError
from satark.uve.limits import Limits
from satark.uve.told import Withdrawal
from satark.uve.uve import TIME, Step
from satark.uve.uves import Uves
from tests.unit.uve.say import G1, G2, G3, KEY, scalar, told

OTHER = "ObjectVNTable:vn2"


def of_two() -> Uves:
    """Two objects; G1 speaks of both, G2 of the first."""
    uves = Uves()
    uves.apply(told(G1, x=scalar("1")), seen_us=0)
    uves.apply(told(G2, x=scalar("2")), seen_us=0)
    uves.apply(told(G1, entity=OTHER, x=scalar("3")), seen_us=0)
    return uves


class TestWithdrawal:
    def test_takes_back_all_that_a_generator_said(self) -> None:
        """Of all objects; one of which nobody else speaks is gone."""
        uves = of_two()

        steps = uves.withdraw(Withdrawal(generator=G1, through=7))

        assert steps == {
            KEY: Step({"Vn": frozenset({"x"})}, (("Vn", G1),)),
            OTHER: Step({"Vn": frozenset({"x", TIME})}, (("Vn", G1),)),
        }
        assert list(uves) == [KEY]
        assert len(uves) == 1

    def test_happens_once(self) -> None:
        """Several gateways may say so."""
        uves = of_two()
        uves.withdraw(Withdrawal(generator=G1, through=7))

        assert uves.withdraw(Withdrawal(generator=G1, through=7)) == {}
        assert uves.withdraw(Withdrawal(generator=G1, through=3)) == {}

    def test_holds_for_what_comes_late(self) -> None:
        """Also of objects that the generator had not spoken of, and of generators that nobody heard."""
        uves = of_two()
        uves.withdraw(Withdrawal(generator=G1, through=7))
        uves.withdraw(Withdrawal(generator=G3, through=7))

        for generator in (G1, G3):
            steps = uves.apply(told(generator, entity="ObjectVNTable:vn3"), seen_us=0)
            assert steps["ObjectVNTable:vn3"].ignored == "withdrawn_session"
        assert uves.apply(told(G1, session=8), seen_us=0)[KEY].ignored == ""

    def test_spares_later_sessions(self) -> None:
        """The word of a dead gateway comes when the generator is long with another."""
        uves = of_two()
        uves.apply(told(G1, session=8, x=scalar("5")), seen_us=0)

        assert uves.withdraw(Withdrawal(generator=G1, through=7)) == {}
        assert views.flat(uves[KEY])["Vn"]["x"] == [[5, G1], [2, G2]]


class TestSession:
    def test_proves_that_earlier_ones_are_over(self) -> None:
        """Other objects and structs do not wait for the withdrawal."""
        uves = of_two()
        uves.apply(told(G1, name="Other", y=scalar("1")), seen_us=0)

        steps = uves.apply(told(G1, session=8, x=scalar("1")), seen_us=0)

        assert set(steps) == {KEY, OTHER}
        assert steps[KEY].changed == {"Other": {"y", TIME}}
        assert set(steps[KEY].shares) == {("Vn", G1), ("Other", G1)}
        assert OTHER not in uves

    def test_that_begins_with_a_deletion_proves_it_too(self) -> None:
        """Even of an object that nobody knows."""
        uves = of_two()

        steps = uves.apply(told(G1, session=8, entity="ObjectVNTable:vn3", deleted=True), seen_us=0)

        assert set(steps) == {KEY, OTHER}

    def test_is_not_begun_by_a_broken_share(self) -> None:
        """It has changed nothing."""
        uves = of_two()

        with pytest.raises(BadValueError):
            uves.apply(replace(told(G1, session=8), attributes={"x": Raw(b"7")}), seen_us=0)

        assert views.flat(uves[KEY])["Vn"]["x"] == [[1, G1], [2, G2]]


class TestLimits:
    def test_of_one_object_are_told_by_its_step(self) -> None:
        """What goes over them ends no session either."""
        uves = Uves(limits=Limits(attributes_per_share=1))
        uves.apply(told(G1, x=scalar("1")), seen_us=0)

        steps = uves.apply(told(G1, session=8, x=scalar("1"), y=scalar("2")), seen_us=0)

        assert steps == {KEY: Step(ignored="too_many_attributes")}
        assert views.flat(uves[KEY])["Vn"]["x"] == 1

    def test_bound_the_objects(self) -> None:
        """Those that are there go on."""
        uves = Uves(limits=Limits(objects=1))
        uves.apply(told(G1, x=scalar("1")), seen_us=0)

        assert uves.apply(told(G1, entity=OTHER), seen_us=0)[OTHER].ignored == "too_many_objects"
        assert uves.apply(told(G1, number=2, x=scalar("2")), seen_us=0)[KEY].ignored == ""

    def test_bound_the_memory_of_generators(self) -> None:
        """Of those that say nothing, the one that has been away longest is forgotten."""
        uves = Uves(limits=Limits(generators=2))
        for through, generator in ((5, G1), (4, G2), (6, G3)):
            uves.withdraw(Withdrawal(generator=generator, through=through))

        assert uves.apply(told(G1, session=5), seen_us=0)[KEY].ignored == "withdrawn_session"
        assert uves.apply(told(G2, session=4), seen_us=0)[KEY].ignored == ""

    def test_forget_no_generator_that_speaks(self) -> None:
        """Its objects would never lose it."""
        uves = Uves(limits=Limits(generators=1))
        for generator in (G1, G2):
            uves.apply(told(generator, x=scalar("1")), seen_us=0)

        for generator in (G1, G2):
            uves.withdraw(Withdrawal(generator=generator, through=7))
        assert len(uves) == 0
