"""Which route a subject takes, as Alertmanager has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.routing.matchers import Matcher, Operator
from satark.notifier.routing.model import OPENED, RESOLVED, Leg, Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver, SlackConfig, WebhookConfig
from satark.notifier.routing.tree import Inhibition, Route, RoutingTree
from satark.runtime.secret import Secret
from tests.unit.notifier.routing.files import receivers_told, routing

TREE = """
route:
  receiver: noc
  routes:
    - matchers: [severity=critical]
      receiver: oncall
      continue: true
      routes:
        - {matchers: [site=Oslo], receiver: boss, continue: true}
        - {matchers: [isp=LTE], receiver: chat}
        - {matchers: [site=Oslo], receiver: noc}
    - matchers: ['site=~"Oslo|Bergen"', kind!=alarm]
      receiver: chat
    - matchers: [site=Bergen]
      receiver: boss
"""
ADDRESSES = ["a@example.net", "b@example.net", "c@example.net"]
names = st.sampled_from(["n1", "n2", "n3"])
labels = st.sampled_from(["site", "severity"])
values = st.sampled_from(["", "x", "y"])
subjects = st.dictionaries(labels, values)
matchers = st.builds(Matcher, labels, st.sampled_from(Operator), values)
configs = st.one_of(
    st.builds(EmailConfig, st.sampled_from(ADDRESSES), st.booleans()),
    st.just(WebhookConfig(Secret("https://x"))),
    st.just(SlackConfig(Secret("https://y"), send_resolved=False)),
)
routes: st.SearchStrategy[Route] = st.recursive(
    st.builds(Route, names, st.just(Policy()), st.lists(matchers, max_size=2).map(tuple), st.booleans()),
    lambda below: st.builds(
        Route,
        names,
        st.just(Policy()),
        st.lists(matchers, max_size=2).map(tuple),
        st.booleans(),
        st.lists(below, max_size=3).map(tuple),
    ),
    max_leaves=8,
)
roots = st.builds(Route, names, st.just(Policy()), routes=st.lists(routes, max_size=4).map(tuple))
known = st.fixed_dictionaries(
    {
        name: st.builds(Receiver, st.just(name), st.lists(configs, min_size=1, max_size=4).map(tuple))
        for name in ("n1", "n2", "n3")
    }
)
trees = st.builds(RoutingTree, roots, known)


class TestLegs:
    @pytest.mark.parametrize(
        ("subject", "expected"),
        [
            ({}, ["noc by root"]),
            ({"severity": "warning"}, ["noc by root"]),
            ({"severity": "critical"}, ["oncall by root/1"]),
            ({"severity": "critical", "isp": "LTE"}, ["chat by root/1/2"]),
            (
                {"severity": "critical", "site": "Oslo"},
                ["boss by root/1/1", "noc by root/1/3", "chat by root/2"],
            ),
            ({"severity": "critical", "site": "Oslo", "isp": "LTE"}, ["boss by root/1/1", "chat by root/1/2"]),
            ({"site": "Bergen"}, ["chat by root/2"]),
            ({"site": "Bergen", "kind": "alarm"}, ["boss by root/3"]),
            ({"site": "Bergen", "severity": "critical"}, ["oncall by root/1", "chat by root/2"]),
        ],
    )
    def test_rows(self, subject: dict[str, str], expected: list[str]) -> None:
        """The first child that takes it decides, and the next ones where it says continue; else the route itself."""
        assert expected == receivers_told(routing(TREE), **subject)

    def test_first_route_decides(self) -> None:
        """A target that two routes name is told by the first one."""
        tree = routing("""
route:
  receiver: noc
  routes:
    - {receiver: boss, group_wait: 1s, continue: true}
    - {receiver: boss, group_wait: 2s}
