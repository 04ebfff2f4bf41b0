"""`satark catch-mail`, and `satark simulate mail`."""

from satark.runtime.service import App, ServiceCommand, ServiceContext
from satark.simulators.mail.settings import MailSettings


def build(settings: MailSettings, context: ServiceContext) -> App:
    """Return the mail catcher, not started. Its libraries are imported here, so that `satark --help` stays quick."""
    from satark.simulators.mail.app import MailApp  # noqa: PLC0415 - see above

    return MailApp(settings, context)


command = ServiceCommand(
    name="catch-mail",
    help="catch mails instead of sending them, and show them on a page",
    settings=MailSettings,
    build=build,
    uses_kafka=False,
)
