from datetime import timedelta
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from satark.notifier.events import Event
from satark.notifier.mail.message import MAX_BYTES, compose
from satark.notifier.preview.examples import part as part_of
from satark.notifier.preview.examples import target
from satark.notifier.telling import PLAIN, Aside, Occasion, Part, Telling
from satark.schemas.incidents import Severity
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.mail.mails import HEAD, parsed, part
from tests.unit.notifier.sayings import seen
from tests.unit.notifier.scenes import LONDON, NOON, WRITTEN, resolved, updated

SITE = (("site", "London"),)


def parts(*events: Event, aside: Aside = PLAIN) -> tuple[Part, ...]:
    """Return events as parts of a message."""
    return tuple(part_of(event, aside, target()) for event in events)


def told(told_parts: tuple[Part, ...], shared: tuple[tuple[str, str], ...] = ()) -> tuple[EmailMessage, str]:
    """Return the mail of a digest and its text."""
    message = parsed(compose(Telling(target(), told_parts, shared), HEAD, WRITTEN))
    return message, part(message, "plain")


OPENED = [incident(n, site="London") for n in range(4)]


class TestSubject:
    def test_counts_by_state_and_names_what_is_shared(self) -> None:
        """What the route groups by."""
        message, _ = told(parts(*OPENED, resolved(incident(9))), SITE)

        assert message["Subject"] == "[DIGEST] 4 opened, 1 resolved at site London"

    def test_names_other_labels(self) -> None:
        """And as many as there are."""
        message, _ = told(parts(*OPENED), (("isp", "British Telecom"), ("enterprise", "")))

        assert message["Subject"] == "[DIGEST] 4 opened of ISP British Telecom"

    def test_of_labels_without_a_value(self) -> None:
        """Incidents that lack what the route groups by."""
        message, _ = told(parts(*OPENED), (("pod", ""),))

        assert message["Subject"] == "[DIGEST] 4 opened"

    def test_of_a_storm_says_how_many_in_what_time(self) -> None:
        """Nothing is shared but the moment."""
        message, _ = told(parts(*OPENED))

        assert message["Subject"] == "[DIGEST] 4 incidents in 3 min"

    def test_of_a_storm_at_one_moment(self) -> None:
        """A length of nothing is no length."""
        message, _ = told(parts(*(replace(each, opened_at=NOON) for each in OPENED)))

        assert message["Subject"] == "[DIGEST] 4 incidents at once"

    def test_of_a_storm_that_is_half_over(self) -> None:
        """What is over is not called an incident."""
        message, _ = told(parts(*OPENED, resolved(incident(0))))

        assert message["Subject"] == "[DIGEST] 4 opened, 1 resolved in 35 min"

    def test_says_how_many_are_critical(self) -> None:
        """While they last."""
        critical = [replace(each, severity=Severity.CRITICAL) for each in OPENED[:2]]
        message, _ = told(parts(*critical, *OPENED[2:], resolved(critical[0])), SITE)
        over, _ = told(parts(*(replace(resolved(each), severity=Severity.CRITICAL) for each in OPENED)), SITE)

        assert message["Subject"] == "[DIGEST] 4 opened, 1 resolved at site London, 2 critical"
        assert message["Importance"] == "high"
        assert (over["Subject"], over["Importance"]) == ("[DIGEST] 4 resolved at site London", None)


class TestHeaders:
    def test_are_those_of_bulk_mail(self) -> None:
        """And say how many incidents it holds, and the gravest."""
        message, _ = told(parts(*OPENED), SITE)

        assert ("bulk", "digest") == (message["Precedence"], message["X-Satark-State"])
        assert ("4", "warning") == (message["X-Satark-Incidents"], message["X-Satark-Severity"])
        assert message["List-Id"] == "<wan-alerts.cafe-reseau.example.net>"

    def test_thread_what_is_shared(self) -> None:
        """Digests of the same group are one thread, others are not; the same parts are the same mail."""
        first, second = Telling(target(), parts(*OPENED[:2]), SITE), Telling(target(), parts(*OPENED[2:]), SITE)
        other = Telling(target(), parts(*OPENED), (("site", "Paris"),))
        heads = [parsed(compose(each, HEAD, WRITTEN)) for each in (first, second, other)]

        assert heads[0]["References"] == heads[1]["References"] != heads[2]["References"]
        assert len({head["Message-ID"] for head in heads}) == 3
        assert f"<{first.id}@example.net>" == heads[0]["Message-ID"]

    def test_of_several_enterprises_are_a_list_of_all(self) -> None:
        """Nobody sorts it into one of them."""
        message, _ = told(parts(OPENED[0], incident(1, enterprise="Other")))

        assert message["List-Id"] == "<wan-alerts.all.example.net>"


