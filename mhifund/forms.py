from datetime import date, datetime, time
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.rules import iin
from registry.rules.cells import FIRST_YEAR, LAST_YEAR

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


class Upload(forms.Form):
    file = forms.FileField(
        label=_("Payment register or bank statement"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("MT102 text, CSV or XLSX list, camt.053 statement"),
    )


class WithinDays(forms.Form):
    """Within how many days something ends."""

    USUAL, MOST = 30, 366

    days = forms.IntegerField(label=_("Within days"), min_value=1, max_value=MOST)


MOST = Decimal("999999999999.99")


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

    number = forms.CharField(label=_("IIN or BIN"), max_length=20)

    def clean_number(self):
        number = "".join(self.cleaned_data["number"].split())
        if iin.payer_kind(number) is None:
            raise forms.ValidationError(_("Neither a valid IIN nor a valid BIN."))
        return number
