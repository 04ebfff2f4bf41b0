import numpy as np

from satark.detector.robust import WAN_LINK
from satark.detector.robust.scale import raw, rise, stabilised, step_of

VALUES = np.array([[40.0], [20.0], [9.0], [4.0], [0.25], [-1.0]], np.float32)


class TestStabilised:
    def test_jitter_and_loss_are_roots_and_come_back(self) -> None:
        """Below zero is zero, where there is no root."""
        given = VALUES.copy()

        assert [[40.0], [20.0], [3.0], [2.0], [0.5], [0.0]] == stabilised(given, WAN_LINK).tolist()
        assert [[40.0], [20.0], [9.0], [4.0], [0.25], [0.0]] == raw(given, WAN_LINK).tolist()


class TestRise:
    def test_a_step_of_a_root_means_more_the_higher_it_starts(self) -> None:
        """From 2 to 3 is from 4 ms to 9 ms."""
        base = np.full((6, 1), 2.0, np.float32)

        assert [[1.0], [1.0], [5.0], [5.0], [5.0], [5.0]] == rise(base, np.ones((6, 1), np.float32), WAN_LINK).tolist()

    def test_step_of_is_its_inverse(self) -> None:
        """How far to go for a rise of five."""
        base, five = np.full((6, 1), 2.0, np.float32), np.full((6, 1), 5.0, np.float32)

        assert [[5.0], [5.0], [1.0], [1.0], [1.0], [1.0]] == step_of(base, five, WAN_LINK).tolist()
