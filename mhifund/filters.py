"""What lists can be narrowed by."""

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import labels
from payments.models import FILE_RANKS, ExceptionItem, File, Overpayment, Return
from refunds.actions import queue
from refunds.labels import STATES
from refunds.models import OPEN, Application, Batch, Pause

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


STANDING = Exists(Pause.objects.filter(application=OuterRef("pk"), until=None))
AT_STATE_CORPORATION = ("received", "check", "returned")
ENDED = ("closed", "withdrawn")


class ApplicationFilter(django_filters.FilterSet):
    """Open applications, unless those that came to an end are asked for."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=(
            ("corporation", _("at the State Corporation")),
            *((code, STATES["application"][code]) for code in ("sent", "review", "decided")),
            ("confirmed", _("confirmed, to be paid")),
            ("ended", _("closed or withdrawn")),
        ),
        empty_label=_("all that are open"),
        method="is_in",
    )
    whose = django_filters.ChoiceFilter(label=_("Owner"), empty_label=ANY, method="is_of")
    clock = django_filters.ChoiceFilter(
        label=_("Clock"),
        choices=(
            ("overdue", _("overdue")),
            ("today", _("due today")),
            ("standing", _("the clocks stand")),
        ),
        empty_label=ANY,
        method="is_due",
    )
    who = django_filters.CharFilter(label=_("Number, BIN or IIN"), method="is_about")

    class Meta:
        model = Application
        fields = ("state", "whose", "clock", "who")

    def __init__(self, *args, officers, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["whose"].extra["choices"] = (
            ("me", _("me")),
            ("free", _("nobody, or who is absent")),
            *((str(user.pk), user.get_full_name() or user.username) for user in officers),
        )

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.ended else rows.filter(OPEN)

    @property
    def ended(self):
        return self.form.is_valid() and self.form.cleaned_data["state"] == "ended"

    def is_in(self, rows, name, group):
        named = {"corporation": AT_STATE_CORPORATION, "ended": ENDED}
        return rows.filter(state__in=named.get(group, (group,)))

    def is_of(self, rows, name, whose):
        if whose == "free":
            return queue.free(rows, timezone.localdate())
        return rows.filter(owner=self.request.user.pk if whose == "me" else whose)

    def is_due(self, rows, name, clock):
        on = timezone.localdate()
        named = {"overdue": Q(due__lt=on), "today": Q(due=on), "standing": Q(STANDING)}
        return rows.filter(named[clock] if clock == "standing" else named[clock] & ~Q(STANDING))

    def is_about(self, rows, name, text):
        return rows.filter(Q(number=text) | Q(applicant_id="".join(text.split())))


class BatchFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=tuple(STATES["batch"].items()),
        empty_label=ANY,
    )

    class Meta:
        model = Batch
        fields = ("state",)
