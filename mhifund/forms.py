from datetime import date, datetime, time
from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.actions.trace import trace
from refunds.actions.cases import DETAILS, New
from refunds.labels import AGAINST, CHANNELS, DOCUMENTS, FAULTS, LANGUAGES, PAUSES
from refunds.models import Application, Reason
from refunds.rules import iban
from registry import labels
from registry.actions.proposals import CODE
from registry.models import Category, Parameter, Proposal
from registry.rules import iin
from registry.rules.cells import FIRST_YEAR, LAST_YEAR
from registry.rules.workdays import SATURDAY

NEW = "category:"


def _subjects():
    """Parameters of the law by their words, then categories."""
    words = sorted((str(word), code) for code, word in labels.PARAMETERS.items())
    rows = sorted((row.name, row.pk) for row in Category.objects.all())
    return [
        (_("Parameters"), [(f"parameter:{code}", word) for word, code in words]),
        (
            _("Categories"),
            [*((f"category:{code}", word) for word, code in rows), (NEW, _("a new category"))],
        ),
    ]


THINKABLE = (MinValueValidator(date(FIRST_YEAR, 1, 1)), MaxValueValidator(date(LAST_YEAR, 12, 31)))
LAST_MOMENT = time(23, 59, 59, 999999)


class Moment(forms.DateField):
    """A day, which is its end, or a day and an hour: 20.11.2026 18:00."""

    def to_python(self, value):
        day, _space, hour = (value or "").strip().partition(" ")
        found = super().to_python(day)
        if found is None:
            return None
        try:
            at = time.fromisoformat(hour.strip()) if hour else LAST_MOMENT
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None
        if at.tzinfo or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"])
        return timezone.make_aware(datetime.combine(found, at))


class AsOf(forms.Form):
    """The day asked about, and the last day whose news count; today and now without them."""

    on = forms.DateField(label=_("On the day"), required=False, validators=THINKABLE)
    known = Moment(label=_("As known by"), required=False)

    def day(self):
        return self.cleaned_data.get("on") or timezone.localdate()

    def known_at(self):
        """The moment that was asked for, or now when it is still to come."""
        now = timezone.now()
        return min(now, self.cleaned_data.get("known") or now)


class OfDay(forms.Form):
    on = forms.DateField(label=_("On the day"), required=False, validators=THINKABLE)


