"""What is typed in for refunds."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mhifund.forms import THINKABLE, Number, Sum
from payments.actions.trace import trace
from refunds.actions.cases import DETAILS, New
from refunds.labels import AGAINST, CHANNELS, DOCUMENTS, FAULTS, LANGUAGES, PAUSES
from refunds.models import Application, Reason
from refunds.rules import iban
from registry.rules import iin


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
