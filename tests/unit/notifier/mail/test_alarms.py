"""The mails about an alarm of a rule."""

import pytest
from msgspec.structs import replace

from satark.notifier.mail.alarms import ENDS, words
from satark.notifier.mail.message import Letterhead
from satark.schemas.alarms import AlarmView
from satark.schemas.incidents import IncidentEvent, Reason
from tests.unit.notifier.mail.mails import compose_one, parsed, part
from tests.unit.notifier.scenes import WRITTEN, alarm, alarm_over, updated

HEAD = Letterhead("alerts@example.net", "example.net")


def mail(event: IncidentEvent) -> tuple[str, str, str]:
    """Return subject, plain text and HTML, each as one line."""
    message = parsed(compose_one(event, "noc@example.net", HEAD, WRITTEN))
    return str(message["Subject"]), part(message, "plain").replace("\n", " "), part(message, "html")


def told(event: IncidentEvent, view: AlarmView | None = None) -> str:
    """Return what is said of an alarm."""
    assert event.alarm is not None
    return " ".join(words(event, view or event.alarm).sentences)


class TestOpened:
    def test_the_subject_says_where_and_what(self) -> None:
        """The object, and what the rule says of it."""
        assert "[OPENED] CRITICAL vrouter / node7: Process Failure" == mail(alarm())[0]

    def test_the_text_says_which_values(self) -> None:
        """Each condition that holds, and for what."""
        for text in mail(alarm())[1:]:
            assert "vrouter / node7 has the alarm system-defined-process-status (critical): Process Failure." in text
        assert (
            'NodeStatus.process_info.process_state != "PROCESS_STATE_RUNNING" holds: it is "PROCESS_STATE_STOPPED"'
            ' (process_name "contrail-vrouter-agent"); it is missing (process_name "nodemgr").'
        ) in told(alarm())

    def test_there_is_no_table_of_numbers(self) -> None:
        """An alarm has no mean and no standard deviation."""
        assert "samples behind" not in mail(alarm())[1]

    def test_conditions_that_are_none_are_passed_over(self) -> None:
        """What a later version tells does not stop a mail."""
        view = alarm().alarm
        assert view is not None
        for rules in ({}, {"or_list": 7}, {"or_list": [{"and_list": [{"match": [{}]}, 3]}]}):
            assert "It began at" in told(alarm(), replace(view, alarm_rules=rules))


class TestUpdated:
    def test_an_acknowledgement_is_told(self) -> None:
        """So that the others know that somebody looks at it."""
        event = alarm()
        changed = replace(updated(event), symptoms=(), alarm=event.alarm, reason=Reason.ACKNOWLEDGED)

        assert told(changed).endswith("It was acknowledged.")


class TestOver:
    @pytest.mark.parametrize("reason", [*ENDS, "conditions_over", "something_new"])
    def test_says_why_and_for_how_long(self, reason: str) -> None:
        """Also for a reason that this release does not know."""
        subject, text, _ = mail(alarm_over(alarm(), reason))

        assert "[RESOLVED] vrouter / node7: system-defined-process-status is over after 30 min" == subject
        assert ENDS.get(reason, "Its conditions hold no more.")[:30] in text
        assert "It lasted 30 min" in text
