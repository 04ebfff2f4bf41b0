"""The receivers that the settings ask for."""

from satark.sandesh_gateway.receivers.protocol import Receiver
from satark.sandesh_gateway.receivers.syslog.receiver import SyslogReceiver
from satark.sandesh_gateway.receivers.syslog.settings import SyslogSettings


def build_receivers(settings: SyslogSettings) -> tuple[Receiver, ...]:
    """Return the receivers that listen somewhere; nothing is opened yet."""
    return (SyslogReceiver(settings),) if settings.listening else ()
