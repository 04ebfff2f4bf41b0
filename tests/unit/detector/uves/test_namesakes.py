from satark.detector.uves.namesakes import MAX_TABLES, Namesakes
from satark.uve.uves import Uves
from tests.unit.uve.say import G1, told

NAME = "vn1"


def key(table: int) -> str:
    """An object of one name in some table."""
    return f"T{table}:{NAME}"


def test_tables_of_a_struct_are_bounded() -> None:
    """Of too many, the first ones are looked at."""
    uves = Uves()
    namesakes = Namesakes(uves.get)
    found = []
    for table in range(MAX_TABLES + 2):
        share = told(G1, entity=key(table))
        uves.apply(share, seen_us=0)
        found.append(namesakes.of(share))

    assert "" == found[0]
    assert set(found[1:]) == {"T0"}
    assert MAX_TABLES == len(namesakes._tables["Vn"])
