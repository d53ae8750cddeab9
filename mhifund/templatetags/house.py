"""The tags and filters of the pages: states, icons, the shell, and what `written` writes."""

import re
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mhifund import access, labels, rail, written
from payments import labels as payment_words
from refunds import labels as refund_words
from registry import labels as registry_words
from registry.admin import COUNTED
from registry.models import Category
from registry.rules import iin as iin_rule

register = template.Library()

SPRITE = "vendor/tabler-icons-3.51.0/icons.svg"

for filter_ in (
    written.figure,
    written.money,
    written.tenge,
    written.day,
    written.moment,
    written.month,
    written.month_name,
    written.duration,
    written.percent_of,
    written.basis,
    written.article,
):
    register.filter(filter_)
register.simple_tag(written.parameter_value)


@register.simple_tag
def icon(name, extra=""):
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static(SPRITE),
        name,
    )


@register.filter
def note_icon(level):
    icons = {"success": "circle-check", "warning": "alert-triangle", "error": "circle-x"}
    return icons.get(level, "info-circle")


@register.filter
def left_out(file):
    """How many items of a posted file went to the exceptions."""
    return file.items - file.posted - file.returned


@register.filter
def left_out_total(file):
    return file.total - file.posted_total - file.returned_total


@register.filter
def part_done(file):
    """How much of a file is read or posted, in per cent; None where its whole is not known yet."""
    whole = file.size if file.step == "read" else file.items
    return min(100, 100 * file.done // whole) if whole and file.done else None


@register.simple_tag
def level_sum(value, is_count):
    """A number of items, or a sum that is kept in tiyn."""
    if value is None:
        return written.NOTHING
    return written.figure(value) if is_count else written.money(Decimal(value).scaleb(-2))


@register.filter
def masked(number):
    return iin_rule.masked(number)


@register.filter
def word(code, table):
    """The word for a code: `{{ person.sex|word:"sexes" }}`."""
    return labels.WORDS[table].get(code, code)


@register.simple_tag
def status(code):
    """The insured status as colour, icon and word."""
    return _state(labels.STATUS_LOOKS[code], registry_words.STATUSES[code])


@register.simple_tag
def status_icon(code):
    return icon(labels.STATUS_LOOKS[code][1])


@register.filter
def payer(number):
    """A business as it is; a person masked."""
    return iin_rule.masked_payer(number)


@register.simple_tag
def payer_link(number):
    """A business leads to its card; a person is masked, and no address has their number."""
    if not iin_rule.is_bin(number):
        return iin_rule.masked(number)
    return format_html('<a href="{}">{}</a>', reverse("payer", args=[number]), number)


@register.simple_tag
def tile_title(tile):
    """Why a month is covered or not, and by which payments."""
    why = registry_words.WHYS[tile["line"].why]
    kinds = [
        str(registry_words.KINDS[kind]) for kind in tile["line"].by if kind in labels.COVERED_BY
    ]
    return f"{why}: {', '.join(kinds)}" if kinds else why


@register.filter
def covered_by(code):
    """Who covers a month, in one short word; anything that is no payment is a category."""
    return labels.COVERED_BY.get(code, labels.BY_CATEGORY)


@register.simple_tag
def file_state(code):
    return _state(labels.FILE_LOOKS[code], payment_words.FILE_STATES[code])


@register.simple_tag
def proposal_state(code):
    return _state(labels.PROPOSAL_LOOKS[code], registry_words.PROPOSAL_STATES[code])


@register.simple_tag
def refund_state(machine, code):
    """The state of an application or of a line of one."""
    return _state(labels.REFUND_LOOKS[machine][code], refund_words.STATES[machine][code])


@register.simple_tag
def step_name(machine, name):
    """What the button of a step says."""
    return refund_words.STEPS[machine][name]


@register.simple_tag
def left(clock):
    """How much time a clock leaves, as colour, icon and words."""
    return _state(clock.look, clock.words)


@register.simple_tag
def named(user):
    """Who somebody is."""
    return user.get_full_name() or user.username


@register.simple_tag
def payout_outcome(code):
    """What the bank said of a payout, if it has."""
    return _state(labels.PAYOUT_LOOKS[code], refund_words.PAYOUTS.get(code, labels.PAYOUT_WAITS))


@register.simple_tag
def subject_of(proposal):
    """What a proposal changes, in words."""
    if proposal.subject == "parameter":
        return registry_words.PARAMETERS.get(proposal.code, proposal.code)
    known = Category.objects.filter(pk=proposal.code).first()
    return known.name if known else registry_words.in_language(proposal, "name")


@register.simple_tag
def run_state(code):
    return _state(labels.RUN_LOOKS[code], registry_words.RUN_STATES[code])


def _state(look, text):
    tone, symbol = look
    return format_html('<span class="state {}">{}{}</span>', tone, icon(symbol), text)


@register.simple_tag(takes_context=True)
def masked_or_whole(context, person):
    """The IIN of a card: whole only on the page that answers the request to see it."""
    return person.iin if context.get("unmasked") else iin_rule.masked(person.iin)


IIN_IN_TEXT = re.compile(r"(?<!\d)\d{12}(?!\d)")


@register.simple_tag(takes_context=True)
def line_as_it_came(context, item):
    """The raw line; who may not see whole IINs sees them masked here too."""
    return as_it_came(context, item.raw)


@register.simple_tag(takes_context=True)
def as_it_came(context, text):
    """A text that may name persons."""
    if context["perms"]["registry"]["unmask_iin"]:
        return text
    return IIN_IN_TEXT.sub(lambda found: iin_rule.masked(found[0]), text)


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """The query of this page with other values; None takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return query.urlencode()


@register.simple_tag(takes_context=True)
def tab_link(context, tab, label):
    return format_html(
        '<li><a href="?{}#more"{}>{}</a></li>',
        with_query(context, tab=tab),
        mark_safe(' aria-current="true"') if context["tab"] == tab else "",
        label,
    )


@register.inclusion_tag("mhifund/day_field.html")
def day_field(field, placeholder):
    """A day written 20.11.2026, with a calendar to pick it from."""
    return {"field": field, "placeholder": placeholder}


@register.simple_tag
def counted(changelist):
    """How long a list of the admin is, as far as it was counted."""
    many, name = changelist.result_count > COUNTED, changelist.opts.verbose_name_plural
    total = written.figure(min(changelist.result_count, COUNTED))
    return f"{name}: {_('more than %s') % total if many else total}"


@register.simple_tag
def form_field(field):
    """A field of a form in the looks of the house."""
    kind = "form-select" if hasattr(field.field, "choices") else "form-control"
    return field.as_widget(attrs={"class": kind})


@register.inclusion_tag("mhifund/rail.html", takes_context=True)
def rail_of(context):
    request = context["request"]
    return {"sections": rail.sections(request.user, request.path)}


@register.simple_tag
def role_of(user):
    return access.role(user)


@register.simple_tag
def regions_of(user):
    regions = access.regions(user)
    if regions is None:
        return _("Whole country")
    if len(regions) == 1:
        return regions[0].name
    return ngettext("%(count)d region", "%(count)d regions", len(regions)) % {"count": len(regions)}
