"""The routing of a notifier that has no file of routes: one route to the mail addresses of the settings. Pure."""

from satark.notifier.routing.model import Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver
from satark.notifier.routing.tree import Route, RoutingTree
from satark.notifier.settings import NotifierSettings

DEFAULT = "default"
"""The name of its only receiver."""


def routing_of(settings: NotifierSettings) -> RoutingTree:
    """Return one route `root` that tells each address of each incident by itself."""
    receiver = Receiver(DEFAULT, tuple(EmailConfig(address) for address in settings.addresses))
    policy = Policy(
        group_wait_s=settings.group_wait_s,
        repeat_interval_s=settings.repeat_interval_s,
        tell_on=frozenset(settings.tell_on),
    )
    return RoutingTree(Route(DEFAULT, policy), {DEFAULT: receiver})
