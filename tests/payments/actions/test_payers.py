"""For whom a payer stopped: what was undone pays for nobody."""

import pytest
from django.contrib.auth import get_user_model

from payments.actions import exceptions, payers
from payments.models import ExceptionItem
from registry.rules import months
from tests.payments.actions.office import AT, EMPLOYER, FIRST, add_people, register, row, take

pytestmark = pytest.mark.django_db


def stopped():
    found = payers.stopped([EMPLOYER], months.from_period("102026"), most=9)
    return [person.iin for person in found]


def test_a_payment_that_is_undone_pays_for_nobody():
    add_people()
    officer = get_user_model().objects.create(username="officer")
    take(register(row(period="092026"), row(line=2, last_name="ЧУЖОЙ", first_name="Х")))
    item = ExceptionItem.objects.get()
    exceptions.assign({item.pk: 0}, by=officer, at=AT)
    assert stopped() == []
    exceptions.undo({item.pk: 1}, by=officer, at=AT)
    assert stopped() == [FIRST]
