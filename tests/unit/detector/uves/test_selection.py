import pytest

from satark.detector.uves.commands.selection import selected, shown_key

KEYS = ("ObjectVNTable:default:vn1", "ObjectVNTable:demo:vn2", "ObjectVRouter:vn1", "Own:x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, KEYS),
        ("virtual-network", KEYS[:2]),
        ("ObjectVNTable", KEYS[:2]),
        ("virtual-network:*vn1", KEYS[:1]),
        ("*:*vn1", (KEYS[0], KEYS[2])),
        ("virtual-network:default:vn1", KEYS[:1]),
        ("Own", KEYS[3:]),
        ("vrouter:vn", ()),
    ],
)
def test_what_is_meant(text: str | None, expected: tuple[str, ...]) -> None:
    """Nothing is all; a type or a table; a pattern of names; one object."""
    selection = selected(text)

    assert expected == tuple(key for key in KEYS if selection.has(key))


def test_one_object() -> None:
    """It is known before anything is read that one is meant."""
    assert (True, "ObjectVNTable:a:b") == (selected("virtual-network:a:b").is_one, selected("virtual-network:a:b").key)
    assert [False] * 3 == [selected(text).is_one for text in (None, "vrouter", "vrouter:*")]


def test_keys_are_shown_by_type() -> None:
    """People know types better than tables."""
    assert ("virtual-network:default:vn1", "Own:x") == (shown_key(KEYS[0]), shown_key(KEYS[3]))
