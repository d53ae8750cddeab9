"""Numbers for things of which a file may have millions: too many to keep the words themselves."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    """Which of many keys were there before, found at the end; they wait on disk when many."""

    KEY = np.dtype([("hash", "i8"), ("owner", "i4"), ("line", "i4")])
    IN_MEMORY = 1 << 23
    AT_ONCE = 1 << 20  # keys that are compared in memory

    def __init__(self) -> None:
        self._keys = SpooledTemporaryFile(max_size=self.IN_MEMORY)  # noqa: SIM115
        self._count = 0

    def note(
        self, keys: Iterable[tuple[str, int]], owners: Sequence[int], lines: Sequence[int]
    ) -> None:
        noted = np.empty(len(lines), self.KEY)
        noted["hash"] = np.fromiter(map(hash, keys), np.int64, len(lines))
        noted["owner"], noted["line"] = owners, lines
        self._keys.write(noted.tobytes())
        self._count += len(lines)

    def found(self, most: int) -> list[Place]:
        """Where keys come again, the first `most` of them in the order of the file."""
        parts = self._count // self.AT_ONCE + 1
        again = [one for part in range(parts) for one in self._again(part, parts, most)]
        return [place for _, place in sorted(again)[:most]]

    def _again(self, part: int, parts: int, most: int) -> Iterator[tuple[int, Place]]:
        """Of the keys of one part: the number in the file, and the place."""
        self._keys.seek(0)
        numbers, keys = [np.empty(0, np.int64)], [np.empty(0, self.KEY)]
        for start in range(0, self._count, self.AT_ONCE):
            read = np.frombuffer(self._keys.read(self.AT_ONCE * self.KEY.itemsize), self.KEY)
            own = np.flatnonzero(read["hash"] % parts == part)
            own = np.delete(own, _repeated(read["hash"][own])[most:])
            numbers.append(own + start)
            keys.append(read[own])
        number, key = np.concatenate(numbers), np.concatenate(keys)
        again = _repeated(key["hash"])[:most]
        owners, lines = key["owner"][again].tolist(), key["line"][again].tolist()
        return zip(number[again].tolist(), map(Place, owners, lines), strict=True)


def _repeated(hashes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where what was there before stands again."""
    order = np.argsort(hashes, kind="stable")
    in_order = hashes[order]
    return np.sort(order[1:][in_order[1:] == in_order[:-1]])
