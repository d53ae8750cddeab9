"""A few persons with two years of payments, a held file, exceptions, and two nights."""

from datetime import timedelta

from django.utils import timezone

from mhifund import night
from mhifund.roles import demo_users
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, HEAD, held_category, item, known, register

PASSWORD = "test-pass-1"
MONTHS = [f"{number % 12 + 1:02}{2025 + number // 12}" for number in range(20)]


def build():
    demo_users(PASSWORD)
    persons = known(AIDOS, ARMAN, AIGUL)
    held_category(AIDOS, "disabled", "2021-03-01", "2024-02-29")
    held_category(AIDOS, "pensioner", "2023-08-01")
    for place, month in enumerate(MONTHS):
        items = [item(f"A{month}", ARMAN, month, "8500.00")]
        items.append(item(f"B{month}", ARMAN, month, "5667.00", knp="122"))
        if place < 14:
            items.append(item(f"C{month}", AIGUL, month, "4250.00", knp="122", payer=AIGUL))
        register(f"{month[2:]}-{month[:2]}.csv", *items)
    register("held.csv", item("H1", ARMAN, "092026", "8500.00"), total="8500.01")
    register(
        "doubts.csv",
        item("D1", ARMAN, "082026", "8500.00"),
        item("D2", "900101300018", "092026", "4250.00", knp="122"),
        item("D3", AIGUL, "132026", "4250.00", knp="122", payer=AIGUL),
    )
    today = timezone.localdate()
    for days in (1, 0):
        night.through(today - timedelta(days=days), at=timezone.now())
    return persons


def bring(folder):
    """A register on the officer's own disk."""
    path = folder / "brought.csv"
    line = item("N1", ARMAN, "092026", "8500.00")
    path.write_bytes("\r\n".join([HEAD, line, f"ИТОГО;1{';' * 13}8500.00", ""]).encode())
    return path
