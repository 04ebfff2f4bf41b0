from satark.sandesh_gateway.publish.records import MAX_LETTER_BYTES, letter_of, records_of
from satark.schemas.codec import decode
from satark.schemas.examples import share, withdrawn
from satark.schemas.topics import FRAMES_DLQ


def test_a_withdrawal_reaches_every_partition() -> None:
    """The shares of a generator lie in all of them."""
    records = records_of([share(), withdrawn()], frozenset({2, 0, 1}))

    assert [None, 0, 1, 2] == [record.partition for record in records]
    assert [share(), *[withdrawn()] * 3] == [decode(each.topic, each.value, each.headers) for each in records]


def test_a_letter_has_the_bytes_and_why_they_are_dead() -> None:
    """For `satark dlq`."""
    letter = letter_of(b"GET /", sender="192.0.2.1", cause="DecodingFailed", detail="no frame", time="now")

    assert (FRAMES_DLQ, b"192.0.2.1", b"GET /") == (letter.topic, letter.key, letter.value)
    headers = dict(letter.headers)
    assert (b"DecodingFailed", b"no frame") == (headers["dlq_reason"], headers["dlq_detail"])
    assert "dlq_original_bytes" not in headers


def test_a_letter_that_does_not_fit_is_cut_and_says_so() -> None:
    """Kafka takes no record of more than a megabyte."""
    letter = letter_of(bytes(MAX_LETTER_BYTES + 1), sender="s", cause="c", detail="", time="now")

    assert MAX_LETTER_BYTES == len(letter.value or b"")
    assert str(MAX_LETTER_BYTES + 1).encode() == dict(letter.headers)["dlq_original_bytes"]
