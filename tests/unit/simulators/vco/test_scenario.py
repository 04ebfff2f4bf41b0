import json
from typing import Any

import pytest

from satark.simulators.vco.scenario import Incident, Script, ScriptError, decode_script
from satark.simulators.vco.targets import affected
from satark.simulators.vco.timeline import check_script
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind

WORLD = northwind(NORTHWIND_NOW)
STEP: dict[str, Any] = {
    "edge": "LDN-BR-01",
    "link": "Broadband B",
    "kind": "step",
    "start_s": 60,
    "duration_s": 600,
    "add": {"latency_ms_rx": 50},
}


def script(**changes: Any) -> bytes:
    """Return a script of one incident as JSON; None takes a member out."""
    incident = {name: value for name, value in (STEP | changes).items() if value is not None}
    return json.dumps({"incidents": [incident]}).encode()


class TestDecode:
    def test_reads(self) -> None:
        """A whole script is read."""
        expected = Script(
            incidents=(
                Incident(
                    edge="LDN-BR-01",
                    link="Broadband B",
                    kind="step",
                    start_s=60,
                    duration_s=600,
                    add={"latency_ms_rx": 50},
                ),
            )
        )

        assert expected == decode_script(script(), "x.json")

    @pytest.mark.parametrize(
        ("text", "position"),
        [
            (b'{\n  "incidents" []\n}', "line 2, column 15"),
            (b'{"incidents": [', "line 1, column 16"),
            (b"", "line 1, column 1"),
        ],
    )
    def test_syntax(self, text: bytes, position: str) -> None:
        """A syntax error is told with its line and column."""
        with pytest.raises(ScriptError) as caught:
            decode_script(text, "x.json")

        assert caught.value.mistakes[0].startswith(f"x.json: {position}: ")

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"kind": "earthquake"}, "$.incidents[0].kind"),
            ({"start_s": "soon"}, "$.incidents[0].start_s"),
            ({"duration_s": 0}, "$.incidents[0].duration_s"),
            ({"add": {"latency": 3}}, "$.incidents[0].add"),
            ({"add": {"loss_pct_rx": -3}}, "$.incidents[0].add"),
            ({"colour": "red"}, "$.incidents[0]"),
            ({"kind": None}, "$.incidents[0]"),
            ({"local_hours": [9, 25]}, "$.incidents[0].local_hours"),
        ],
    )
    def test_wrong_value(self, changes: dict[str, Any], path: str) -> None:
        """A wrong, unknown or missing value is told with its path."""
        with pytest.raises(ScriptError) as caught:
            decode_script(script(**changes), "x.json")

        assert path in caught.value.mistakes[0]


class TestCheck:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"edge": "Nowhere"}, "no edge of the world northwind is called 'Nowhere'"),
            ({"link": "Fibre Z"}, "no links of the edge 'LDN-BR-01' are called 'Fibre Z'"),
            ({"link": None}, "`link` is missing: kind step is about one link"),
            ({"edge": None, "link": None}, "name an `edge`, an `isp`, a `gateway` or an `enterprise`"),
            ({"edge": None}, "name an `edge`"),
            ({"edge": None, "isp": "BT"}, "`link` needs its `edge`"),
            ({"edge": None, "link": None, "isp": "BT"}, "nothing in the world northwind is meant"),
            ({"kind": "ramp", "duration_s": None}, "`duration_s` is missing: kind ramp has to end"),
            ({"kind": "path_change"}, "`add` has no use with kind path_change"),
            ({"kind": "path_change", "add": None}, "`shift` and kind path_change go together"),
            ({"shift": {"latency_ms_rx": -3}}, "`shift` and kind path_change go together"),
            ({"kind": "congestion", "local_hours": [9, 9]}, "`local_hours` begin and end at the same hour"),
            ({"buffered": True}, "`buffered` is for kind edge_offline"),
            (
                {"kind": "edge_offline", "edge": None, "link": None, "add": None, "isp": "Example Telecom"},
                "`isp` has no use with kind edge_offline",
            ),
            (
                {"kind": "link_replaced", "edge": None, "link": None, "add": None, "isp": "Example Telecom"},
                "kind link_replaced is about one link of one edge",
            ),
            ({"add": None}, "`add` is missing: kind step needs an increase"),
            ({"kind": "flap"}, "`add` has no use with kind flap"),
            ({"kind": "edge_offline", "add": None}, "`link` has no use with kind edge_offline"),
            ({"kind": "jitter_burst"}, "kind jitter_burst cannot add to latency_ms_rx"),
            ({"kind": "bursty_loss"}, "kind bursty_loss cannot add to latency_ms_rx"),
        ],
    )
    def test_contradiction(self, changes: dict[str, Any], sentence: str) -> None:
        """A script that contradicts itself or names strangers is refused, with the place and the reason."""
        with pytest.raises(ScriptError) as caught:
            check_script(decode_script(script(**changes), "x.json"), WORLD, "x.json")

        assert caught.value.mistakes[0].startswith(f"x.json: $.incidents[0]: {sentence}")

    def test_all_at_once(self) -> None:
        """All mistakes of a script are told together."""
        both = Script(
            incidents=(
                Incident(edge="Nowhere", kind="edge_offline", start_s=0, duration_s=1),
                Incident(edge="LDN-BR-01", kind="flap", start_s=0, duration_s=1),
            )
        )

        with pytest.raises(ScriptError) as caught:
            check_script(both, WORLD, "x.json")

        assert len(caught.value.mistakes) == 2


class TestAffected:
    def test_by_name_or_id(self) -> None:
        """Edges and links are found by display name or by id."""
        incident = Incident(
            edge="20311", link="00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22", kind="link_down", start_s=0, duration_s=1
        )

        assert frozenset({"00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22"}) == affected(incident, WORLD)

    def test_whole_edge(self) -> None:
        """An incident without a link touches all links of its edge."""
        incident = Incident(edge="LDN-BR-01", kind="edge_offline", start_s=0, duration_s=1)

        assert len(affected(incident, WORLD)) == 2
