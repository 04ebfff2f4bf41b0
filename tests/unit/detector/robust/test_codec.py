import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.robust import (
    ROUND_TRIP,
    WAN_LINK,
    OtherRobustStateVersionError,
    UnreadableRobustStateError,
    decode,
    empty,
    encode,
)


class TestDecode:
    @given(st.binary(max_size=3000))
    def test_other_bytes_are_refused(self, raw: bytes) -> None:
        """Garbage is one typed error."""
        with pytest.raises(UnreadableRobustStateError):
            decode([raw], WAN_LINK)

    def test_a_state_of_another_layout_is_refused(self) -> None:
        """Six series are not one."""
        with pytest.raises(UnreadableRobustStateError):
            decode(encode(empty(WAN_LINK, 1)), ROUND_TRIP)

    @pytest.mark.parametrize("version", [1, 200])
    def test_a_state_of_another_version_is_told_apart(self, version: int) -> None:
        """Older and newer states are no garbage: the error says which version they have."""
        with pytest.raises(OtherRobustStateVersionError) as caught:
            decode([b"R" + bytes([version]) + b"anything"], WAN_LINK)

        assert version == caught.value.version

    def test_entities_of_several_batches_make_one(self) -> None:
        """Batches are taken apart and joined at will."""
        one, two = encode(empty(ROUND_TRIP, 1)), encode(empty(ROUND_TRIP, 2))

        assert one + two == encode(decode(one + two, ROUND_TRIP))
