"""A change of the law on its pages: typed in, tried, and decided by somebody else."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from mhifund.celery import app
from registry.actions import law
from registry.actions import proposals as actions
from registry.models import Category, Proposal, Sweep
from registry.rules.law import Code
from tests.mhifund.office import AIGUL, ARMAN, known, staff
from tests.registry.proposals import proposed

pytestmark = pytest.mark.django_db

TYPED = {
    "what": "parameter:MW",
    "since": "01.01.2027",
    "value": "93 000",
    "group": "",
    "act": "Law on the republican budget",
    "article": "art. 8",
    "source": "adilet.zan.kz",
    "confidence": "high",
}
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tasks are done where they are called."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    monkeypatch.setitem(app.conf, "task_eager_propagates", True)


def type_in(client, **other):
    return client.post(reverse("propose"), TYPED | other, headers=ENGLISH)


def page(client, proposal):
    return client.get(reverse("proposal", args=[proposal.pk]), headers=ENGLISH)


def test_a_change_of_a_parameter_is_typed_in(as_role):
    answer = type_in(as_role("reference_editor"))
    found = Proposal.objects.get()
    assert answer["Location"] == reverse("proposal", args=[found.pk])
    assert (found.subject, found.code, found.since) == ("parameter", "MW", date(2027, 1, 1))
    assert (found.value, found.text, found.unit) == (Decimal(93000), "", "KZT")
    assert (found.act, found.state) == ("Law on the republican budget", "proposed")


def test_a_change_of_a_category_is_typed_in(as_role):
    type_in(as_role("reference_editor"), what="category:student", value="", group="local_paid")
    found = Proposal.objects.get()
    assert (found.subject, found.code, found.group) == ("category", "student", "local_paid")
    assert (found.value, found.unit) == (None, "")


NEW = {
    "what": "category:",
    "value": "",
    "group": "state_paid",
    "code": "blood_donor",
    "name_kk": "донор",
    "name_ru": "донор крови",
    "name_en": "blood donor",
}


def test_a_new_category_is_typed_in_with_its_names_and_confirmed(as_role):
    client = as_role("reference_editor")
    type_in(client, **NEW)
    found = Proposal.objects.get()
    assert (found.subject, found.code, found.group) == ("category", "blood_donor", "state_paid")
    assert "blood donor" in page(client, found).content.decode()
    assert not Category.objects.filter(pk="blood_donor").exists()
    actions.decide(found, "confirmed", by=staff("auditor"), at=found.proposed_at)
    category = Category.objects.get(pk="blood_donor")
    assert (category.name_ru, category.basis) == (
        *("донор крови",),
        "Law on the republican budget, art. 8",
    )
    assert category.groups.get().group == "state_paid"


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "student"}, "code"),
        ({"code": "Донор"}, "code"),
        ({"name_kk": ""}, "name_kk"),
        ({"group": ""}, "group"),
    ],
)
def test_a_new_category_that_lacks_something_is_told_so(as_role, other, field):
    answer = type_in(as_role("reference_editor"), **NEW | other)
    assert field in answer.context["form"].errors
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"value": "many"}, "value"),
        ({"value": "1e40"}, "value"),
        ({"since": "31.02.2027"}, "since"),
        ({"what": "parameter:NO_SUCH"}, "what"),
        ({"what": "category:student", "group": ""}, "group"),
        ({"act": ""}, "act"),
        ({"source": " "}, "source"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(as_role, other, field):
    answer = type_in(as_role("reference_editor"), **other)
    assert field in answer.context["form"].errors
    assert not Proposal.objects.exists()


def test_a_second_change_of_the_same_day_is_told_so(as_role):
    client = as_role("reference_editor")
    type_in(client)
    answer = type_in(client, value="94000")
    assert "open already" in answer.content.decode()
    assert Proposal.objects.count() == 1


def test_who_proposed_is_offered_to_withdraw_and_another_to_confirm(client):
    proposal = proposed("MW", Decimal(93000), date(2027, 1, 1))
    one, other = staff("reference_editor"), staff("reference_editor", "62")
    Proposal.objects.filter(pk=proposal.pk)
    client.force_login(one)
    type_in(client, since="01.01.2028")
    own = Proposal.objects.get(proposed_by=one)
    text = page(client, own).content.decode()
    assert ("Withdraw" in text, 'value="confirmed"' in text) == (True, False)
    client.force_login(other)
    text = page(client, own).content.decode()
    assert ("Withdraw" in text, 'value="confirmed"' in text) == (False, True)


def decide(client, proposal, decision):
    url = reverse("decide", args=[proposal.pk])
    return client.post(url, {"decision": decision, "note": "seen"}, follow=True, headers=ENGLISH)


def test_a_change_that_is_confirmed_is_the_law(as_role):
    proposal = proposed("MW", Decimal(93000), date(2027, 1, 1))
    decide(as_role("reference_editor"), proposal, "confirmed")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.note) == ("confirmed", "seen")
    assert law.law()[Code.MW].get(date(2027, 1, 1)) == 93000
    assert Sweep.objects.get(kind="settlement").finished_at


def test_who_proposed_does_not_confirm(as_role):
    client = as_role("reference_editor")
    type_in(client)
    told = decide(client, Proposal.objects.get(), "confirmed").context["messages"]
    assert [str(message) for message in told] == ["Who proposed a change does not decide it."]
    assert Proposal.objects.get().state == "proposed"


def test_who_may_only_propose_does_not_confirm(as_role):
    client = as_role("reference_editor")
    user = get_user_model().objects.get(username="reference_editor-0")
    user.groups.clear()
    for codename in ("propose_change", "view_parameter"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    proposal = proposed("MW", Decimal(93000), date(2027, 1, 1))
    assert decide(client, proposal, "confirmed").status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_a_decision_comes_too_late_or_is_none(as_role):
    proposal = proposed("MW", Decimal(93000), date(2027, 1, 1))
    client = as_role("reference_editor")
    decide(client, proposal, "anything")
    assert Proposal.objects.get().state == "proposed"
    decide(client, proposal, "rejected")
    told = decide(client, proposal, "confirmed").context["messages"]
    assert [str(message) for message in told] == ["The proposal is decided already."]


@pytest.mark.parametrize("role", ["analyst", "registry_operator", "administrator"])
def test_other_roles_see_and_decide_nothing(as_role, role):
    proposal = proposed("MW", Decimal(93000), date(2027, 1, 1))
    client = as_role(role)
    assert page(client, proposal).status_code == 200
    assert decide(client, proposal, "confirmed").status_code == 403
    assert client.post(reverse("begin_trial", args=[proposal.pk])).status_code == 403


def test_a_trial_shows_what_would_change(as_role, django_capture_on_commit_callbacks):
    known(ARMAN, AIGUL)
    proposal = proposed("BASE_ENTREPRENEUR", Decimal(2), date(2026, 1, 1))
    client = as_role("reference_editor")
    assert "Not tried yet" in page(client, proposal).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("begin_trial", args=[proposal.pk]))
    seen = page(client, proposal).context
    assert (seen["sweep"].persons, seen["sweep"].changed, [*seen["moves"]]) == (2, 0, [])
    assert seen["dues"] == [("entrepreneur", Decimal("5950.00"), Decimal("8500.00"))]
    url = reverse("trial_progress", args=[seen["sweep"].pk])
    assert client.get(url)["HX-Refresh"] == "true"


def test_a_trial_under_way_shows_how_far_it_is(as_role):
    known(ARMAN)
    proposal = proposed("BASE_ENTREPRENEUR", Decimal(2), date(2026, 1, 1))
    client = as_role("reference_editor")
    client.post(reverse("begin_trial", args=[proposal.pk]))
    assert (
        reverse("trial_progress", args=[Sweep.objects.get().pk])
        in page(client, proposal).content.decode()
    )
