"""Files of routes: what they come to, and what is told of them."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from satark.notifier.routing import form
from satark.notifier.routing.beside import Content
from satark.notifier.routing.calendars import INTERVAL
from satark.notifier.routing.model import OPENED, RESOLVED, UPDATED, Beat, Escalation, Policy
from satark.notifier.routing.reading import Draft, read
from satark.notifier.routing.receiver_form import RECEIVER
from satark.notifier.routing.receivers import AlertmanagerConfig, EmailConfig, SlackConfig, WebhookConfig
from satark.notifier.routing.tree import Route
from satark.runtime.documents.mistakes import WrongFileError
from satark.runtime.secret import Secret
from tests.unit.notifier.routing.files import RECEIVERS, hinted, routing, told

POLICIES = """
route:
  receiver: noc
  group_by: [site, isp]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 1h30m
  tell_on: [opened, updated]
  escalate: [{after: 1h, to: [boss, chat]}, {after: 30m, to: oncall}]
  routes:
    - receiver: boss
      matchers: severity=critical
      routes: [{matchers: [site=Oslo], group_by: ['...'], escalate: [], tell_on: resolved}]
    - matchers: [isp=LTE]
      group_by: []
      repeat_interval: 0
      mute_time_intervals: [night]
      routes: [{matchers: [site=Oslo]}]
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: 22:00, end_time: '24:00'}, {start_time: 0:00, end_time: 06:00}]}]
"""
CONFIGS = """
route: {receiver: all}
receivers:
  - name: all
    fallback: mails
    webhook_configs:
      - {url: 'https://hook.example/a', secret_file: hook.key, max_incidents: 5, timeout: 3s, ca_file: /etc/ca.pem}
      - {url_file: hook.url, send_resolved: false}
    alertmanager_configs: [{url: 'http://am.example:9093', username: satark, password_file: am.password}]
    slack_configs: [{api_url_file: hook.url, channel: '#noc', username: satark}]
  - name: mails
    email_configs: [{to: NOC <noc@münchen.example>}, {to: [a@example.net, b@example.net], send_resolved: false}]
"""
BESIDE: dict[Path, Content] = {
    Path("/etc/hook.key"): b"open sesame\n",
    Path("/etc/hook.url"): b"https://hook.example/secret\n",
    Path("/etc/am.password"): b"swordfish",
    Path("/etc/ca.pem"): b"-----BEGIN CERTIFICATE-----\n",
}


def policies(route: Route) -> dict[str, Policy]:
    """Return the policies by their route."""
    return {one.policy.route: one.policy for one in route.every()}


class TestPolicies:
    def test_defaults(self) -> None:
        """A route that says nothing tells each incident by itself, its beginning, that it got worse, and its end."""
        (policy,) = policies(routing("route: {receiver: noc}").root).values()

        assert policy == Policy("root", None, 30.0, 300.0, 86_400.0, frozenset({OPENED, RESOLVED}))

    def test_inherited(self) -> None:
        """What a route does not say is as in the route above it, but for matchers and times."""
        found = policies(routing(POLICIES).root)
        root = found["root"]

        assert root == Policy(
            "root",
            ("site", "isp"),
            10.0,
            60.0,
            5400.0,
            frozenset({OPENED, UPDATED}),
            None,
            (Escalation(1800.0, ("oncall",)), Escalation(3600.0, ("boss", "chat"))),
        )
        assert (found["root/1"].group_by, found["root/1"].escalations) == (root.group_by, root.escalations)
        assert (found["root/1/1"].group_by, found["root/1/1"].escalations) == (None, ())
        assert found["root/1/1"].tell_on == {RESOLVED}
        assert (found["root/2"].group_by, found["root/2"].repeat_interval_s) == ((), 0.0)
        assert found["root/2/1"].group_by == ()
        assert found["root/2/1"].times is None

    def test_receivers(self) -> None:
        """A route without a receiver tells that of the route above."""
        root = routing(POLICIES).root

        assert [one.receiver for one in root.every()] == ["noc", "boss", "boss", "noc", "noc"]

    def test_times(self) -> None:
        """Quiet times are those that the route names."""
        times = policies(routing(POLICIES).root)["root/2"].times
        assert times is not None

        until = times.quiet_until(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
        assert until == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def test_heartbeat(self) -> None:
        """Signs of life are daily unless it is said otherwise."""
        assert routing("route: {receiver: noc}").heartbeat is None
        assert routing("route: {receiver: noc}\nheartbeat: {receivers: [noc, boss]}").heartbeat == Beat(("noc", "boss"))
        assert routing("route: {receiver: noc}\nheartbeat: {receivers: boss, every: 1h}").heartbeat == Beat(
            ("boss",), 3600.0
        )

    def test_inhibition(self) -> None:
        """A rule of inhibition is read in Alertmanager's words."""
        tree = routing("""
route: {receiver: noc}
inhibit_rules:
  - {source_matchers: [severity=critical], target_matchers: ['severity=~"warning|minor"'], equal: [site]}
""")

        assert tree.inhibits({"severity": "critical", "site": "a"}, {"severity": "minor", "site": "a"})
        assert not tree.inhibits({"severity": "critical", "site": "a"}, {"severity": "minor", "site": "b"})


