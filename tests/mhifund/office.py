"""An office for the tests of the pages: who works there, whom it knows, what came in."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from mhifund.models import Profile
from payments.actions.receive import receive
from registry.actions.load import load_categories, load_persons
from registry.models import Person
from registry.rules.extract import PERSON_COLUMNS

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
ON = date(2026, 11, 20)
AIDOS, ARMAN, AIGUL = "660722369158", "910722389919", "880809499769"
EXTRACT = {
    AIDOS: f"{AIDOS};ҒАББАСОВ;АЙДОС;ОЛЖАСҰЛЫ;1966-07-22;M;citizen;62;",
    ARMAN: f"{ARMAN};ШМИДТ;АРМАН;;1991-07-22;M;citizen;63;",
    AIGUL: f"{AIGUL};ҒАББАСОВА;АЙГҮЛ;ЕРЛАНҚЫЗЫ;1988-08-09;F;citizen;63;",
}
EMPLOYER = "951241349083"
HEAD = (
    "reference;line;order_no;order_date;payment_date;knp;payer_id;payer_name;"
    "iin;last_name;first_name;middle_name;birth_date;period;amount"
)


def staff(role, *regions):
    """A user of a role who sees these regions, or the whole country."""
    user = get_user_model().objects.create_user(f"{role}-{len(regions)}", password="test-pass-1")
    user.groups.set(Group.objects.filter(name=role))
    Profile.objects.create(user=user).regions.set(regions)
    return user


def known(*iins):
    """Persons of the extract in the registry."""
    rows = "\r\n".join([";".join(PERSON_COLUMNS), *(EXTRACT[iin] for iin in iins), ""])
    load_persons(io.BytesIO(rows.encode()), received_on=ON, at=AT)
    return [Person.objects.get(iin=iin) for iin in iins]


def held_category(iin, category, since, until=""):
    row = f"{iin};{category};{since};{until};{since};list"
    lines = f"iin;category;valid_from;valid_to;received_on;source\r\n{row}\r\n"
    load_categories(io.BytesIO(lines.encode()), at=AT)


def item(reference, iin, period, amount, *, knp="121", payer=EMPLOYER):
    """A line of a register in which the person is named as the extract has them."""
    names = EXTRACT.get(iin, f"{iin};БЕЛГІСІЗ;АДАМ;;1990-01-01;M;citizen;62;").split(";")
    born = "{2}.{1}.{0}".format(*names[4].split("-"))
    return (
        f"{reference};1;77;06.10.2026;06.10.2026;{knp};{payer};ТОО «ҮЛГІ»;"
        f"{iin};{names[1]};{names[2]};{names[3]};{born};{period};{amount}"
    )


def register(name, *items, total=None, by=None):
    """A register that is received; `total` is what its last row says."""
    whole = sum(Decimal(line.rsplit(";", 1)[1]) for line in items) if total is None else total
    last = f"ИТОГО;{len(items)}{';' * 13}{whole}"
    text = "\r\n".join([HEAD, *items, last, ""])
    return receive(io.BytesIO(text.encode()), name, at=AT, by=by)
