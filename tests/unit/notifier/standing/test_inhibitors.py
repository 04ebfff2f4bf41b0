from satark.notifier.routing.matchers import parsed
from satark.notifier.routing.tree import Inhibition
from satark.notifier.standing.inhibitors import Inhibitors
from satark.notifier.standing.standing import Standing
from satark.schemas.incidents import IncidentOpened, Severity
from satark.schemas.silences import subject_of
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.scenes import resolved
from tests.unit.notifier.standing.standings import PLACE, link

GRAVE = Inhibition(parsed('severity="critical"'), parsed('severity="warning"'), ("site",))
ALIKE = Inhibition(parsed('site="London"'), parsed('site="London"'))
SOURCE = link(1, severity=Severity.CRITICAL, site="London")
TARGET = link(2, site="London")


def open_(*events: IncidentOpened) -> Standing:
    """Return what is known when these have begun."""
    standing = Standing()
    for event in events:
        standing.learn(event, PLACE)
    return standing


def source_of(event: IncidentOpened, standing: Standing, *rules: Inhibition) -> str | None:
    """Return what inhibits an incident."""
    return Inhibitors(standing, rules or (GRAVE,)).inhibitor_of(subject_of(event))


class TestInhibitorOf:
    def test_an_open_source_keeps_a_target_quiet(self) -> None:
        """Where the labels that must be equal are."""
        assert SOURCE.incident == source_of(TARGET, open_(SOURCE, TARGET))

    def test_of_another_place_it_does_not(self) -> None:
        """A source with another value inhibits nothing here."""
        assert source_of(link(2, site="Oslo"), open_(SOURCE)) is None

    def test_what_both_lack_is_equal(self) -> None:
        """A label that neither has counts as the same, as in Alertmanager."""
        bare = link(1, severity=Severity.CRITICAL)

        assert bare.incident == source_of(link(2), open_(bare))

    def test_what_is_over_inhibits_nothing(self) -> None:
        """The target is told when its source has ended."""
        standing = open_(SOURCE)
        inhibitors = Inhibitors(standing, (GRAVE,))
        standing.learn(resolved(SOURCE), PLACE)

        assert inhibitors.inhibitor_of(subject_of(TARGET)) is None

    def test_nothing_inhibits_itself(self) -> None:
        """Nor its like: what is both source and target is told."""
        both = Inhibition(parsed('site="London"'), parsed('severity="critical"'))

        assert source_of(SOURCE, open_(SOURCE), both) is None
        assert source_of(TARGET, open_(SOURCE, TARGET), ALIKE) is None

    def test_what_is_only_a_source_inhibits_what_is_both(self) -> None:
        """One of two kinds of sources is no target itself."""
        rule = Inhibition(parsed('site="London"'), parsed('severity="critical"'))

        assert TARGET.incident == source_of(SOURCE, open_(SOURCE, TARGET), rule)

    def test_any_rule_will_do(self) -> None:
        """The first that holds decides."""
        other = Inhibition(parsed('site="Oslo"'), parsed('site="London"'))

        assert SOURCE.incident == source_of(TARGET, open_(SOURCE), other, GRAVE)

    def test_groups_are_no_sources(self) -> None:
        """Their members are, each for itself."""
        standing = Standing()
        standing.learn(group(*(incident(number) for number in range(3))), PLACE)
        rule = Inhibition(parsed('isp="British Telecom"'), parsed('site="London"'))

        assert source_of(TARGET, standing, rule) is None


class TestReroute:
    def test_other_rules_count_at_once(self) -> None:
        """For what is open already."""
        inhibitors = Inhibitors(open_(SOURCE, TARGET))
        assert inhibitors.inhibitor_of(subject_of(TARGET)) is None

        inhibitors.reroute((GRAVE,))
        assert SOURCE.incident == inhibitors.inhibitor_of(subject_of(TARGET))


def test_thousands_of_sources_are_not_asked_one_by_one() -> None:
    """Among 10,000 that are open the rules are held against few, however many candidates there are."""
    asked = 0

    class Counting(Inhibition):
        def holds(self, source: object, target: object) -> bool:
            nonlocal asked
            asked += 1
            return Inhibition.holds(self, source, target)  # type: ignore[arg-type]

    rules = [Counting(rule.source, rule.target, rule.equal) for rule in (GRAVE, ALIKE)]
    events = [link(number, severity=Severity.CRITICAL, site="London") for number in range(10_000)]
    inhibitors = Inhibitors(open_(*events), rules)
    for number in range(1_000):
        assert inhibitors.inhibitor_of(subject_of(link(number, site="London"))) is not None

    assert asked <= 2_000
