from satark.analytics.console.places import facts, place, trail

LABELS = {
    "orchestrator": "vco",
    "enterprise": "Example",
    "site": "Pune-01",
    "edge": "Pune-01",
    "link": "Broadband 1",
    "isp": "BT",
}


def test_a_place_is_named_by_its_labels() -> None:
    """Edge and link are what a person says; what has no labels is named by its key."""
    assert place(LABELS, "wan-link/1") == "Pune-01 / Broadband 1"
    assert place({"name": "web-1"}, "vm/1") == "web-1"
    assert place({"edge": ""}, "wan-link/1") == "wan-link/1"


def test_a_trail_says_nothing_twice() -> None:
    """The site that is called like the edge is left out of the trail."""
    assert trail(LABELS) == ["vco", "Example"]
    assert trail({**LABELS, "site": "Pune"}) == ["vco", "Example", "Pune"]


def test_facts_are_what_is_known() -> None:
    """What has no value is no fact."""
    assert facts({**LABELS, "interface": ""}) == [("Provider", "BT")]
