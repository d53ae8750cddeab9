from datetime import date, datetime, time
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
