import json
from pathlib import Path

import numpy as np
import pytest

from bench import quality
from bench.scoring import nab, ripe, wan
from bench.scoring.methods import Robust, Told


def scene(*incidents: tuple[int, int, int, int]) -> wan.Scene:
    """Return a scene of two links and a hundred samples that was always quiet."""
    return wan.Scene(
        times=np.arange(100, dtype=np.int64) * 300,
        values=np.zeros((100, 6, 2), np.float32),
        incidents=np.array(incidents, np.int64).reshape(-1, 4),
        maintenance=np.array([(1, 60, 70)], np.int64),
        spikes=np.array([(1, 30)], np.int64),
        warmup=10,
    )


@pytest.fixture(scope="module")
def told() -> Told:
    """Return what the default method tells of the small scene."""
    return quality.wan_told(Robust(), [wan.load(quality.QUICK / "wan.npz")])


class TestFloor:
    def test_the_default_method_keeps_its_quality_on_the_small_scene(self, told: Told) -> None:
        """One seed of the synthetic set: the floors that no change of the method may fall through."""
        score = quality.wan_score([wan.load(quality.QUICK / "wan.npz")], told)

        assert score.f1 >= 0.92
        assert score.false / score.link_weeks <= 0.09
        assert score.in_maintenance == 0
        assert score.told / score.detected <= 1.1

    def test_the_default_method_keeps_its_quality_on_the_small_measured_set(self) -> None:
        """Ten traces: the same."""
        changes, pages = quality.ripe_scores(Robust(), list(ripe.load(quality.QUICK / "ripe.npz")))

        assert changes >= 0.68
        assert pages.f1 >= 0.63

    def test_the_pages_of_the_small_scene_are_those_written_down(self, told: Told) -> None:
        """What is to be faster or clearer changes no page; for what is to be better, `bench/quality.py --record`."""
        expected = json.loads((quality.QUICK / "pages.json").read_text())

        assert expected == np.argwhere(told.pages).tolist()


class TestMain:
    def test_missing_data_is_explained(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Without any set the program says what it wants and fails."""
        assert quality.main(["--data", str(tmp_path), "--method", "robust"]) == 1
        assert "--data" in capsys.readouterr().out

    def test_seeds_are_ranges_and_lists(self) -> None:
        """Seeds are written as people write them."""
        assert [1, 2, 7, 9, 10] == quality.seeds_of("1-2,7,9-10")


class TestWanScore:
    def test_an_opening_in_an_incident_detects_it_once(self) -> None:
        """Further openings in the same incident are told, but neither right nor wrong."""
        score = wan.evaluate(scene((0, 20, 30, 20)), [[21, 25], []])

        assert (1, 0, 2, (10.0,)) == (score.detected, score.false, score.told, score.delays_min)

    def test_the_hour_after_an_incident_is_not_scored(self) -> None:
        """Recovery is no false alarm; what comes later is."""
        score = wan.evaluate(scene((0, 20, 30, 20)), [[33, 50], []])

        assert (0, 1) == (score.detected, score.false)

    def test_openings_at_spikes_and_in_maintenance_are_counted_apart(self) -> None:
        """False openings are told by what they fell for."""
        score = wan.evaluate(scene(), [[], [31, 65]])

        assert (2, 1, 1) == (score.false, score.spikes_told, score.in_maintenance)

    def test_warm_up_is_not_scored(self) -> None:
        """What is told while baselines are young counts nothing."""
        assert wan.evaluate(scene(), [[5], []]).false == 0

    def test_scenes_are_kept_without_loss(self, tmp_path: Path) -> None:
        """A kept scene is the scene."""
        before = scene((0, 20, 30, 20))
        before.save(tmp_path / "scene.npz")
        after = wan.load(tmp_path / "scene.npz")

        assert np.array_equal(before.values, after.values)
        assert np.array_equal(before.incidents, after.incidents)


class TestRipeScore:
    def test_a_report_matches_one_label_within_five_samples(self) -> None:
        """Matching is one to one."""
        assert ripe.Counts(hits=1, false=2, missed=1) == ripe.match([10, 12, 40], [8, 100])

    def test_pages_count_for_upward_shifts_alone(self) -> None:
        """An opening near another label is neither right nor wrong; far from all it is false."""
        rtt = np.array([20.0] * 50 + [40.0] * 50 + [20.0] * 50)
        trace = ripe.Trace("made", np.arange(150, dtype=np.int64) * 240, rtt, (50, 100))

        counts, delays = ripe.pages(trace, [53, 102, 140])

        assert ripe.Counts(hits=1, false=1, missed=0) == counts
        assert [4] == delays


class TestNabScore:
    def series(self) -> nab.Series:
        """Return a series of a thousand rows with one window."""
        return nab.Series("made", np.arange(1000, dtype=np.int64) * 300, np.zeros(1000), ((500, 599),))

    def test_an_alarm_at_the_start_of_each_window_is_perfect(self) -> None:
        """The scale ends at 100."""
        scores = np.zeros(1000)
        scores[500] = 1.0

        assert nab.score([self.series()], [scores], (1.0, 0.11, 1.0)) == pytest.approx(100)

    def test_silence_is_worth_nothing(self) -> None:
        """The scale begins at 0, and no threshold is worse than never."""
        scores = np.zeros(1000)
        scores[900] = 1.0

        assert nab.score([self.series()], [scores], (1.0, 0.11, 1.0)) == 0

    def test_a_late_alarm_earns_less_and_a_false_one_costs(self) -> None:
        """Between both ends earliness and quiet decide."""
        late, noisy = np.zeros(1000), np.zeros(1000)
        late[595] = noisy[500] = noisy[300] = 1.0

        scored = [nab.score([self.series()], [scores], (1.0, 0.11, 1.0)) for scores in (late, noisy)]

        assert 50 < scored[0] < 60
        assert scored[1] == pytest.approx(100 * (1 + 1 - 0.11) / 2)