class TestConfigs:
    def test_all(self) -> None:
        """Every config is read, with what the files hold that it names."""
        found = routing(CONFIGS, BESIDE).receivers

        assert found["all"].fallback == "mails"
        assert found["all"].configs == (
            WebhookConfig(
                Secret("https://hook.example/a"),
                Secret("open sesame"),
                max_incidents=5,
                timeout_s=3.0,
                ca_file=Path("/etc/ca.pem"),
            ),
            WebhookConfig(Secret("https://hook.example/secret"), send_resolved=False),
            AlertmanagerConfig(Secret("http://am.example:9093"), username="satark", password=Secret("swordfish")),
            SlackConfig(Secret("https://hook.example/secret"), "#noc", "satark"),
        )
        assert found["mails"].configs == (
            EmailConfig("noc@xn--mnchen-3ya.example"),
            EmailConfig("a@example.net", send_resolved=False),
            EmailConfig("b@example.net", send_resolved=False),
        )

    def test_files(self) -> None:
        """The files that it names are known before they are read."""
        assert set(BESIDE) == set(Draft.of(CONFIGS.encode(), "/etc/routes.yaml").files)

    @pytest.mark.parametrize(
        ("name", "content", "expected"),
        [
            ("hook.key", "No such file or directory", "hook.key cannot be read: No such file or directory"),
            ("hook.key", b" \n", "hook.key is empty"),
            ("hook.key", b"one\ntwo", "hook.key holds more than one line"),
            ("hook.key", b"\xff\xfe", "hook.key is no text"),
            ("hook.key", b"x" * 10_000, "hook.key is too large"),
            ("am.password", b"", "am.password is empty"),
            ("ca.pem", b"", "ca.pem is empty"),
            ("hook.url", b"htps://hush", "hook.url does not hold a URL that begins with https:// or http://"),
        ],
    )
    def test_wrong_files(self, name: str, content: Content, expected: str) -> None:
        """A file that cannot be right is told where it is named, without what it holds."""
        found = told(CONFIGS, BESIDE | {Path("/etc") / name: content})

        assert found
        assert all(one.endswith(f": /etc/{expected}") for one in found)


