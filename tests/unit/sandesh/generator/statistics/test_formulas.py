import pytest

from satark.sandesh.generator.statistics import Formula, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x:DSNone", Formula(("x",), "DSNone")),
        ("x:DSSum:", Formula(("x",), "DSSum")),
        ("a.b:DSEWM:0.8", Formula(("a", "b"), "DSEWM", "0.8")),
        ("2-x:DSSum:60", Formula(("x",), "DSSum", "60", 2)),
        ("0-x:DSNone", Formula(("x",), "DSNone", period=0)),
        ("1.DSSum-x:DSAnomaly:EWM:0.8", Formula(("x",), "DSAnomaly", "EWM:0.8", 1, "DSSum")),
    ],
)
def test_parse(text: str, expected: Formula) -> None:
    """A formula has a source, an algorithm, and perhaps an argument and a period."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    "text", ["", "x", "x:", "x:DSNope", ":DSNone", "1.DSNope-x:DSNone", "x:DSSum:soon", "9999999999-x:DSSum"]
)
def test_parse_wrong(text: str) -> None:
    """What is no formula is refused."""
    with pytest.raises(ValueError, match="no "):
        parse(text)
