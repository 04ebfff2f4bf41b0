from pathlib import Path

import pytest

from satark.notifier.channels.smtp_target import Encryption, SmtpTarget, smtp_target
from satark.notifier.main import command
from satark.notifier.settings import NotifierSettings
from satark.runtime.service import run_service
from satark.runtime.settings import EX_CONFIG, SettingsError, load

GOOD = {
    "SATARK_NOTIFIER_SMTP_URL": "smtp+starttls://mail.example.net",
    "SATARK_NOTIFIER_SENDER": "Satark <alerts@example.net>",
    "SATARK_NOTIFIER_RECEIVERS": "noc@example.net, José <josé@münchen.example>",
}


def mistakes(**changes: str) -> str:
    """Return what is said about good settings with some changes."""
    environ = GOOD | {f"SATARK_NOTIFIER_{name}": text for name, text in changes.items()}
    with pytest.raises(SettingsError) as caught:
        load("notifier", NotifierSettings, environ)
    return "\n".join(caught.value.mistakes)


class TestSettings:
    def test_know_where_to_and_whom(self) -> None:
        """Three variables are enough."""
        settings = load("notifier", NotifierSettings, GOOD)

        assert SmtpTarget(Encryption.STARTTLS, "mail.example.net", 587) == settings.target
        assert settings.addresses == ("noc@example.net", "josé@xn--mnchen-3ya.example")
        assert settings.domain == "example.net"
        assert settings.tell_on == ("opened", "resolved")

    def test_accept_the_seeds_names(self) -> None:
        """A host alone means implicit TLS, and the sender logs in."""
        environ = {
            "EMAIL_SMTP_SERVER": "smtp.example.net",
            "EMAIL_SSL_PORT": "2465",
            "EMAIL_SENDER": "alert@example.net",
            "EMAIL_SENDER_PASSWORD": "open sesame",
            "EMAIL_RECEIVER": "noc@example.net",
        }
        settings = load("notifier", NotifierSettings, environ)

        assert SmtpTarget(Encryption.IMPLICIT, "smtp.example.net", 2465, "alert@example.net") == settings.target
        assert "sesame" not in repr(settings)

    def test_take_the_password_from_a_file(self, tmp_path: Path) -> None:
        """As every secret."""
        file = tmp_path / "password"
        file.write_text("open sesame\n")
        environ = GOOD | {
            "SATARK_NOTIFIER_SMTP_URL": "smtps://bob@mail.example.net",
            "SATARK_NOTIFIER_SMTP_PASSWORD_FILE": str(file),
        }
        settings = load("notifier", NotifierSettings, environ)

        assert settings.target.user == "bob"
        assert settings.smtp_password is not None
        assert settings.smtp_password.reveal() == "open sesame"

    def test_name_all_that_is_missing(self) -> None:
        """Each by its name, with the seed's beside it."""
        with pytest.raises(SettingsError) as caught:
            load("notifier", NotifierSettings, {})

        assert [line.split(" is missing")[0] for line in caught.value.mistakes] == [
            "SATARK_NOTIFIER_SMTP_URL (or EMAIL_SMTP_SERVER)",
            "SATARK_NOTIFIER_SENDER (or EMAIL_SENDER)",
        ]

    def test_need_somebody_to_tell(self, tmp_path: Path) -> None:
        """Addresses, or a file of routes that is there."""
        file = tmp_path / "routes.yaml"
        nobody = {name: text for name, text in GOOD.items() if name != "SATARK_NOTIFIER_RECEIVERS"}
        with pytest.raises(SettingsError, match="neither RECEIVERS nor ROUTES says whom to tell"):
            load("notifier", NotifierSettings, nobody)
        routed = nobody | {"SATARK_NOTIFIER_ROUTES": str(file)}
        with pytest.raises(SettingsError, match="ROUTES: there is no file"):
            load("notifier", NotifierSettings, routed)
        file.touch()
        settings = load("notifier", NotifierSettings, routed)

        assert (settings.addresses, settings.routes) == ((), file)

    def test_name_all_contradictions_at_once(self) -> None:
        """The operator mends them in one go."""
        said = mistakes(
            SMTP_URL="smtp://bob:hunter2@mail.example.net",
            SENDER="nobody",
            RECEIVERS="a@example.net,A@example.net,@",
            TELL_ON="opened,opened",
            RETRY_HORIZON_S="10",
            MAIL_DOMAIN="no domain",
        )

        for expected in (
            "SMTP_URL has a password in it",
            "SENDER: 'nobody' is not a mail address",
            "RECEIVERS names A@example.net twice",
            "RECEIVERS: '@' is not a mail address",
            "TELL_ON names something twice",
            "RETRY_HORIZON_S 10.0 ends before the first retry after 60.0",
            "MAIL_DOMAIN: 'no domain' is not a domain",
        ):
            assert expected in said
        assert "hunter2" not in said

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"SMTP_URL": "smtps://bob@mail"}, "names the user bob, but SMTP_PASSWORD is missing"),
            ({"SMTP_URL": "smtp://127.0.0.1", "SMTP_CA_FILE": "/ca.pem"}, "SMTP_CA_FILE has no use with smtp://"),
            ({"SMTP_CA_FILE": "/nowhere/ca.pem"}, "there is no file /nowhere/ca.pem"),
            ({"TELL_ON": "opened,closed"}, "SATARK_NOTIFIER_TELL_ON"),
            ({"CONSOLE_URL": "javascript:alert(1)"}, "SATARK_NOTIFIER_CONSOLE_URL"),
            ({"RETRY_AFTER_S": "60,0"}, "SATARK_NOTIFIER_RETRY_AFTER_S"),
            ({"RECIEVERS": "x"}, "did you mean SATARK_NOTIFIER_RECEIVERS?"),
            ({"SUBJECT_PREFIX": "a\x07b"}, "SUBJECT_PREFIX holds control characters"),
        ],
    )
    def test_explain_a_mistake(self, changes: dict[str, str], expected: str) -> None:
        """By the name of the variable and what is wrong with it."""
        assert expected in mistakes(**changes)


