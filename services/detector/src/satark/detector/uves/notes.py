"""What is counted and logged of a batch. An odd thing is explained once, and counted each time."""

import structlog

from satark.detector.uves import metrics
from satark.detector.uves.output import Output

log = structlog.get_logger(__name__)


def tell(output: Output) -> None:
    """Count and log what came of a batch."""
    for oddity in output.oddities:
        metrics.ODDITIES.labels(oddity.kind.value, oddity.reason).inc()
        if not oddity.again:
            log.warning(
                "uve_oddity", kind=oddity.kind.value, reason=oddity.reason, about=oddity.subject, why=oddity.detail
            )
    for event in output.incidents:
        change = type(event).__name__.removeprefix("Incident").lower()
        metrics.ALARM_EVENTS.labels(change, event.severity.value).inc()
        alarm = event.alarm.type if event.alarm else ""
        log.info("alarm", change=change, entity=event.entity, alarm=alarm, severity=event.severity.value)
    for message in output.messages:
        metrics.ALARM_FINDINGS.labels(message.name.lower()).inc()
        log.warning("alarm_rule_health", entity=message.entity, alarm=message.fields["alarm"], text=message.text)
