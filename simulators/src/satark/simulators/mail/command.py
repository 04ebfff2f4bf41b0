"""`satark catch-mail`."""

from satark.runtime.service import ServiceCommand
from satark.simulators.mail.app import MailApp
from satark.simulators.mail.settings import MailSettings

command = ServiceCommand(
    name="catch-mail",
    help="catch mails instead of sending them, and show them on a page",
    settings=MailSettings,
    build=MailApp,
    uses_kafka=False,
)
