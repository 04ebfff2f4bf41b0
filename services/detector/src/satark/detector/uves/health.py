"""That a rule cannot be evaluated, or can be again, as a message about the object: a matter of health, never an alarm."""

from datetime import datetime

from satark.detector.alarms.engine import Finding
from satark.detector.alarms.incidents import entity_of
from satark.schemas.identifiers import identifier, instant
from satark.schemas.messages import Level, Message
from satark.uve.tables import api_type, split_key

KIND = "alarm-health"
BROKEN, MENDED = "ALARM_RULE_FAILS", "ALARM_RULE_WORKS"


def message_of(finding: Finding, at: datetime) -> Message:
    """Return a finding as an event of the contract."""
    table, name = split_key(finding.key)
    entity = entity_of(finding.key)
    text = "; ".join(finding.troubles) or "the rule can be evaluated again"
    return Message(
        id=identifier("alarm-health", finding.key, finding.type, text, instant(at)),
        entity=entity,
        kind=KIND,
        time=at,
        name=BROKEN if finding.troubles else MENDED,
        level=Level.WARNING if finding.troubles else Level.INFO,
        category="alarms",
        text=text,
        fields={"alarm": finding.type, "object": name, "type": api_type(table)},
        objects=(finding.key,),
    )
