from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from bench.soaking.week import DAY, GAP, TAIL, Expected, Week, week, world_of
from satark.detector.rules import read
from satark.simulators.vco.scenario import decode_script
from satark.simulators.vco.timeline import check_script

BEGIN = datetime(2026, 11, 1, 10, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def whole() -> Week:
    """The week of a thousand links."""
    return week(1000, 7 * DAY, BEGIN)


def test_world_has_as_many_links_as_asked_for() -> None:
    """Many links have several customers, a few have one."""
    assert 1000 == sum(1 for _ in world_of(1000).all_links())
    assert 4 == len(world_of(1000).enterprises)
    assert 20 == sum(1 for _ in world_of(20).all_links())
    assert 1 == len(world_of(20).enterprises)


def test_simulator_takes_the_script(whole: Week) -> None:
    """It names what the world has, contradicts nothing, and survives the file."""
    check_script(whole.script, whole.world, "test")

    assert whole.script == decode_script(whole.script_json, "test")


def test_two_weeks_of_a_size_are_the_same(whole: Week) -> None:
    """Nothing is left to chance."""
    assert whole.script_json == week(1000, 7 * DAY, BEGIN).script_json


def test_nothing_happens_while_there_is_learning_and_at_the_end(whole: Week) -> None:
    """All lies between the first day and two hours before the last bucket."""
    assert all(DAY <= episode.begin and episode.end <= whole.buckets - TAIL for episode in whole.episodes)


def test_no_link_has_two_episodes(whole: Week) -> None:
    """So what is told of a link has one cause at most."""
    count = Counter(entity for episode in whole.episodes for entity in episode.entities)

    assert {1} == set(count.values())


def test_single_links_begin_too_far_apart_to_be_a_group(whole: Week) -> None:
    """Only providers in trouble are one cause for several links."""
    begins = sorted(episode.begin for episode in whole.episodes if len(episode.entities) == 1)

    assert all(later - former >= GAP for former, later in pairwise(begins))


def test_all_kinds_happen_often(whole: Week) -> None:
    """In a whole week each kind has some twenty links, and four customers lose a provider."""
    count = Counter(episode.kind.name for episode in whole.episodes)
    expected = Counter(episode.kind.expected for episode in whole.episodes)

    assert 4 == count.pop("provider")
    assert all(times >= 15 for times in count.values())
    assert 10 == len(count)
    assert set(Expected) == set(expected)


def test_provider_in_trouble_is_all_of_its_links_of_a_customer(whole: Week) -> None:
    """A quarter of a customer's links are of one provider."""
    outages = [episode for episode in whole.episodes if episode.kind.expected is Expected.GROUP]

    assert {62, 63} >= {len(outage.entities) for outage in outages}
    assert 4 == len({outage.scope["enterprise"] for outage in outages})


def test_detector_takes_the_rules(whole: Week) -> None:
    """Each episode in maintenance has a window around it."""
    rulebook = read(whole.rules, "rules.yaml")
    episode = next(each for each in whole.episodes if each.kind.in_maintenance)

    assert [] == [*rulebook.hints]
    assert f"match: {{labels: {{edge: {episode.edge}}}}}" in whole.rules
    assert whole.rules.count("- name:") == sum(each.kind.in_maintenance for each in whole.episodes)


def test_a_short_week_without_maintenance_has_rules_too() -> None:
    """A file of rules may say nothing."""
    short = week(20, 72, BEGIN, learning=40)

    assert short.rules.startswith("version: 1\n")
    assert short.episodes


def test_time_and_bucket_are_inverse(whole: Week) -> None:
    """Buckets count from the begin of the week."""
    assert BEGIN + timedelta(minutes=15) == whole.time(3)
    assert 3.0 == whole.bucket(whole.time(3))


def test_incidents_begin_where_their_episode_does(whole: Week) -> None:
    """A wobble has four parts, one after the other."""
    wobble = next(episode for episode in whole.episodes if episode.kind.name == "wobble")
    starts = [part.start_s / 300 - wobble.begin for part in wobble.incidents()]

    assert [0, 12, 24, 36] == starts
    assert {wobble.edge} == {part.edge for part in wobble.incidents()}
    assert msgspec.json.encode([*wobble.incidents()])
