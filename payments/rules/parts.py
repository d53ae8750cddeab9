"""Parts of an entry that are paid back: what of its share goes with each sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass
class Borne:
    """An entry in tiyn and its share of the due; `left` and `share_left` are without its refunds.

    The share is in thousand-millionths, 0 where no fixed sum is due.
    """

    amount: int
    share: int
    left: int
    share_left: int

    def take(self, part: int) -> int:
        """Takes a part away and returns the share that goes with it.

        What stays is always rounded from the whole, so that with the last tiyn nothing stays.
        """
        if not 0 < part <= self.left:
            raise ValueError(f"{part} tiyn are no part of the {self.left} that are left")
        self.left -= part
        stays = (2 * self.share * self.left + self.amount) // (2 * self.amount)
        gone, self.share_left = self.share_left - stays, stays
        return gone


def shares_of(parts: Iterable[tuple[int, int]], entries: Mapping[int, Borne]) -> list[int]:
    """The shares of parts (entry, tiyn), one after the other."""
    return [entries[entry].take(part) for entry, part in parts]
