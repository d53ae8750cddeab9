"""The admin shows every table, changes no fact, and counts no million."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments.actions import exceptions
from payments.models import ExceptionEvent, ExceptionItem
from registry.admin import ReadOnly
from registry.models import Person
from tests.mhifund.office import AIDOS, ARMAN, AT, item, known, register, staff
from tests.refunds.actions.office import confirmed, small_world

pytestmark = pytest.mark.django_db
OURS = [
    model
    for app in ("registry", "payments", "refunds", "mhifund")
    for model in apps.get_app_config(app).get_models()
]
SHOWN_WITHIN_ANOTHER = {"CategoryGroup", "Profile"}
FACTS = [model for model, look in admin.site._registry.items() if isinstance(look, ReadOnly)]


def name(model):
    return model._meta.label


@pytest.fixture
def root(client):
    client.force_login(get_user_model().objects.create_superuser("root"))
    return client


def test_every_table_of_ours_is_in_the_admin_or_within_another():
    missing = {model.__name__ for model in OURS if model not in admin.site._registry}
    assert missing == SHOWN_WITHIN_ANOTHER


@pytest.mark.parametrize("model", FACTS, ids=name)
def test_not_even_a_superuser_adds_changes_or_deletes_a_fact(root, rf, model):
    request = rf.get("/")
    request.user = get_user_model().objects.get(username="root")
    look = admin.site._registry[model]
    rights = look.get_model_perms(request)
    assert rights == {"add": False, "change": False, "delete": False, "view": True}
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    assert root.get(url).status_code == 403


@pytest.mark.parametrize("model", FACTS, ids=name)
def test_a_list_opens_and_counts_no_further_than_its_bound(root, model):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with CaptureQueriesContext(connection) as queries:
        assert root.get(url).status_code == 200
    counts = [row["sql"] for row in queries if "COUNT(" in row["sql"]]
    assert all("LIMIT 10001" in sql for sql in counts)
    assert not any("DISTINCT" in row["sql"] for row in queries)


def test_a_list_of_persons_masks_iins_and_stays_within_the_regions(client):
    known(AIDOS, ARMAN)
    user = staff("auditor", "63")
    user.is_staff = True
    user.save()
    client.force_login(user)
    text = client.get(reverse("admin:registry_person_changelist")).content.decode()
    assert "910722••••••" in text
    assert "660722" not in text
    assert ARMAN not in text


def test_a_person_of_another_region_is_not_opened(client):
    aidos, arman = known(AIDOS, ARMAN)
    user = staff("auditor", "63")
    user.is_staff = True
    user.save()
    client.force_login(user)
    opened = [
        client.get(reverse("admin:registry_person_change", args=[person.pk])).status_code
        for person in (aidos, arman)
    ]
    assert opened == [302, 200]


def test_rows_of_other_regions_stay_out_of_every_list_of_persons(client):
    known(AIDOS, ARMAN)
    register(
        "r.csv",
        item("R1", AIDOS, "092026", "100.00"),
        item("R2", ARMAN, "092026", "100.00"),
        item("R3", AIDOS, "132026", "100.00"),
    )
    user = staff("auditor", "63")
    user.is_staff = True
    user.save()
    client.force_login(user)
    for model in FACTS:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        text = client.get(url).content.decode()
        assert "ҒАББАСОВ" not in text, model
        assert "660722" not in text, model


def test_what_was_done_with_an_item_is_listed_and_opened_within_the_regions(client):
    aidos, arman = known(AIDOS, ARMAN)
    register("r.csv", *(item(f"R{n}", "not-an-iin", "092026", "1.00") for n in range(2)))
    user = staff("auditor", "63")
    user.is_staff = True
    user.save()
    for row, person in zip(ExceptionItem.objects.order_by("pk"), (aidos, arman), strict=True):
        exceptions.assign({row.pk: 0}, by=user, at=AT, person=person)
    client.force_login(user)
    answer = client.get(reverse("admin:payments_exceptionevent_changelist"))
    assert [event.person for event in answer.context["cl"].result_list] == [arman]
    opened = [
        client.get(reverse("admin:payments_exceptionevent_change", args=[event.pk])).status_code
        for event in ExceptionEvent.objects.order_by("pk")
    ]
    assert opened == [302, 200]


def test_refunds_of_other_regions_stay_out_and_applicants_are_masked(client):
    small_world()
    application, _lines = confirmed("A1", "R1")
    found = {}
    for region in ("62", "75"):
        user = staff("auditor", region)
        user.username, user.is_staff = f"auditor-{region}", True
        user.save()
        client.force_login(user)
        for model in ("application", "line", "decision", "event", "letter", "unread"):
            answer = client.get(reverse(f"admin:refunds_{model}_changelist"))
            found[region, model] = answer.context["cl"].result_count
            assert "990101300003" not in answer.content.decode()
    assert [found["62", model] for model in ("application", "line", "event")] == [0, 0, 0]
    assert [found["75", model] for model in ("application", "line", "letter")] == [1, 1, 1]
    assert found["75", "unread"] == 0
    page = client.get(reverse("admin:refunds_application_change", args=[application.pk]))
    assert "990101••••••" in page.content.decode()
    assert "990101300003" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [(AIDOS, [AIDOS]), ("Шмидт", [ARMAN]), ("шмидт арман", [ARMAN]), ("Арман", [])],
)
def test_persons_are_found_by_iin_and_by_name(root, query, found):
    known(AIDOS, ARMAN)
    answer = root.get(reverse("admin:registry_person_changelist"), {"q": query})
    assert [person.iin for person in answer.context["cl"].result_list] == found


@pytest.mark.parametrize("number", [0, 1])
def test_a_small_list_is_taken_away_as_a_sheet_or_a_table(root, number):
    url = reverse("admin:registry_region_export")
    answer = root.post(url, {"format": number, "resource": "", "export_items": []})
    kinds = ["openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"]
    assert kinds[number] in answer["Content-Type"]


def test_no_cell_of_a_list_that_is_taken_away_is_a_formula(root):
    model = apps.get_model("refunds", "Reason")
    model.objects.filter(code="paid_twice").update(name_en="=1+1")
    answer = root.post(reverse("admin:refunds_reason_export"), {"format": 1, "resource": ""})
    assert re.search(r";'=1\+1", answer.content.decode("utf-8-sig"))


def test_an_administrator_makes_a_user_with_a_role_and_regions_but_no_superuser(client):
    user = staff("administrator")
    user.is_staff = True
    user.save()
    client.force_login(user)
    client.post(
        reverse("admin:auth_user_add"),
        {"username": "new", "password1": "Жаңа-құпия-77", "password2": "Жаңа-құпия-77"},
    )
    made = get_user_model().objects.get(username="new")
    page = client.get(reverse("admin:auth_user_change", args=[made.pk])).content.decode()
    assert 'name="groups"' in page
    assert 'name="profile-0-regions"' in page
    assert "is_superuser" not in page
    assert "user_permissions" not in page


def test_users_are_narrowed_by_role(root):
    staff("treasurer")
    staff("analyst")
    answer = root.get(reverse("admin:auth_user_changelist"), {"role": "analyst"})
    assert [user.username for user in answer.context["cl"].result_list] == ["analyst-0"]


def test_an_administrator_sees_no_persons(client):
    user = staff("administrator")
    user.is_staff = True
    user.save()
    client.force_login(user)
    assert client.get(reverse("admin:registry_person_changelist")).status_code == 403
    assert str(Person._meta.verbose_name_plural) not in client.get("/admin/").content.decode()
