"""The tags of the pages."""

import pytest
from django.utils import translation

from mhifund.templatetags import house


@pytest.mark.parametrize(
    ("may_unmask", "shown"),
    [
        (True, "R1;1;660722369158;KZ86125;1234567890123"),
        (False, "R1;1;660722••••••;KZ86125;1234567890123"),
    ],
)
def test_a_line_shows_whole_iins_to_those_who_may_see_them(may_unmask, shown):
    class Item:
        raw = "R1;1;660722369158;KZ86125;1234567890123"

    context = {"perms": {"registry": {"unmask_iin": may_unmask}}}
    assert house.line_as_it_came(context, Item) == shown


def test_a_business_is_shown_and_a_person_who_pays_is_masked():
    assert house.payer("951241349083") == "951241349083"
    assert house.payer("660722369158") == "660722••••••"


def test_a_status_is_colour_icon_and_word():
    with translation.override("en"):
        badge = house.status("grace")
    assert "is-warn" in badge
    assert "#clock-exclamation" in badge
    assert "conditionally insured" in badge