""")

        assert [(leg.target.name, leg.policy.group_wait_s) for leg in tree.legs({})] == [("boss@example.net", 1.0)]

    def test_resolved(self) -> None:
        """A config that does not hear of ends is told the rest."""
        (leg,) = routing("route: {receiver: chat}").legs({})

        assert leg.policy.tell_on == {OPENED}

    @given(trees, subjects)
    def test_no_target_twice(self, tree: RoutingTree, subject: dict[str, str]) -> None:
        """Whatever the tree: every subject reaches somebody, and nobody twice."""
        legs = tree.legs(subject)
        reached = [(leg.target.channel, leg.target.name) for leg in legs]

        assert reached
        assert len(set(reached)) == len(reached)
        assert all(tree.named(*one) is not None for one in reached)
        assert all(RESOLVED not in leg.policy.tell_on for leg in legs if not leg.target.config.send_resolved)

    @given(trees, subjects)
    def test_as_defined(self, tree: RoutingTree, subject: dict[str, str]) -> None:
        """The routes are those that a plain reading of Alertmanager's definition gives."""
        assert list(tree.root.taken(subject)) == _taken(tree.root, subject)


def _taken(route: Route, subject: dict[str, str]) -> list[Route]:
    """Return Alertmanager's `Route.Match`, word by word."""
    if not all(matcher.holds(subject) for matcher in route.matchers):
        return []
    every: list[Route] = []
    for child in route.routes:
        found = _taken(child, subject)
        every.extend(found)
        if found and not child.goes_on:
            break
    return every or [route]


class TestTargets:
    def test_names(self) -> None:
        """Mails are called by their address, others by their receiver, channel and number."""
        webhooks = tuple(WebhookConfig(Secret(f"https://x/{n}")) for n in range(3))
        receiver = Receiver("noc", (EmailConfig("a@example.net"), *webhooks), "boss")
        tree = RoutingTree(Route("noc", Policy()), {"noc": receiver})

        assert [target.name for target in tree.targets("noc")] == [
            "a@example.net",
            "noc/webhook",
            "noc/webhook2",
            "noc/webhook3",
        ]
        assert {target.fallback for target in tree.targets("noc")} == {"boss"}
        assert tree.named("webhook", "noc/webhook2") == tree.targets("noc")[2]
        assert tree.legs({}) == tuple(Leg(target, Policy()) for target in tree.targets("noc"))

    def test_unknown(self) -> None:
        """What the file does not have is nobody."""
        tree = routing("route: {receiver: noc}")

        assert (tree.targets("nobody"), tree.named("email", "nobody@example.net")) == ((), None)


class TestInhibition:
    RULE = Inhibition(
        (Matcher("severity", Operator.IS, "critical"),),
        (Matcher("severity", Operator.LIKE, "warning|minor"),),
        ("site",),
    )

    @pytest.mark.parametrize(
        ("source", "target", "expected"),
        [
            ({"severity": "critical", "site": "a"}, {"severity": "warning", "site": "a"}, True),
            ({"severity": "critical", "site": "a"}, {"severity": "warning", "site": "b"}, False),
            ({"severity": "critical"}, {"severity": "minor"}, True),
            ({"severity": "critical"}, {"severity": "minor", "site": ""}, True),
            ({"severity": "critical"}, {"severity": "minor", "site": "a"}, False),
            ({"severity": "major"}, {"severity": "minor"}, False),
            ({"severity": "critical"}, {"severity": "critical"}, False),
        ],
    )
    def test_rows(self, source: dict[str, str], target: dict[str, str], expected: bool) -> None:
        """Both match, and the labels in equal are the same; lacking one is as having it empty."""
        tree = RoutingTree(Route("noc", Policy()), {}, (self.RULE,))

        assert expected is tree.inhibits(source, target)

    def test_not_its_like(self) -> None:
        """What is source and target at once inhibits nothing that is both, itself first of all."""
        both = Inhibition((Matcher("site", Operator.IS, "a"),), (Matcher("site", Operator.LIKE, ".+"),))

        assert not both.holds({"site": "a"}, {"site": "a"})
        assert both.holds({"site": "a"}, {"site": "b"})