class TestTarget:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("smtps://mail", SmtpTarget(Encryption.IMPLICIT, "mail", 465)),
            ("mail:2465", SmtpTarget(Encryption.IMPLICIT, "mail", 2465)),
            ("smtp+starttls://a%40b@mail:25", SmtpTarget(Encryption.STARTTLS, "mail", 25, "a@b")),
            ("smtp://localhost", SmtpTarget(Encryption.NONE, "localhost", 25)),
            ("smtp://[::1]:2525", SmtpTarget(Encryption.NONE, "::1", 2525)),
            ("smtp://127.8.8.8", SmtpTarget(Encryption.NONE, "127.8.8.8", 25)),
        ],
    )
    def test_reads_a_url(self, url: str, expected: SmtpTarget) -> None:
        """The scheme says how it is encrypted."""
        assert expected == smtp_target(url)

    @pytest.mark.parametrize(
        ("url", "port", "expected"),
        [
            ("smtp://mail.example.net", None, "in the clear"),
            ("smtp://10.0.0.1", None, "in the clear"),
            ("smtp://localhost.example.net", None, "in the clear"),
            ("imap://mail", None, "begins with imap://"),
            ("smtps://", None, "is not like"),
            ("smtps://mail/inbox", None, "is not like"),
            ("smtps://mail:0", None, "no number from 1"),
            ("smtps://mail:99999", None, "no number from 1"),
            ("smtps://mail:x", None, "no number from 1"),
            ("smtps://mail:465", 587, "names port 465, but SMTP_PORT is 587"),
            ("smtps://[::1", None, "is not like"),
        ],
    )
    def test_refuses_what_cannot_be(self, url: str, port: int | None, expected: str) -> None:
        """With a reason."""
        with pytest.raises(ValueError, match=expected.replace("+", r"\+")):
            smtp_target(url, port=port)


class TestCommand:
    def test_is_a_command(self) -> None:
        """`satark notifier` finds what it needs."""
        assert command.name == "notifier"
        assert command.help

    def test_ends_with_78_when_settings_are_wrong(self, capsys: pytest.CaptureFixture[str]) -> None:
        """One line a mistake, nothing started."""
        status = run_service(command, {"SATARK_KAFKA_BROKERS": "127.0.0.1:9"})

        assert status == EX_CONFIG
        assert len(capsys.readouterr().err.splitlines()) == 2

    def test_checks_settings_without_starting(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--check opens no connection."""
        status = run_service(command, GOOD | {"SATARK_KAFKA_BROKERS": "127.0.0.1:9"}, check=True)

        assert status == 0
        assert "settings are fine" in capsys.readouterr().out
