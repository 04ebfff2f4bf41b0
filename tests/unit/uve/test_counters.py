import pytest

from satark.schemas.uves import Value
from satark.uve import counters, views
from satark.uve.counters import Counter, Place
from satark.uve.known import Form
from satark.uve.told import Withdrawal
from satark.uve.uves import Uves
from tests.unit.uve.say import G1, G2, KEY, scalar, told

FORM: Form = ("u64", (("aggtype", "counter"),))


def count(text: str) -> Value:
    """A number that asks to be counted over restarts."""
    return scalar(text, "u64", aggtype="counter")


@pytest.fixture
def uves() -> Uves:
    """Two generators count bytes: 100 and 50."""
    uves = Uves(counting=True)
    for generator, text in ((G1, "100"), (G2, "50")):
        uves.apply(told(generator, n=count(text)), seen_us=0)
    return uves


class TestCounters:
    def test_survive_a_restart(self, uves: Uves) -> None:
        """What a generator had counted stays when it goes, and when it comes back and begins anew."""
        shown = [views.flat(uves[KEY])["Vn"]["n"]]

        uves.withdraw(Withdrawal(generator=G1, through=7))
        shown.append(views.flat(uves[KEY])["Vn"]["n"])
        uves.apply(told(G1, session=8, n=count("5")), seen_us=0)
        shown.append(views.flat(uves[KEY])["Vn"]["n"])

        assert shown == [150, 150, 155]

    def test_count_nothing_twice_when_the_generator_had_not_stopped(self, uves: Uves) -> None:
        """It lost its gateway, and goes on counting."""
        uves.withdraw(Withdrawal(generator=G1, through=7))
        uves.apply(told(G1, session=8, n=count("120")), seen_us=0)

        assert views.flat(uves[KEY])["Vn"]["n"] == 170
        assert views.structured(uves[KEY])["Vn"]["n"] == {"@type": "u64", "@aggtype": "counter", "#text": "170"}

    def test_begin_anew_with_the_object(self, uves: Uves) -> None:
        """All generators know the object no longer, and said so."""
        for generator in (G1, G2):
            uves.apply(told(generator, number=2, deleted=True), seen_us=0)

        assert not uves[KEY].exists
        uves.apply(told(G1, number=3, n=count("5")), seen_us=0)
        assert views.flat(uves[KEY])["Vn"]["n"] == 5

    def test_wait_for_an_object_whose_generators_are_away(self, uves: Uves) -> None:
        """Meanwhile it is not shown."""
        for generator in (G1, G2):
            uves.withdraw(Withdrawal(generator=generator, through=7))

        assert views.flat(uves[KEY]) == {}
        assert not uves[KEY].exists
        uves.apply(told(G2, session=9, n=count("1")), seen_us=0)
        assert views.flat(uves[KEY])["Vn"]["n"] == 151

    def test_are_filtered_by_source(self, uves: Uves) -> None:
        """Each source has its part."""
        kept = uves[KEY].parts["Vn"].attributes["n"].only(lambda source: source == G2)

        assert kept.counter is not None
        assert kept.counter.total == 50

    def test_take_in_numbers_that_do_not_ask_for_it(self, uves: Uves) -> None:
        """A generator of an older version, for one: its number counts while it is there."""
        uves.apply(told("h4:Compute:vra:0", n=scalar("3", "u64")), seen_us=0)

        assert views.flat(uves[KEY])["Vn"]["n"] == 153

    def test_step_back_when_a_value_is_no_number(self, uves: Uves) -> None:
        """Then who says what is to be seen."""
        uves.apply(told(G2, number=2, n=scalar("many", "string")), seen_us=0)

        assert views.flat(uves[KEY])["Vn"]["n"] == [[100, G1], ["many", G2]]

    def test_keep_the_number_of_sources_that_are_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of too many, those that were heard longest ago lose their names but not their counts."""
        monkeypatch.setattr(counters, "MAX_SOURCES", 2)
        counter = Counter(FORM)

        for source in ("a", "b", "a", "c"):
            counter.add(source, 10, FORM, session=1, sequence=1)

        assert (counter.total, list(counter.counts)) == (30, ["a", "c"])

    def test_do_not_count_what_is_told_again(self) -> None:
        """Neither a number from before a restart, nor one of an earlier message."""
        counter = Counter(FORM)
        heard = [(1, 1, 100), (1, 2, 120), (2, 1, 5)]

        for session, sequence, number in (*heard, *heard, *heard[1:]):
            counter.add("a", number, FORM, session=session, sequence=sequence)

        assert counter.total == 125

    def test_do_not_count_what_is_read_again(self) -> None:
        """By its place, also of a source whose name was forgotten; later places count, even if the topic is a new one."""
        counter = Counter(FORM)
        for source, place in (
            ("a", Place(7, 1_000)),
            ("b", Place(7, 1_000)),
            ("b", Place(3, 900)),
            ("c", Place(0, 1_001)),
        ):
            counter.add(source, 10, FORM, session=1, sequence=1, place=place)

        assert (20, ["a", "c"]) == (counter.total, list(counter.counts))