class Upload(forms.Form):
    file = forms.FileField(
        label=_("Payment register or bank statement"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("MT102 text, CSV or XLSX list, camt.053 statement"),
    )


class BankAnswer(forms.Form):
    MOST = 256 << 20

    file = forms.FileField(
        label=_("Answer of the bank"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("camt.053 statement, or a CSV list with key, outcome and date"),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.MOST:
            raise forms.ValidationError(_("The file is larger than a file may be."))
        return file


class Number(forms.CharField):
    """An IIN or BIN, however it is spaced."""

    def __init__(self, **options):
        super().__init__(max_length=20, **options)

    def to_python(self, value):
        return "".join(super().to_python(value).split())


class Why(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=1_000)


class NewIin(Why):
    iin = Number(label=_("New IIN"))
    field_order = ("iin", "note")


class SamePerson(forms.Form):
    other = Number(label=_("IIN of the other record"))


class Span(forms.Form):
    """The first and the last day of what is counted."""

    since = forms.DateField(label=_("From"), validators=THINKABLE)
    until = forms.DateField(label=_("Until"), validators=THINKABLE)

    def clean(self):
        found = super().clean()
        if "since" in found and "until" in found and found["until"] < found["since"]:
            self.add_error("until", _("The last day is before the first."))
        return found


class WithinDays(forms.Form):
    """Within how many days something ends."""

    USUAL, MOST = 30, 366

    days = forms.IntegerField(label=_("Within days"), min_value=1, max_value=MOST)


NAMES = ("name_kk", "name_ru", "name_en")


class Change(forms.Form):
    """A change of the law: what, from when, and by which act."""

    what = forms.ChoiceField(label=_("What changes"), choices=_subjects)
    since = forms.DateField(label=_("First day"), validators=THINKABLE)
    value = forms.CharField(
        label=_("New value"),
        required=False,
        max_length=200,
        help_text=_("Of a parameter. Empty: not in force from that day."),
    )
    group = forms.ChoiceField(
        label=_("Who pays, of a category"),
        required=False,
        choices=[("", "–"), *labels.GROUPS.items()],
    )
    code = forms.CharField(
        label=_("Code of a new category"),
        required=False,
        max_length=30,
        validators=[RegexValidator(CODE)],
        help_text=_("Small Latin letters, as the lists of the ministries name it."),
    )
    name_kk = forms.CharField(label=_("Name in Kazakh"), required=False, max_length=200)
    name_ru = forms.CharField(label=_("Name in Russian"), required=False, max_length=200)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=200)
    act = forms.CharField(label=_("Legal act"), max_length=200)
    article = forms.CharField(label=_("Article"), max_length=80, required=False)
    source = forms.CharField(label=_("Source"), max_length=1000)
    confidence = forms.ChoiceField(label=_("Confidence"), choices=labels.CONFIDENCE.items())

    def clean(self):
        found = super().clean()
        if "what" in found and "value" in found:
            self._read(found)
        return found

    def _read(self, found):
        """The value as the column of its subject keeps it."""
        subject, code = found["what"].split(":")
        if found["what"] == NEW:
            code = self._new(found)
        else:
            found |= dict.fromkeys(NAMES, "")
        written = found["value"].strip()
        found |= {"subject": subject, "code": code, "number": None, "text": ""}
        if subject == "parameter":
            found["group"] = ""
        if subject == "category":
            if not found["group"]:
                self.add_error("group", _("Choose who pays for the category from that day."))
        elif written and self.is_number(code):
            plain = written.replace(",", ".").replace(" ", "")
            try:
                number = forms.DecimalField(max_digits=20, decimal_places=6, localize=False)
                found["number"] = number.clean(plain)
            except forms.ValidationError as fault:
                self.add_error("value", fault)
        else:
            found["text"] = written

    def _new(self, found):
        """The code of a new category, whose names have to be there too."""
        for name in ("code", *NAMES):
            if not found.get(name) and name not in self.errors:
                self.add_error(name, _("A new category has a code and its names."))
        code = found.get("code", "")
        if Category.objects.filter(pk=code).exists():
            self.add_error("code", _("There is a category with this code."))
        return code

    @staticmethod
    def is_number(code):
        """Whether the values of a parameter are numbers, as far as it has any."""
        rows = Parameter.objects.current().filter(code=code).exclude(text="", value=None)
        last = rows.order_by("-since").first()
        return last is None or last.value is not None

    def proposal(self):
        found = self.cleaned_data
        fields = ("subject", "code", "since", "text", "group", "act", "article", "source", *NAMES)
        last = Parameter.objects.current().filter(code=found["code"]).order_by("-since").first()
        return Proposal(
            value=found["number"],
            unit=last.unit if last and found["subject"] == "parameter" else "",
            confidence=found["confidence"],
            **{field: found[field] for field in fields},
        )


class Day(forms.Form):
    """What a day of the calendar is: as the week has it, or something else and why."""

    WEEKEND = _("day off, as the week has it"), ("worked",)
    WEEKDAY = _("working, as the week has it"), ("off", "moved")

    kind = forms.ChoiceField(label=_("What the day is"), required=False)
    name_kk = forms.CharField(label=_("Why, in Kazakh"), required=False, max_length=200)
    name_ru = forms.CharField(label=_("Why, in Russian"), required=False, max_length=200)
    name_en = forms.CharField(label=_("Why, in English"), required=False, max_length=200)

    def __init__(self, day, *args, **kwargs):
        super().__init__(*args, **kwargs)
        weekend = day.weekday() >= SATURDAY
        by_itself, kinds = self.WEEKEND if weekend else self.WEEKDAY
        self.fields["kind"].choices = [
            ("", by_itself),
            *((kind, labels.DAY_KINDS[kind]) for kind in kinds),
        ]


MOST = Decimal("999999999999.99")


class Sum(forms.DecimalField):
    """Tenge, with a comma or a point, and spaces between thousands or none."""

    def __init__(self, **options):
        super().__init__(min_value=Decimal(0), max_value=MOST, decimal_places=2, **options)

    def to_python(self, value):
        return super().to_python("".join((value or "").split()).replace(",", "."))


class Debt(forms.Form):
    """A sum, the last day to pay it, and the day on which it was paid."""

    debt = forms.DecimalField(
        label=_("Debt, tenge"), min_value=Decimal("0.01"), max_value=MOST, decimal_places=2
    )
    due = forms.DateField(label=_("Due day"), validators=THINKABLE)
    paid = forms.DateField(label=_("Paid on"), validators=THINKABLE)

    def clean(self):
        found = super().clean()
        if "due" in found and "paid" in found and found["paid"] <= found["due"]:
            self.add_error("paid", _("Paid on the due day or before: there is no delay."))
        return found


class WhoseArrears(forms.Form):
    """A person's IIN or a payer's BIN or IIN; the arrears of its last two years are shown."""

    number = Number(label=_("IIN or BIN"))

    def clean_number(self):
        number = self.cleaned_data["number"]
        if iin.payer_kind(number) is None:
            raise forms.ValidationError(_("Neither a valid IIN nor a valid BIN."))
        return number


class Applications(forms.Form):
    """A file of the State Corporation."""

    file = forms.FileField(
        label=_("File of the State Corporation"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("Refund applications as JSON"),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.LARGEST_DOCUMENT:
            raise forms.ValidationError(_("The file is too large: ask for it in several files."))
        return file


class Away(forms.Form):
    """Days on which somebody is not at work; without `who` it is whoever writes it down."""

    who = forms.ModelChoiceField(label=_("Who"), queryset=None, required=False, empty_label=_("me"))
    since = forms.DateField(label=_("From"), validators=THINKABLE)
    until = forms.DateField(label=_("Until"), validators=THINKABLE)

    def __init__(self, *args, officers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = officers
        self.fields["who"].label_from_instance = lambda user: user.get_full_name() or user.username


class Details(forms.Form):
    """Where the money goes, and how the applicant is reached."""

    applicant_name = forms.CharField(label=_("Applicant"), max_length=255)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES.items())
    iban = forms.CharField(label=_("Account (IBAN)"), max_length=60, required=False)
    bic = forms.CharField(label=_("BIC of the bank"), max_length=11, required=False)

    def clean_iban(self):
        account = iban.compact(self.cleaned_data["iban"])
        if account and not iban.is_valid(account):
            raise forms.ValidationError(_("It is no account of Kazakhstan: a sign of it is wrong."))
        return account

    def clean_bic(self):
        return self.cleaned_data["bic"].strip().upper()


class NewApplication(Details):
    """An application that came on paper, for persons of the user."""

    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        required=False,
        help_text=_("Empty: the Fund gives one."),
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=CHANNELS.items())
    accepted_on = forms.DateField(label=_("Accepted on"), validators=THINKABLE)
    applicant_id = Number(label=_("IIN or BIN of the applicant"))
    reason = forms.ModelChoiceField(
        label=_("Reason for all lines"), queryset=Reason.objects.filter(kind="refund")
    )
    lines = forms.CharField(
        label=_("Payments that are asked back"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "A payment a row: reference;line of the register;sum. Without a sum everything"
            " refundable is asked back."
        ),
    )

    def __init__(self, *args, persons, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.persons, self.on = persons, on

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        if number and Application.objects.filter(number=number).exists():
            raise forms.ValidationError(FAULTS["number_taken"])
        return number

    def clean_accepted_on(self):
        if self.cleaned_data["accepted_on"] > self.on:
            raise forms.ValidationError(FAULTS["day_ahead"])
        return self.cleaned_data["accepted_on"]

    def clean_applicant_id(self):
        if iin.payer_kind(self.cleaned_data["applicant_id"]) is None:
            raise forms.ValidationError(_("Neither a valid IIN nor a valid BIN."))
        return self.cleaned_data["applicant_id"]

    def clean_lines(self):
        """(reference, line, sum or nothing) of each row, once its payment is found."""
        faults, rows = [], []
        for number, row in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if row.strip():
                try:
                    rows.append((number, *_place(row)))
                except forms.ValidationError as fault:
                    faults.append(_at(number, fault.message))
        faults += self._unfit(rows)
        if faults:
            raise forms.ValidationError(faults)
        return [row[1:] for row in rows]

    def _unfit(self, rows):
        traced = trace([(reference, line) for _number, reference, line, _sum in rows])
        visible = self.persons.filter(pk__in=[found.person_id for found in traced.values()])
        seen, known = set(), set(visible.values_list("pk", flat=True))
        for number, reference, line, asked in rows:
            found = traced[reference, line]
            if (reference, line) in seen:
                yield _at(number, _("this payment stands in an earlier row."))
            elif found.person_id not in known:
                yield _at(number, _("no posted payment of your regions has this place."))
            elif asked and asked > found.amount:
                yield _at(number, _("only %(paid)s tenge were paid.") % {"paid": found.amount})
            seen.add((reference, line))

    def new(self):
        found = self.cleaned_data
        return New(
            number=found["number"],
            channel=found["channel"],
            accepted_on=found["accepted_on"],
            applicant_id=found["applicant_id"],
            details={name: found[name] for name in DETAILS},
            lines=[(*place, found["reason"].pk) for place in found["lines"]],
        )


def _place(row):
    reference, line, asked, *more = [*(part.strip() for part in row.split(";")), "", ""]
    if not (reference and line.isascii() and line.isdigit() and len(line) < 10) or any(more):
        raise forms.ValidationError(_("it is not reference;line;sum."))
    try:
        return reference, int(line), Sum(required=False).clean(asked) or None
    except forms.ValidationError:
        raise forms.ValidationError(AGAINST["no_sum"]) from None


def _at(number, fault):
    return _("Row %(number)d: %(fault)s") % {"number": number, "fault": fault}


class Paper(forms.Form):
    """A document of an application."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DOCUMENTS.items())
    file = forms.FileField(
        label=_("Document"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("PDF, JPEG, PNG or TIFF"),
    )


class Stop(forms.Form):
    """Why the clocks stand."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(code, words) for code, words in PAUSES.items() if code != "returned"],
    )
    note = forms.CharField(label=_("Note"), max_length=1_000)
