"""How a request ended, as the event that says so. Pure."""

from datetime import datetime

from satark.sandesh_gateway.requests.slot import Ended
from satark.schemas.identifiers import identifier
from satark.schemas.messages import Level, Message, SandeshHeader
from satark.schemas.requests import OUTCOME, RequestOutcome

MAX_ENTITY_CHARS = 512
MAX_DETAIL_CHARS = 1_024


def outcome_of(ended: Ended, *, gateway: str, now: datetime, now_s: float) -> Message:
    """Return the message: the outcome is its name, the request's id its context.

    `fields` are request, generator, gateway, answers (how many messages), matched (how many generators, at all
    gateways, the request was for), duration_s, and detail and asked_by where there is something to say.
    """
    request = ended.request
    fields = {
        "request": request.name,
        "generator": ended.generator,
        "gateway": gateway,
        "answers": str(ended.answers),
        "matched": str(ended.matched),
        "duration_s": f"{max(0.0, now_s - ended.arrived_s):.3f}",
        "detail": ended.detail[:MAX_DETAIL_CHARS],
        "asked_by": request.asked_by,
    }
    return Message(
        id=identifier("request-outcome", request.id, ended.generator),
        entity=f"generator/{ended.generator}"[:MAX_ENTITY_CHARS],
        kind=OUTCOME,
        time=now,
        name=ended.outcome.value,
        level=Level.INFO if ended.outcome is RequestOutcome.ANSWERED else Level.WARNING,
        fields={name: text for name, text in fields.items() if text},
        sandesh=SandeshHeader(type="", context=request.id),
    )
