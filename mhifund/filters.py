"""What lists can be narrowed by."""

import django_filters
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from payments import labels
from payments.models import FILE_RANKS, ExceptionItem, File, Overpayment, Return

ANY = _("any")


class FileFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=tuple(labels.FILE_STATES.items()), empty_label=ANY
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=tuple(labels.FILE_KINDS.items()), empty_label=ANY
    )
    name = django_filters.CharFilter(label=_("File name"), lookup_expr="icontains")

    class Meta:
        model = File
        fields = ("state", "kind", "name")


class OverpaymentFilter(django_filters.FilterSet):
    cause = django_filters.ChoiceFilter(
        label=_("Cause"),
        choices=tuple(labels.CAUSES.items()),
        empty_label=ANY,
    )
    answer = django_filters.ChoiceFilter(
        label=_("Duplicate"),
        choices=(
            ("waiting", labels.TO_BE_CONFIRMED),
            ("confirmed", labels.DUPLICATES["confirmed"]),
        ),
        empty_label=ANY,
        method="is_answered",
    )

    class Meta:
        model = Overpayment
        fields = ("cause", "answer")

    def is_answered(self, rows, name, answer):
        return rows.filter(cause="duplicate", answer="" if answer == "waiting" else answer)


class ReturnFilter(django_filters.FilterSet):
    since = django_filters.DateFilter(label=_("From"), field_name="returned_on", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("Until"), field_name="returned_on", lookup_expr="lte")
    payer = django_filters.CharFilter(label=_("Payer"))
    reason = django_filters.CharFilter(label=_("Reason"), lookup_expr="icontains")

    class Meta:
        model = Return
        fields = ("since", "until", "payer", "reason")


class ExceptionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=tuple(labels.EXCEPTION_STATES.items()), empty_label=ANY
    )
    code = django_filters.ChoiceFilter(
        label=_("Reason"),
        choices=tuple(labels.EXCEPTIONS.items()),
        empty_label=ANY,
        field_name="codes",
        method="has_code",
    )
    owner = django_filters.ChoiceFilter(
        label=_("Owner"),
        choices=(("me", _("me")), ("nobody", _("nobody yet"))),
        empty_label=ANY,
        method="is_of",
    )

    file = django_filters.NumberFilter(method="is_in", widget=HiddenInput)

    class Meta:
        model = ExceptionItem
        fields = ("state", "code", "owner", "file")

    def is_of(self, items, name, whose):
        return items.filter(owner=self.request.user if whose == "me" else None)

    def is_in(self, items, name, file):
        first = int(file) * FILE_RANKS
        return items.filter(rank__gte=first, rank__lt=first + FILE_RANKS)

    def has_code(self, items, name, code):
        return items.filter(codes__contains=[code])
