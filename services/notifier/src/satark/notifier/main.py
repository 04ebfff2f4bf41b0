"""`satark notifier`."""

from satark.notifier.channels.command import TryCommand
from satark.notifier.overrides.command import TemplatesCommand
from satark.notifier.preview.command import PreviewCommand
from satark.notifier.routing.command import RoutesCommand
from satark.notifier.settings import NotifierSettings
from satark.runtime.service import App, ServiceCommand, ServiceContext


def _build(settings: NotifierSettings, context: ServiceContext) -> App:
    from satark.notifier.app import NotifierApp  # noqa: PLC0415 - Jinja2 and aiokafka are loaded only to run

    return NotifierApp(settings, context)


command = ServiceCommand(
    name="notifier",
    help="tell people about incidents by e-mail",
    settings=NotifierSettings,
    build=_build,
    extras={
        "preview": PreviewCommand(),
        "routes": RoutesCommand(),
        "test": TryCommand(),
        "templates": TemplatesCommand(),
    },
    uses_links=True,
)
