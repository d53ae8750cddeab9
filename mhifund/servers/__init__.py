"""The embedded default: real PostgreSQL and real Valkey for whoever has none of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from mhifund.servers import postgres, valkey
from mhifund.servers.place import Missing, Place

__all__ = ["Missing", "Place", "ours", "using"]


def ours() -> list[ModuleType]:
    """Which of the two we run: an address in the environment switches one off."""
    addresses = {"DATABASE_URL": postgres, "REDIS_URL": valkey}
    return [server for name, server in addresses.items() if not os.environ.get(name)]


@contextmanager
def using(place: Place) -> Iterator[None]:
    """Servers run inside this block; the last user of a place stops what any user started."""
    if not ours():
        yield
        return
    if not Path("/proc/self/cwd").exists():
        raise Missing(
            "The embedded servers need Linux. Set DATABASE_URL and REDIS_URL to servers of yours."
        )
    place.make()
    mark = place.join()
    try:
        with place.gate():
            place.make_rooms()
            for server in ours():
                server.start(place)
        yield
    finally:
        if place.leave(mark):
            postgres.stop(place)
            valkey.stop(place)
            place.clear()
        mark.close()
