"""Spans of days as bars on one axis of years."""

from datetime import date


def bars(spans, on):
    """Each span as a bar; places and widths in per cent of the axis."""
    if not spans:
        return None
    first = date(min(span.valid_from for span in spans).year, 1, 1)
    last = date(max(on, *(span.valid_to or on for span in spans)).year + 1, 1, 1)
    whole = (last - first).days
    return {
        "years": [
            {"year": year, "left": _percent((date(year, 1, 1) - first).days, whole)}
            for year in range(first.year, last.year)
        ],
        "today": _percent((on - first).days, whole),
        "rows": [_bar(span, first, last, whole) for span in spans],
    }


def _bar(span, first, last, whole):
    end = span.valid_to or last
    return {
        "span": span,
        "left": _percent((span.valid_from - first).days, whole),
        "width": _percent(max((end - span.valid_from).days, 1), whole),
        "withdrawn": span.valid_to is not None and span.valid_to < span.valid_from,
    }


def _percent(days, whole):
    return f"{100 * days / whole:.2f}%"
