import json
from typing import Any

import pytest

from satark.sandesh.idl import Code, IdlError, Options, load_texts
from tests.unit.sandesh.idl.corpus import RECORDED

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (RECORDED / "compiler_cases.jsonl").read_text().splitlines()
]

# What the original accepts and we refuse, with the reason.
REFUSED = {
    "big_id": (Code.ID_OUT_OF_RANGE, "C++ reads ids as 16 bits: the field would not be found"),
    "huge_id": (Code.ID_OUT_OF_RANGE, "the original cuts the id to 32 bits without a word"),
    "duplicate_field_name": (Code.DUPLICATE_FIELD, "the generated Python does not compile"),
    "duplicate_struct": (Code.DUPLICATE_NAME, "the first definition is lost without a word"),
    "sandesh_and_struct_same": (Code.DUPLICATE_NAME, "the first definition is lost without a word"),
    "enum_dup_type": (Code.DUPLICATE_NAME, "the first definition is lost without a word"),
    "typedef_dup": (Code.DUPLICATE_NAME, "the first definition is lost without a word"),
    "uve_no_deleted": (Code.UVE_WITHOUT_DELETED, "the library needs the field: sending fails"),
    "uve_no_name": (Code.UVE_WITHOUT_NAME, "the library needs the field: sending fails"),
    "alarm_no_key": (Code.UVE_WITHOUT_KEY, "there is no table to send it to: the library drops it"),
    "alarm_no_name": (Code.UVE_WITHOUT_NAME, "the library needs the field: sending fails"),
    "dynamicuve_scalar": (Code.DATA_NOT_STRUCT, "the library reads fields of the data: sending fails"),
    "dynamicuve_no_key": (Code.UVE_WITHOUT_KEY, "there is no table to send it to: the library drops it"),
    "dynamicuve_no_deleted": (Code.UVE_WITHOUT_DELETED, "the library needs the field: sending fails"),
    "cpp_uve_no_key": (Code.UVE_WITHOUT_KEY, "there is no table to send it to: the library drops it"),
    "enum_big": (Code.ENUM_RANGE, "an enum is an i32 on the wire"),
    "const_u16_range": (Code.VALUE_RANGE, "the value cannot be sent as what it is declared"),
    "const_bool_2": (Code.VALUE_RANGE, "the value is neither true nor false"),
    "dotted_ident": (Code.DOTTED_NAME, "the generated Python does not compile"),
    "include_missing": (Code.MISSING_INCLUDE, "a warning about a missing file goes unread"),
    "period_bad": (Code.ANNOTATION_VALUE, "the library would never send the UVE"),
}
# What the original refuses and we accept: its generator for one target cannot, the language can.
ACCEPTED = {
    "kind_buffer": "Python has no buffers there; the language has",
    "required_in_buffer": "Python has no buffers there; the language has",
    "empty_buffer": "Python has no buffers there; the language has",
    "map_c": "C has no maps there; the language has",
    "static_c": "C has no constant text there; the language has",
}
# What the original crashes on, and what we say.
CRASHES = {
    "alarm_empty": Code.DATA_MISSING,
    "alarm_scalar": Code.DATA_NOT_STRUCT,
    "alarm_two_fields": Code.DATA_NOT_ALONE,
    "alarm_wrong_field_name": Code.DATA_NAME,
    "cpp_uve_two_fields": Code.DATA_NOT_ALONE,
    "dynamicuve_empty": Code.DATA_MISSING,
    "hidden_required": Code.ANNOTATION_PLACE,
    "include_cycle": Code.INCLUDE_CYCLE,
    "include_recursive_self": Code.INCLUDE_CYCLE,
    "stats_bad_syntax": Code.STATISTIC_SYNTAX,
    "stats_on_required": Code.ANNOTATION_PLACE,
    "stats_unknown_attr": Code.STATISTIC_SOURCE,
    "uve_empty": Code.DATA_MISSING,
    "uve_scalar": Code.DATA_NOT_STRUCT,
    "uve_two_fields": Code.DATA_NOT_ALONE,
    "uve_wrong_field_name": Code.DATA_NAME,
}


def options(arguments: list[str]) -> Options:
    """Return what the switches of a case mean here."""
    return Options(
        strict="-strict" in arguments,
        allow_negative_ids="--allow-neg-keys" in arguments,
        allow_64_bit="--allow-64bit-consts" in arguments,
    )


def codes(case: dict[str, Any]) -> list[Code]:
    """Return the kinds of errors in a case."""
    try:
        load_texts(case["files"], "t.sandesh", options(case["args"]))
    except IdlError as error:
        return [problem.code for problem in error.errors]
    return []


class TestCases:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
    def test_as_the_original(self, case: dict[str, Any]) -> None:
        """We accept what the original accepts, and refuse what it refuses, but for what is written down above."""
        found = codes(case)

        if case["name"] in REFUSED:
            assert case["rc"] == 0
            assert found == [REFUSED[case["name"]][0]]
        elif case["name"] in ACCEPTED:
            assert case["rc"] > 0
            assert found == []
        else:
            assert bool(found) == (case["rc"] != 0)

    @pytest.mark.parametrize("case", [case for case in CASES if case["rc"] < 0], ids=lambda case: case["name"])
    def test_where_the_original_crashes(self, case: dict[str, Any]) -> None:
        """What makes the original abort is an error of its own here."""
        assert codes(case) == [CRASHES[case["name"]]]

    def test_the_tables_have_no_other_rows(self) -> None:
        """Every exception is one of a recorded case."""
        names = {case["name"] for case in CASES}

        assert {*REFUSED, *ACCEPTED} - names == set()
        assert set(CRASHES) == {case["name"] for case in CASES if case["rc"] < 0}