ROOT = "route: {receiver: noc, routes: [%s]}"
ROWS = {
    "x: 1": "1:1: x: unknown; there are",
    "route: [x": "expected ',' or ']'",
    "route: {}": "1:8: route.receiver: is missing; the root route tells whatever no other takes",
    "route: {receiver: nok}": "1:19: route.receiver: there is no receiver nok; did you mean noc?",
    "route: {recever: noc}": "1:9: route.recever: unknown; did you mean receiver?",
    "route: {receiver: noc, matchers: [a=b]}": "1:24: route.matchers: is not for the root route",
    "route: {receiver: noc, continue: true}": "1:24: route.continue: is not for the root route",
    "route: {receiver: noc, group_by: [a, '...']}": "1:34: route.group_by: ... stands for every label",
    "route: {receiver: noc, group_by: [a, a]}": "1:34: route.group_by: names a label twice",
    "route: {receiver: noc, tell_on: [opened, opened]}": "1:33: route.tell_on: names something twice",
    "route: {receiver: noc, tell_on: [closed]}": "1:34: route.tell_on[0]: expected opened or raised or updated or resolved",
    "route: {receiver: noc, group_wait: 5 minutes}": "1:36: route.group_wait: expected a duration",
    "route: {receiver: noc, group_interval: 0s}": "1:40: route.group_interval: expected a duration",
    "route: {receiver: noc, escalate: [{after: 1h, to: bos}]}": "there is no receiver bos; did you mean boss?",
    "route: {receiver: noc, escalate: [{to: boss}]}": "1:35: route.escalate[0].after: is missing",
    ROOT % "{matchers: ['a=~\"(\"']}": "a ( has no ) after it",
    ROOT % "{matchers: [severity]}": "expected a matcher such as",
    ROOT % "{mute_time_intervals: [x]}": "there is no time interval x; there are none",
    "route: {receiver: noc}\nheartbeat: {receivers: nobody}": "2:24: heartbeat.receivers: there is no receiver nobody",
    "route: {receiver: a}\nreceivers:\n  - {name: a}": "3:5: receivers[0]: tells nobody: expected one of",
    "route: {receiver: a}\nreceivers:\n  - {name: a, email_configs: [{to: a}]}": "'a' is not a mail address",
    "route: {receiver: a}\nreceivers:\n  - {name: a, webhook_configs: [{url: x}]}": "expected a URL that begins",
    "route: {receiver: a}\nreceivers:\n  - {name: a, webhook_configs: [{}]}": "expected either url or url_file",
    "route: {receiver: a}\nreceivers:\n  - {name: a, slack_configs: [{}]}": "expected either api_url or api_url_file",
    "route: {receiver: a}\nreceivers:\n  - {name: a, alertmanager_configs: [{url: 'http://a', username: b}]}": (
        "username and password_file belong together"
    ),
    "time_intervals: [{name: a, time_intervals: [{times: [{start_time: '8:00', end_time: '8:00'}]}]}]": (
        "ends before it begins; a night is two"
    ),
    "time_intervals: [{name: a, time_intervals: [{times: [{start_time: 25:00, end_time: '26:00'}]}]}]": (
        "expected a time of day from 00:00 to 24:00, not 25:00"
    ),
    "time_intervals: [{name: a, time_intervals: [{weekdays: mon:fun}]}]": "there are monday, tuesday",
    "time_intervals: [{name: a, time_intervals: [{days_of_month: '-1:3'}]}]": "it ends before it begins",
    "time_intervals: [{name: a, time_intervals: [{days_of_month: 0}]}]": "a month has the days 1 to 31",
    "time_intervals: [{name: a, time_intervals: [{months: 13}]}]": "a year has the months 1 to 12",
    "time_intervals: [{name: a, time_intervals: [{years: '2030:2020'}]}]": "the first one first",
    "time_intervals: [{name: a, time_intervals: [{location: Mars}]}]": "there is no such zone",
    'route: {receiver: "a\\nb"}': "expected the name of a receiver",
    "route: {receiver: " + "x" * 300 + "}": "it may have 200 characters",
    "inhibit_rules: [{source_matchers: [a=b]}]": "inhibit_rules[0].target_matchers: is missing",
}


class TestMistakes:
    @pytest.mark.parametrize(("text", "expected"), ROWS.items(), ids=range(len(ROWS)))
    def test_rows(self, text: str, expected: str) -> None:
        """Each mistake is told with its place."""
        assert any(expected in one for one in told(text)), told(text)

    def test_all_at_once(self) -> None:
        """All mistakes are told, in the file's order."""
        found = told("route: {receiver: a, group_wait: x}\nreceivers:\n  - {name: b}\n  - {name: b}\nheartbeat: {}")

        assert [one.partition(": ")[0] for one in found] == ["1:19", "1:34", "3:5", "4:5", "4:12", "5:12"]

    def test_fallbacks(self) -> None:
        """A fallback that leads back is told for each on the way, one into such a circle is not."""
        text = "route: {receiver: a}\nreceivers:\n" + "".join(
            f"  - {{name: {name}, email_configs: [{{to: a@b.example}}], fallback: {other}}}\n"
            for name, other in ("ab", "bc", "cb", "dd", "ee")
            if name != "e"
        )

        assert [one.partition(": ")[2] for one in told(text)] == [
            "receivers[1].fallback: leads back to itself: b -> c -> b",
            "receivers[2].fallback: leads back to itself: c -> b -> c",
            "receivers[3].fallback: leads back to itself: d -> d",
        ]

    @pytest.mark.parametrize(
        "config",
        [
            "webhook_configs: [{url: 'htps://u:hush@x/hush'}]",
            "webhook_configs: [{url: x.example/hush}]",
            "webhook_configs: https://x.example/hush",
            "webhook_configs: [{secret: hush}]",
            'webhook_configs: [{"secret": "hush, hush"}]',
            "slack_configs: [{api_url: https://x.example/hush, chanel: a}]",
            "alertmanager_configs: [{url_file: a, password: hush}]",
        ],
    )
    def test_secrets(self, config: str) -> None:
        """What may be a secret is shown neither in a mistake nor in its line."""
        with pytest.raises(WrongFileError) as caught:
            read(f"route: {{receiver: a}}\nreceivers:\n- name: a\n  {config}\n".encode(), "f")

        assert "hush" not in caught.value.shown() + str(caught.value)
        assert "f:4:" in caught.value.shown()

    @settings(deadline=None, max_examples=60)
    @given(st.binary(max_size=60) | st.text("route:receiv[]{}-, \n'\"&*!|>", max_size=60).map(str.encode))
    def test_any_content(self, content: bytes) -> None:
        """Whatever a file holds: it is a routing, or mistakes."""
        with suppress(WrongFileError):
            read(content, "f")


