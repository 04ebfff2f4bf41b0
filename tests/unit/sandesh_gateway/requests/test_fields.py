import pytest

from satark.sandesh_gateway.requests.fields import KNOWN, FieldError, arguments_of
from satark.schemas.requests import Argument


class TestArgumentsOf:
    def test_fields_of_known_requests_need_no_type(self) -> None:
        """Type and number are those of the IDL, in whatever order the fields are given."""
        assert arguments_of("SandeshUVECacheReq", ["key=a:b=c", "tname=X"]) == [
            Argument(name="key", value="a:b=c", type="string", identifier=2),
            Argument(name="tname", value="X", type="string", identifier=1),
        ]
        assert arguments_of("SandeshTraceRequest", ["count=5"])[0].type == "i32"

    def test_fields_of_others_are_as_said(self) -> None:
        """Without a word on it a field is a string, and its number its place."""
        assert arguments_of("Own", ["a=1", "b:i32=2", "c:bool:9=true", "d="]) == [
            Argument(name="a", value="1", type="string", identifier=1),
            Argument(name="b", value="2", type="i32", identifier=2),
            Argument(name="c", value="true", type="bool", identifier=9),
            Argument(name="d", value="", type="string", identifier=4),
        ]

    @pytest.mark.parametrize("text", ["a", "=1", "a:=1", "a:i32:x=1", "a:i32:1:2=1", ":i32=1"])
    def test_what_is_no_field_is_told(self, text: str) -> None:
        """A text that cannot be read is an error that shows it."""
        with pytest.raises(FieldError, match="is no"):
            arguments_of("Own", [text])

    def test_a_misspelt_field_is_told(self) -> None:
        """A known request has its fields and no others; a near one is proposed."""
        with pytest.raises(FieldError, match="did you mean tname"):
            arguments_of("SandeshUVECacheReq", ["tnam=X"])
        with pytest.raises(FieldError, match="it has none"):
            arguments_of("SandeshUVETypesReq", ["x=X"])

    def test_only_requests_are_known(self) -> None:
        """Responses are none."""
        assert "SandeshUVETypesReq" in KNOWN
        assert "SandeshUVETypesResp" not in KNOWN