class TestContent:
    def test_has_a_line_for_each_incident(self) -> None:
        """Where, how it is, how grave, since when, and what is wrong."""
        _, text = told(parts(OPENED[0], resolved(incident(1))), SITE)

        assert "1. Edge 0 / BT Broadband\n   opened, warning, since 12:00 UTC: download latency 100 ms" in text
        assert "2. Edge 1 / BT Broadband\n   resolved, warning, since 12:01 UTC: back to normal after 35 min" in text
        assert f"https://satark.example.net/i/{OPENED[0].incident}" in text

    def test_counts_by_state_and_severity(self) -> None:
        """Before any single incident."""
        critical = replace(OPENED[0], severity=Severity.CRITICAL)
        _, text = told(parts(critical, *OPENED[1:], updated(incident(7))), SITE)

        assert "By state:        4 opened, 1 updated\n" in text
        assert "By severity:     2 critical, 3 warning\n" in text

    def test_says_what_most_have_in_common(self) -> None:
        """But not what the subject says already."""
        _, text = told(parts(*OPENED, resolved(incident(9, isp="Other"))), SITE)

        assert "All 4 that are not over have the ISP British Telecom: look there first." in text
        assert "By ISP:          British Telecom 4, Other 1\n" in text
        assert "By site" not in text

    def test_says_nothing_of_causes_that_few_share(self) -> None:
        """Chance is no cause."""
        events = [incident(n, isp=f"ISP {n}", site=f"Site {n // 2}") for n in range(12)]
        _, text = told(parts(*events), (("enterprise", "Café Réseau"),))

        assert "look there first" not in text
        assert "By ISP" not in text
        assert "By site:         Site 0 2, Site 1 2, Site 2 2, Site 3 2, Site 4 2, 1 other 2\n" in text

    def test_counts_who_lacks_a_label(self) -> None:
        """They are not forgotten."""
        _, text = told(parts(*OPENED, incident(8, isp="")), SITE)

        assert "By ISP:          British Telecom 4, 1 without\n" in text

    def test_has_groups(self) -> None:
        """A group is one line, and its links are counted."""
        _, text = told(parts(group(*OPENED), incident(9)))

        assert "1. ISP British Telecom\n   opened, warning, since 12:00 UTC: 4 links bad" in text
        assert "Groups:          1, with 4 incidents in them\n" in text

    def test_says_who_has_seen_what_lasts(self) -> None:
        """Of what is over nobody needs to know."""
        word = seen(OPENED[0])
        _, text = told(parts(OPENED[0], resolved(OPENED[1]), aside=Aside(seen=word)), SITE)

        assert "opened, seen by ben, warning" in text
        assert text.count("seen by") == 1


class TestRemarks:
    @pytest.mark.parametrize(
        ("aside", "remark"),
        [
            (Aside(occasion=Occasion.REMINDER), "This is a reminder of these 2: they are still open."),
            (Aside(occasion=Occasion.ESCALATION), "Nobody has acknowledged these 2: that is why they come to you."),
            (Aside(occasion=Occasion.FALLBACK), "You get these 2 because another receiver could not be reached."),
            (Aside(occasion=Occasion.FALLBACK, instead_of="a"), "You get these 2 because a could not be reached."),
            (Aside(occasion=Occasion.TEST), "This is a test of the way to you. There are no such incidents;"),
            (Aside(OPENED[0], kept_back_by="mute times"), "Mute times kept these 2 back until now."),
            (Aside(OPENED[0]), "A silence kept these 2 back until now."),
        ],
    )
    def test_say_why_they_come(self, aside: Aside, remark: str) -> None:
        """Before all else."""
        _, text = told(parts(*OPENED[:2], aside=aside))

        assert text.startswith(remark)

    def test_count_those_that_they_are_about(self) -> None:
        """What lasts is counted as such."""
        reminded = parts(OPENED[0], aside=Aside(OPENED[0], occasion=Occasion.REMINDER))
        message, text = told((*reminded, *parts(*OPENED[1:])), SITE)

        assert "This is a reminder of 1 of them" in text
        assert message["Subject"] == "[DIGEST] 3 opened, 1 still open at site London"

    def test_name_few_of_many_that_could_not_be_reached(self) -> None:
        """A dozen names say no more than four."""
        lost = [
            part_of(each, Aside(occasion=Occasion.FALLBACK, instead_of=f"r{n}"), target())
            for n, each in enumerate([incident(n) for n in range(6)])
        ]
        _, text = told(tuple(lost))

        assert text.startswith("You get these 6 because r0, r1, r2, r3 and 2 more could not be reached.")


class TestSize:
    def test_shows_fifty_and_counts_the_rest(self) -> None:
        """Nothing pretends to be complete."""
        events = [incident(n, site=f"Site {n % 3}") for n in range(997)]
        _, text = told(parts(*events))

        assert "The 50 gravest have a line here; the other 947 are counted below." in text
        assert "The other 947, which have no line here\nBy state:        947 opened\n" in text
        assert "By site:         Site 0 316, Site 2 316, Site 1 315\n" in text
        assert "50. Edge 49" in text
        assert "51. " not in text

    @pytest.mark.parametrize("name", ["名" * 1024, "x" * 1024, "<&\"'" * 256])
    def test_ten_thousand_parts_with_endless_names_fit(self, name: str) -> None:
        """Whatever is in them."""
        labels = dict.fromkeys(LONDON, f"{name[:-1]}")
        begin = replace(incident(0), labels=labels, entity="e" * 512)
        events = [
            replace(begin, id=f"{n}", incident=f"{n}", opened_at=NOON + n * timedelta(seconds=1)) for n in range(10_000)
        ]
        content = compose(Telling(target(), parts(*events)), HEAD, WRITTEN).content

        assert len(content) <= MAX_BYTES

    def test_a_group_of_ten_thousand_with_endless_names_fits(self) -> None:
        """It names some of them."""
        long = {"edge": "名" * 1024, "link": "ü" * 1024}
        event = group(*(incident(n, **long) for n in range(512)), member_count=10_000, open_count=10_000)
        content = compose(Telling(target(), parts(event)), HEAD, WRITTEN).content

        assert len(content) <= MAX_BYTES
