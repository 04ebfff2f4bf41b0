"""The mails about a link without data."""

import pytest
from msgspec.structs import replace

from satark.notifier.mail.checks import COUNT
from satark.notifier.mail.no_data import CHECKS, MEANING, is_silence
from satark.schemas.incidents import IncidentEvent
from tests.unit.notifier.mail.test_blindness import mail
from tests.unit.notifier.scenes import blind, heard, opened, resolved, silent, symptom

SILENT = silent()


class TestIsSilence:
    @pytest.mark.parametrize("event", [SILENT, heard(SILENT)])
    def test_nothing_but_silence(self, event: IncidentEvent) -> None:
        """A link whose only trouble is or was that it had no data."""
        assert is_silence(event)

    @pytest.mark.parametrize("event", [opened(), blind(), silent(symptom()), resolved(opened())])
    def test_anything_else(self, event: IncidentEvent) -> None:
        """Bad values are told with their numbers, and an orchestrator is no link."""
        assert not is_silence(event)


class TestMails:
    def test_the_subject_says_how_long(self) -> None:
        """In time, not in cycles."""
        subject, _, _ = mail(SILENT)

        assert "[OPENED] CRITICAL LDN-vVCE / BT Business Broadband: no data for 30 min" == subject

    def test_the_text_says_since_when_and_what_it_means(self) -> None:
        """It began with the first sample that was missing, not with the one that was too many."""
        for text in mail(SILENT)[1:]:
            assert "WAN BT Business Broadband at edge LDN-vVCE has had no data for 30 min, since 2026-11-21" in text
            assert "11:35 UTC" in text
            assert MEANING in text
            assert COUNT == len(CHECKS)

    def test_there_is_no_table_of_numbers(self) -> None:
        """Standard deviations of missing cycles would be nonsense."""
        for text in mail(SILENT)[1:]:
            assert "issing cycles" not in text

    def test_the_end_says_how_long_it_was(self) -> None:
        """From the first sample without data to the last."""
        subject, text, _ = mail(heard(SILENT))

        assert "[RESOLVED] LDN-vVCE / BT Business Broadband: has data again after 45 min" == subject
        assert "It had none for 45 min: from 2026-11-21 11:35 UTC to 2026-11-21 12:20 UTC." in text

    def test_beside_bad_values_it_is_a_sentence(self) -> None:
        """The table holds what was measured, the sentence what was not."""
        _, text, _ = mail(silent(symptom()))

        assert "has had no data for 30 min" in text
        assert "Latency (download, ms)" in text
        assert "issing cycles" not in text

    def test_other_metrics_that_are_well_again_stay_in_the_table(self) -> None:
        """They were part of the incident."""
        eased = replace(symptom(), active=False)
        _, text, _ = mail(silent(eased))

        assert "within its limit again" in text
