"""How far reading may be committed: up to the first record with a notification whose outcome is not yet final.

Each accepted offset waits for a set of notification ids; a committed position never passes one that still waits.
"""

from collections.abc import Collection, Iterable, Mapping

Position = tuple[str, int]


class _Partition:
    def __init__(self) -> None:
        self.waiting: dict[int, set[str]] = {}
        self.next: int | None = None
        self.committed: int | None = None

    @property
    def safe(self) -> int | None:
        return next(iter(self.waiting), self.next)


class Progress:
    """The read positions of the partitions that this member of the group owns."""

    def __init__(self) -> None:
        self._partitions: dict[Position, _Partition] = {}
        self._places: dict[str, set[tuple[Position, int]]] = {}

    def assign(self, positions: Collection[Position]) -> None:
        """Begin anew with the given partitions."""
        self.revoke(positions)
        for position in positions:
            self._partitions[position] = _Partition()

    def revoke(self, positions: Iterable[Position]) -> None:
        """Give partitions away."""
        for position in positions:
            partition = self._partitions.pop(position, _Partition())
            for offset, ids in partition.waiting.items():
                for each in ids:
                    self._places[each].discard((position, offset))
                    if not self._places[each]:
                        del self._places[each]

    def expects(self, position: Position, offset: int) -> bool:
        """True when the partition is ours and the record was not read before."""
        partition = self._partitions.get(position)
        return partition is not None and (partition.next is None or offset >= partition.next)

    def accept(self, position: Position, offset: int, ids: Iterable[str] = ()) -> None:
        """Note that an expected record was read and waits for `ids`."""
        partition = self._partitions[position]
        partition.next = offset + 1
        if waiting := set(ids):
            partition.waiting[offset] = waiting
            for each in waiting:
                self._places.setdefault(each, set()).add((position, offset))

    def add(self, position: Position, offset: int, notification: str) -> None:
        """Let a record that still waits wait for one notification more."""
        partition = self._partitions.get(position)
        if partition is not None and offset in partition.waiting:
            partition.waiting[offset].add(notification)
            self._places.setdefault(notification, set()).add((position, offset))

    def final(self, notification: str) -> None:
        """Note that a notification's outcome is final and published."""
        for position, offset in self._places.pop(notification, ()):
            waiting = self._partitions[position].waiting
            waiting[offset].discard(notification)
            if not waiting[offset]:
                del waiting[offset]

    def waiting(self, positions: Iterable[Position]) -> frozenset[str]:
        """Return the notification ids that records of the given partitions wait for."""
        partitions = [self._partitions[position] for position in positions if position in self._partitions]
        return frozenset(each for partition in partitions for ids in partition.waiting.values() for each in ids)

    def committable(self) -> dict[Position, int]:
        """Return the next offset to read of each partition that has moved since it was last committed."""
        return {
            position: partition.safe
            for position, partition in self._partitions.items()
            if partition.safe is not None and partition.safe != partition.committed
        }

    def committed(self, offsets: Mapping[Position, int]) -> None:
        """Note what was committed."""
        for position, offset in offsets.items():
            if position in self._partitions:
                self._partitions[position].committed = offset
