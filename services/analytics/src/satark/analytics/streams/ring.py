"""What happened last, numbered. Pure."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Ring(Generic[T]):
    """Entries from number `first` up to, but not including, `next`; the oldest go when there are too many or too large."""

    def __init__(self, *, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._entries: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self.first = 0

    @property
    def next(self) -> int:
        """The number that the next entry gets."""
        return self.first + len(self._entries)

    def __getitem__(self, number: int) -> T:
        """Return an entry. Raises IndexError for one that is not held."""
        if not self.first <= number < self.next:
            raise IndexError(number)
        return self._entries[number - self.first][0]

    def put(self, entry: T, size_bytes: int) -> None:
        """Take in an entry of a size; one alone may be larger than all together should be."""
        self._entries.append((entry, size_bytes))
        self._bytes += size_bytes
        while len(self._entries) > self._most or (self._bytes > self._most_bytes and len(self._entries) > 1):
            _, size = self._entries.popleft()
            self._bytes -= size
            self.first += 1
