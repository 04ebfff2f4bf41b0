"""What a sign of life says: that somebody watches, what was told since the last one, and what is failing. Pure."""

from datetime import datetime

from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.view import HeartbeatView
from satark.notifier.telling import Heartbeat

MAX_FAILING = 20
NAME_CHARS = 120


def view(heartbeat: Heartbeat, *, now: datetime, why: str) -> HeartbeatView:
    """Return what to say of a heartbeat."""
    failing = tuple(clean(name, NAME_CHARS) for name in heartbeat.failing)
    is_well = not failing and not heartbeat.failed
    trouble = _trouble(heartbeat)
    counts = f"{heartbeat.open_incidents} open, {heartbeat.told} told"
    length = wording.duration((heartbeat.time - heartbeat.since).total_seconds())
    watching = f"Satark is watching: {counts}"
    return HeartbeatView(
        place="Satark is watching" + (f", but {trouble}" if trouble else ""),
        gists=(f"{watching} in {length}",) if is_well else (f"{trouble}; {counts}", trouble),
        is_well=is_well,
        sentences=_sentences(heartbeat, trouble),
        facts=(
            ("Open now", str(heartbeat.open_incidents)),
            ("Opened", str(heartbeat.opened)),
            ("Told", str(heartbeat.told)),
            ("Not told", str(heartbeat.failed)),
            ("From", wording.moment(heartbeat.since)),
            ("To", wording.moment(heartbeat.time)),
        ),
        failing=failing[:MAX_FAILING],
        more_failing=max(0, len(failing) - MAX_FAILING),
        age=f"This mail was written at {wording.moment(now)}.",
        why=why,
    )


def _trouble(heartbeat: Heartbeat) -> str:
    if heartbeat.failing:
        return f"{wording.counted(len(heartbeat.failing), 'receiver')} cannot be reached"
    return f"{wording.counted(heartbeat.failed, 'message')} could not be delivered" if heartbeat.failed else ""


def _sentences(heartbeat: Heartbeat, trouble: str) -> tuple[str, ...]:
    opened = wording.counted(heartbeat.opened, "incident")
    told = wording.counted(heartbeat.told, "message")
    open_now = (
        f"{wording.counted(heartbeat.open_incidents, 'incident')} {'is' if heartbeat.open_incidents == 1 else 'are'}"
    )
    said = [f"{trouble}: who should hear of incidents may not."] if trouble else []
    if trouble and heartbeat.failing and heartbeat.failed:
        said.append(f"{wording.counted(heartbeat.failed, 'message')} could not be delivered.")
    return (
        *said,
        f"Since {wording.moment(heartbeat.since)} {opened} opened and {told} went out; {open_now} open now.",
        "When this mail stays away, Satark, or the way from it to you, has stopped: look there before you trust the quiet.",
    )
