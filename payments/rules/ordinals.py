"""Numbers for things of which a file may have millions: too many to keep the words themselves."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

DIGEST = 16  # bytes: no two texts of a file will ever share one


class Ordinals:
    """0, 1, 2 … for texts in the order they are first met; about 25 bytes a text."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._slots = array("i", bytes(4 << 10))  # ordinal + 1, 0 is free
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def of(self, text: bytes) -> int:
        digest = blake2b(text, digest_size=DIGEST).digest()
        slot = self._slot(digest)
        if not self._slots[slot]:
            self._digests += digest
            self._count += 1
            self._slots[slot] = self._count
            if self._count * 3 > len(self._slots) * 2:
                self._grow()
            return self._count - 1
        return self._slots[slot] - 1

    def _slot(self, digest: bytes | bytearray) -> int:
        """Where a digest is, or the free place where it belongs."""
        slots, digests, last = self._slots, self._digests, len(self._slots) - 1
        slot = int.from_bytes(digest[:8]) & last
        while (ordinal := slots[slot]) and digests[
            (ordinal - 1) * DIGEST : ordinal * DIGEST
        ] != digest:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        self._slots = array("i", bytes(8 * len(self._slots)))
        for ordinal in range(self._count):
            digest = self._digests[ordinal * DIGEST : (ordinal + 1) * DIGEST]
            self._slots[self._slot(digest)] = ordinal + 1


class Place(NamedTuple):
    owner: int
    line: int


class Repeats:
    """Which of many keys were there before, found at the end; 16 bytes a key."""

    def __init__(self) -> None:
        self._hashes = array("q")
        self._owners = array("i")
        self._lines = array("i")

    def note(
        self, keys: Iterable[tuple[str, int]], owners: Iterable[int], lines: Iterable[int]
    ) -> None:
        self._hashes.extend(map(hash, keys))
        self._owners.extend(owners)
        self._lines.extend(lines)

    def found(self, most: int) -> list[Place]:
        """Where keys come again, the first `most` of them in the order of the file."""
        hashes = np.frombuffer(self._hashes, np.int64)
        order = np.argsort(hashes, kind="stable")
        in_order = hashes[order]
        again = np.sort(order[1:][in_order[1:] == in_order[:-1]])[:most]
        return [Place(self._owners[at], self._lines[at]) for at in again.tolist()]
