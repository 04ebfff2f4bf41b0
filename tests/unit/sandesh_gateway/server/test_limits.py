from satark.sandesh_gateway.server.limits import Doors, Limits

LIMITS = Limits(
    max_connections=3,
    max_connections_per_host=2,
    max_frame_bytes=1,
    pending_bytes_per_generator=1,
    pending_bytes=1,
    hello_timeout_s=1,
    frame_timeout_s=1,
)


def test_bounds_connections_of_all_and_of_each() -> None:
    """One host cannot take all the room."""
    doors = Doors(LIMITS)

    assert ["", "", "too_many_of_host", "", "too_many"] == [doors.enter(host) for host in ("a", "a", "a", "b", "c")]


def test_who_leaves_makes_room() -> None:
    """And is forgotten: hosts come and go."""
    doors = Doors(LIMITS)
    for host in ("a", "a", "b"):
        doors.enter(host)

    doors.leave("b")
    assert doors.enter("c") == ""
    assert dict(doors.by_host) == {"a": 2, "c": 1}
