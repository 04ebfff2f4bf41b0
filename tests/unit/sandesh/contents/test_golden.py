"""Everything that was recorded of the originals: what their UVEs are, worked out by hand, and what was made of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from satark.sandesh.contents import Sample, Share, body_xml, object_keys, plain_text, samples_of, sessions_of, share_of
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import ListValue, Node
from satark.sandesh.wire.xml import Received, decode_frame
from tests.unit.sandesh.captures import all_frames, frame_named, manifest
from tests.unit.sandesh.contents.receive import received

DATA = Path(__file__).parents[3] / "data" / "sandesh" / "contents"
UVES: Mapping[str, Any] = json.loads((DATA / "uves.json").read_text())
REPLAYS = [json.loads(line) for line in (DATA / "uve-golden.jsonl").read_text().splitlines()]


def recorded(name: str) -> Received:
    """The message of a recorded frame."""
    return decode_frame(frame_named(name))


class TestRecordedUves:
    def test_every_recorded_uve_is_known(self) -> None:
        """None is missing from the file."""
        sent = {row["file"] for row in manifest() if "/c2s/" in row["file"]}

        assert set(UVES) == {
            name for name in sent if recorded(name).header.type in {SandeshType.UVE, SandeshType.ALARM}
        }

    @pytest.mark.parametrize("name", UVES)
    def test_its_share_is_as_worked_out(self, name: str) -> None:
        """Object, struct, attributes, and whether it is gone."""
        share = share_of(recorded(name))

        assert share is not None
        assert (UVES[name]["share"], UVES[name]["struct"]) == (share.key, share.struct)
        assert UVES[name].get("deleted", False) == share.deleted
        assert UVES[name].get("attributes", "") == " ".join(map(_described, share.attributes.values()))

    @pytest.mark.parametrize("name", UVES)
    def test_its_objects_are_as_worked_out(self, name: str) -> None:
        """For state it is the one that it is about."""
        assert UVES[name]["objects"] == [str(each) for each in object_keys(recorded(name))]

    @pytest.mark.parametrize("name", UVES)
    def test_its_samples_are_as_worked_out(self, name: str) -> None:
        """All rows, with all columns."""
        found = samples_of(recorded(name))

        assert UVES[name]["samples"] == [_row(each) for each in found]
        assert (0, ()) == (found.omitted, found.problems)


class TestRecordedMessages:
    def test_each_can_be_told(self) -> None:
        """No recorded message, of whatever session, is refused by any of the functions."""
        for name, _, frame in all_frames():
            message = decode_frame(frame)
            share, keys = share_of(message), object_keys(message)

            assert samples_of(message).problems == (), name
            assert sessions_of(message).rows == (), name
            assert plain_text(message).isprintable(), name
            assert " identifier=" not in body_xml(message), name
            assert share is None or share.key in map(str, keys), name


class TestReplays:
    """What the originals' own store made of UVEs, and what it read from them in the end (analytics 1.10)."""

    @pytest.mark.parametrize("case", REPLAYS, ids=lambda case: case["id"])
    def test_the_same_structs_and_attributes_are_left(self, case: dict[str, Any]) -> None:
        """After updates, deletes and lost sessions; attributes that are empty everywhere may be left out."""
        left = _left(case)
        structs = {struct for _, struct in left}

        assert set(case["flat"]) == structs or ("filters" in case and set(case["flat"]) <= structs)
        for struct, attributes in case["flat"].items():
            shares = [each for (_, name), each in left.items() if name == struct]
            names = {name for share in shares for name in share}
            missing = names - set(attributes)
            assert set(attributes) - {"__T"} <= names
            assert "filters" in case or all(_is_empty(share[name]) for share in shares for name in missing)

    @pytest.mark.parametrize("case", REPLAYS, ids=lambda case: case["id"])
    def test_scalars_of_one_generator_are_the_same(self, case: dict[str, Any]) -> None:
        """Nothing is combined where one alone speaks, so the text is what was sent."""
        left = _left(case)
        for struct, attributes in case["flat"].items():
            shares = [each for (_, name), each in left.items() if name == struct]
            if len(shares) == 1:
                sent = {name: node.value for name, node in shares[0].items() if isinstance(node.value, str)}
                assert {name: _text(attributes[name]) for name in sent} == sent


def _described(node: Node) -> str:
    aggtype = node.annotations.get("aggtype")
    return f"{node.name}:{node.type}/{aggtype}" if aggtype else f"{node.name}:{node.type}"


def _row(sample: Sample) -> str:
    tags = ", ".join(f"{name}={value}" for name, value in sample.tags.items()) or "-"
    members = [" ".join(f"{name}={value!r}" for name, value in each.items()) for each in (sample.numbers, sample.texts)]
    return " | ".join([f"{sample.stat}.{sample.attribute}", tags, *filter(None, members)])


def _left(case: dict[str, Any]) -> dict[tuple[str, str], dict[str, Node]]:
    """Attributes by generator and struct, as a store would have them in the end."""
    left: dict[tuple[str, str], dict[str, Node]] = {}
    for step in case["steps"]:
        if step["op"] == "disconnect":
            left = {place: each for place, each in left.items() if place[0] != step["generator"]}
            continue
        share = _share(step["xml"])
        assert case["key"] == share.key
        place = step["generator"], share.struct
        if share.deleted:
            left.pop(place, None)
        else:
            left.setdefault(place, {}).update(share.attributes)
    return left


def _share(struct: str) -> Share:
    tree = decode_tree(f'<Trace type="sandesh"><data type="struct">{struct}</data></Trace>'.encode())
    share = share_of(received(tree))
    assert share is not None
    return share


def _is_empty(node: Node) -> bool:
    return isinstance(node.value, ListValue) and not node.value.items


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