words = st.sampled_from([*form.FILE.members, *form.ROUTE.members, *RECEIVER.members, *INTERVAL.members, "x"])
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-50, 3000),
    st.floats(),
    st.text(max_size=10),
    st.sampled_from(["noc", "a=b", "a=~'('", "5m", "8:00", "24:00", "monday:friday", "-1", "...", "a@b.example"]),
    words,
)
documents = st.recursive(plain, lambda one: st.lists(one, max_size=4) | st.dictionaries(words, one, max_size=4))


class TestAnyDocument:
    @settings(deadline=None, max_examples=60)
    @given(st.dictionaries(st.sampled_from(list(form.FILE.members)), documents, max_size=5))
    def test_document(self, document: dict[str, Any]) -> None:
        """Whatever is where: it is a routing, or mistakes; a routing reaches somebody."""
        with suppress(WrongFileError):
            assert read(yaml.safe_dump(document, allow_unicode=True).encode(), "f").legs({})

    @settings(deadline=None, max_examples=60)
    @given(st.dictionaries(st.sampled_from(list(form.ROUTE.members)), documents, max_size=5))
    def test_route(self, route: dict[str, Any]) -> None:
        """The same of any route in a file that is right otherwise."""
        text = yaml.safe_dump({"route": {"receiver": "noc", "routes": [route]}}) + RECEIVERS
        with suppress(WrongFileError):
            assert read(text.encode(), "f").legs({"a": "b"})


class TestHints:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (ROOT % "{matchers: [sevrity=critical]}", "sevrity is no label of links; did you mean severity?"),
            (ROOT % "{matchers: [severity=crtical]}", "no severity is so; there are warning, critical, major, minor"),
            (ROOT % "{matchers: ['severity=~\"high|low\"']}", "no severity is so"),
            (ROOT % "{matchers: [kind=wanlink]}", "wanlink is no kind; did you mean wan-link?"),
            (
                ROOT % "{receiver: boss}, {receiver: chat}",
                "is never reached: route.routes[0] before it takes everything",
            ),
            (ROOT % "{receiver: chat, tell_on: resolved}", "tells only ends, of which its receiver does not hear"),
            ("route: {receiver: noc}", "no route, escalation, fallback or heartbeat names it"),
            (
                "route: {receiver: noc}\ntime_intervals: [{name: a, time_intervals: [{}]}]",
                "no route names it",
            ),
        ],
    )
    def test_rows(self, text: str, expected: str) -> None:
        """What is right but may not be meant is told as well, and taken."""
        assert any(expected in one for one in hinted(text)), hinted(text)

    @pytest.mark.parametrize(
        "matcher", ["vrf=red", "severity!=critical", 'severity=~"critical|major"', "kind=alarm", "site=Oslo"]
    )
    def test_nothing(self, matcher: str) -> None:
        """What is meant is not doubted."""
        text = f"""
route:
  receiver: noc
  routes:
    - {{receiver: oncall, matchers: ['{matcher}'], continue: true, escalate: [{{after: 5m, to: [boss, chat]}}]}}
    - {{receiver: boss, continue: true}}
    - {{receiver: chat, matchers: [site=Oslo]}}
"""
        assert hinted(text) == []


class TestSchema:
    def test_as_read(self) -> None:
        """The JSON schema takes what is right, and not what is wrong."""
        validator = Draft202012Validator(form.schema())
        Draft202012Validator.check_schema(form.schema())

        validator.validate(yaml.safe_load(CONFIGS))
        assert not validator.is_valid(yaml.safe_load("route: {recever: noc}" + RECEIVERS))
        assert not validator.is_valid(yaml.safe_load(ROOT % "{routes: [{group_wait: x}]}" + RECEIVERS))
