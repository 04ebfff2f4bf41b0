from satark.sandesh.generator.messages.requests import SandeshUVETypesReq
from satark.sandesh.generator.messages.traces import SandeshTraceRequest
from satark.sandesh.introspect.modules import doc_of, modules_of
from tests.unit.sandesh.probe import ProbeRequest


def test_order_and_names() -> None:
    """The program's modules come first; the library's have the names that the originals' tools know."""
    modules = modules_of([SandeshUVETypesReq, SandeshTraceRequest, ProbeRequest])

    assert ["probe", "sandesh_trace", "sandesh_uve"] == list(modules)
    assert (SandeshUVETypesReq,) == modules["sandesh_uve"].requests
    assert "every generator answers" in modules["sandesh_uve"].doc


def test_doc() -> None:
    """What a definition says of a request is told; what a compiler writes where it says nothing is not."""

    class Silent(ProbeRequest):
        """Message ProbeRequest (request)."""

    class Written(ProbeRequest):
        """Ask.

        And more.
        """

    assert ("", "", "Ask.\n\nAnd more.") == (doc_of(ProbeRequest), doc_of(Silent), doc_of(Written))
