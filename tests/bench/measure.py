"""How long a work takes, and how often it is asked."""

from collections.abc import Callable
from time import perf_counter

RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started
