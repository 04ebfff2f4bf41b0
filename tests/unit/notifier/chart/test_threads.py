from concurrent.futures import ThreadPoolExecutor

from satark.notifier.chart import Picture, chart
from tests.unit.notifier.chart.courses import three
from tests.unit.notifier.scenes import WRITTEN, opened

ROUNDS, THREADS = 6, 3


def test_pictures_are_drawn_side_by_side() -> None:
    """Mails are written in threads: pictures that are drawn at once are those that are drawn one by one."""
    events = [opened(*three()[: 1 + i % 3]) for i in range(ROUNDS)]

    def drawn(index: int) -> Picture | None:
        return chart(events[index], WRITTEN)

    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(drawn, range(ROUNDS)))

    assert [drawn(index) for index in range(ROUNDS)] == together
