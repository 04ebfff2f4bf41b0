from satark.runtime.quieting import MAX_COMPLAINTS, Quieting


class TestQuieting:
    def test_one_is_heard_in_a_while(self) -> None:
        """The first of equal messages is let through, and the next after a while says how many were held back."""
        quieting = Quieting(every_s=10.0)

        admitted = [quieting.admits("away", now_s) for now_s in (0.0, 1.0, 9.9, 10.0, 11.0, 20.5)]

        assert admitted == [0, None, None, 2, None, 1]

    def test_others_are_heard(self) -> None:
        """Another message is not held back by the first."""
        quieting = Quieting(every_s=10.0)

        assert [quieting.admits("one", 0.0), quieting.admits("two", 1.0)] == [0, 0]

    def test_it_remembers_a_bounded_number(self) -> None:
        """Ever new messages do not fill the memory."""
        quieting = Quieting(every_s=10.0)

        for number in range(MAX_COMPLAINTS + 1):
            quieting.admits(str(number), 0.0)

        assert len(quieting._heard) <= MAX_COMPLAINTS
