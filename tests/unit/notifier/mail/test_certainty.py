import pytest
from msgspec.structs import replace

from satark.notifier.mail.certainty import certainty
from satark.schemas.incidents import Cause, IncidentEvent
from tests.unit.notifier.scenes import NOON, opened, resolved, symptom

SEEN = symptom(bad=3)


def sure(event: IncidentEvent) -> str:
    """Return how sure an event is."""
    return certainty(event, event.symptoms)


class TestCertainty:
    def test_says_what_is_behind_it_how_far_and_for_how_long(self) -> None:
        """The samples of the baseline, the distance against what is allowed, and the samples that are bad."""
        assert sure(opened(SEEN)) == (
            "12 samples of the 60 minutes before are behind what is normal; 2.5 sd from it, where 2.0 are allowed; "
            "beyond the limit for 5 min (3 samples in a row)."
        )

    def test_counts_in_spreads_where_spreads_are_meant(self) -> None:
        """A robust spread is no standard deviation."""
        assert "; 2.5 spreads from it" in sure(opened(replace(SEEN, cause=Cause.UNUSUAL)))

    def test_warns_of_few_samples(self) -> None:
        """A young link's normal is not worth much."""
        young = replace(SEEN, baseline=replace(SEEN.baseline, n=1))

        assert sure(opened(young)).startswith(
            "1 sample of the 60 minutes before are behind what is normal, which is few;"
        )

    def test_needs_no_history_for_a_fixed_limit(self) -> None:
        """Nor does it speak of distances."""
        fixed = replace(SEEN, baseline=replace(SEEN.baseline, n=0), recent=())

        assert "The limit is a fixed one and needs no history; beyond the limit for 5 min." == sure(opened(fixed))

    def test_speaks_of_no_limit_without_a_spread(self) -> None:
        """Nothing can be divided by it."""
        constant = replace(SEEN, baseline=replace(SEEN.baseline, spread=0.0, floor=0.0))

        assert "; 2.5 sd from it; beyond" in sure(opened(constant))

    @pytest.mark.parametrize(
        "event", [resolved(opened(SEEN)), resolved(opened(SEEN), SEEN), opened(symptom(active=False))]
    )
    def test_says_nothing_of_what_is_over(self, event: IncidentEvent) -> None:
        """It is told in the past."""
        assert sure(event) == ""

    def test_takes_the_first_that_lasts(self) -> None:
        """Symptoms are gravest first."""
        event = opened(symptom(active=False), replace(SEEN, since=NOON))

        assert "2.5 sd" in sure(event)
