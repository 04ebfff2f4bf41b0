"""Shapes that hold themselves. What the others do is in the tests of the files that have them."""

from jsonschema import Draft202012Validator

from satark.runtime.documents import parse
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import Again, Many, Member, Table
from satark.runtime.documents.values import whole

_members: dict[str, Member] = {"size": Member(whole(1, 3), "How large.")}
TREE = Table(_members)
_members["below"] = Member(Many(Again("tree", lambda: TREE), 5), "What is below.")


class TestAgain:
    def test_read(self) -> None:
        """A tree is read to its leaves, and mistakes are found there."""
        content = b"{size: 1, below: [{size: 2, below: [{size: 3}]}, {size: 4}]}"
        mistakes = Mistakes("f", content)
        found = TREE.read(parse(content), mistakes)

        assert found == {"size": 1, "below": ({"size": 2, "below": ({"size": 3},)}, {})}
        assert [one.text for one in mistakes.told()] == ["expected a whole number from 1 to 3, not 4"]

    def test_schema(self) -> None:
        """Its schema refers to itself."""
        validator = Draft202012Validator(TREE.schema() | {"$defs": {"tree": TREE.schema()}})

        assert validator.is_valid({"below": [{"below": [{"size": 3}]}]})
        assert not validator.is_valid({"below": [{"below": [{"size": 4}]}]})
