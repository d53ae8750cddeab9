"""The dated parameters of the law, by code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from registry.rules.timeline import NotInForce, Timeline

__all__ = ["Code", "Entry", "Law", "NotInForce", "Row", "Value", "entries"]

Value = Decimal | date | str


class Code(StrEnum):
    """Every parameter that is loaded; the code is stored and never changes."""

    AGGREGATE_PAYMENT_CITY = "AGGREGATE_PAYMENT_CITY"
    AGGREGATE_PAYMENT_MHI_SHARE = "AGGREGATE_PAYMENT_MHI_SHARE"
    AGGREGATE_PAYMENT_VILLAGE = "AGGREGATE_PAYMENT_VILLAGE"
    BASE_ENTREPRENEUR = "BASE_ENTREPRENEUR"
    BASE_INDEPENDENT = "BASE_INDEPENDENT"
    BASE_RATE = "BASE_RATE"
    BASE_RATE_NEXT_DECISION = "BASE_RATE_NEXT_DECISION"
    CAP_BASE_CIVIL_CONTRACT = "CAP_BASE_CIVIL_CONTRACT"
    CAP_BASE_EMPLOYEE = "CAP_BASE_EMPLOYEE"
    CAP_BASE_EMPLOYER = "CAP_BASE_EMPLOYER"
    CAP_BASE_SELF_EMPLOYED_SPECIAL = "CAP_BASE_SELF_EMPLOYED_SPECIAL"
    FUND_ACCOUNT = "FUND_ACCOUNT"
    FUND_BIC = "FUND_BIC"
    FUND_BIN = "FUND_BIN"
    KBK_MHI = "KBK_MHI"
    KNP_121 = "KNP_121"
    KNP_122 = "KNP_122"
    KNP_123 = "KNP_123"
    KNP_124 = "KNP_124"
    MRP = "MRP"
    MW = "MW"
    PAYMENT_DUE_DAY = "PAYMENT_DUE_DAY"
    PAYMENT_RETURN_CHECK_WINDOW = "PAYMENT_RETURN_CHECK_WINDOW"
    PENALTY_DAY_DENOMINATOR = "PENALTY_DAY_DENOMINATOR"
    PENALTY_MULTIPLIER = "PENALTY_MULTIPLIER"
    PENALTY_RATE_SOURCE = "PENALTY_RATE_SOURCE"
    RATE_CIVIL_CONTRACT = "RATE_CIVIL_CONTRACT"
    RATE_EMPLOYEE_CONTRIBUTION = "RATE_EMPLOYEE_CONTRIBUTION"
    RATE_EMPLOYER_DEDUCTION = "RATE_EMPLOYER_DEDUCTION"
    RATE_ENTREPRENEUR = "RATE_ENTREPRENEUR"
    RATE_INDEPENDENT = "RATE_INDEPENDENT"
    RATE_LOCAL_BUDGET_CONTRIBUTION = "RATE_LOCAL_BUDGET_CONTRIBUTION"
    RATE_SELF_EMPLOYED_SPECIAL = "RATE_SELF_EMPLOYED_SPECIAL"
    RATE_STATE_CONTRIBUTION = "RATE_STATE_CONTRIBUTION"
    REFUND_FUND_REVIEW = "REFUND_FUND_REVIEW"
    REFUND_SC_CHECK = "REFUND_SC_CHECK"
    REFUND_TOTAL_PUBLIC = "REFUND_TOTAL_PUBLIC"
    REFUND_TOTAL_PUBLIC_FMS = "REFUND_TOTAL_PUBLIC_FMS"
    SC_BIC = "SC_BIC"
    SC_BIN = "SC_BIN"
    SC_MHI_ACCOUNT = "SC_MHI_ACCOUNT"
    SC_TRANSFER_TO_FUND = "SC_TRANSFER_TO_FUND"
    SINGLE_PAYMENT_RATE = "SINGLE_PAYMENT_RATE"
    SINGLE_PAYMENT_SHARE_EMPLOYEE = "SINGLE_PAYMENT_SHARE_EMPLOYEE"
    SINGLE_PAYMENT_SHARE_EMPLOYER = "SINGLE_PAYMENT_SHARE_EMPLOYER"
    STATUS_GRACE_MONTHS = "STATUS_GRACE_MONTHS"
    STATUS_GRACE_MONTHS_LONG = "STATUS_GRACE_MONTHS_LONG"
    STATUS_MONTHS_REQUIRED = "STATUS_MONTHS_REQUIRED"
    STATUS_PREPAY_MONTHS = "STATUS_PREPAY_MONTHS"
    STATUS_REGULARITY_MONTHS = "STATUS_REGULARITY_MONTHS"
    STATUS_UPDATE_LAG = "STATUS_UPDATE_LAG"
    TRANSITION_INDEPENDENT_MIN_MONTHS = "TRANSITION_INDEPENDENT_MIN_MONTHS"
    TRANSITION_OPEN_RIGHT = "TRANSITION_OPEN_RIGHT"
    TOLERANCE_DUE = "TOLERANCE_DUE"
    PERIOD_AHEAD_MONTHS = "PERIOD_AHEAD_MONTHS"
    FIRST_PERIOD_DEDUCTION = "FIRST_PERIOD_DEDUCTION"
    FIRST_PERIOD_CONTRIBUTION = "FIRST_PERIOD_CONTRIBUTION"
    NIGHT_BRAKE_SHARE = "NIGHT_BRAKE_SHARE"
    NIGHT_BRAKE_LEAST = "NIGHT_BRAKE_LEAST"


DATES = frozenset(
    {Code.BASE_RATE_NEXT_DECISION, Code.FIRST_PERIOD_CONTRIBUTION, Code.FIRST_PERIOD_DEDUCTION}
)


OF_THE_DUES = (
    *(Code.MW, Code.RATE_ENTREPRENEUR, Code.RATE_INDEPENDENT),
    *(Code.BASE_ENTREPRENEUR, Code.BASE_INDEPENDENT),
    *(Code.RATE_EMPLOYER_DEDUCTION, Code.RATE_EMPLOYEE_CONTRIBUTION),
    *(Code.CAP_BASE_EMPLOYER, Code.CAP_BASE_EMPLOYEE, Code.TOLERANCE_DUE),
)
"""What a payment is judged by: a change of one of them settles payments anew."""


class Row(NamedTuple):
    """A parameter from a day on: a number, or a text (a day in ISO form); neither: not in force."""

    code: str
    since: date
    value: Decimal | None
    text: str = ""
    unit: str = ""


class Law(Mapping[Code, Timeline[Value]]):
    """Code -> Timeline. A code without any row is in force on no day."""

    def __init__(
        self, values: Mapping[Code, Timeline[Value]], units: Mapping[Code, Timeline[str]]
    ) -> None:
        self._values = {code: values.get(code, Timeline.of([], code)) for code in Code}
        self._units = units

    @classmethod
    def of(cls, rows: Iterable[Row | tuple[str, date, Decimal | None, str]]) -> Law:
        """Rows in any order; a plain tuple without the unit does as well."""
        values: dict[Code, list[tuple[date, Value | None]]] = {}
        units: dict[Code, list[tuple[date, str | None]]] = {}
        for row in rows:
            code, since, number, text, unit = Row(*row)
            known = Code(code)
            values.setdefault(known, []).append((since, _value(known, number, text)))
            units.setdefault(known, []).append((since, unit))
        return cls(
            {code: Timeline.of(series, code) for code, series in values.items()},
            {code: Timeline.of(series, code) for code, series in units.items()},
        )

    def replaced(self, row: Row) -> Law:
        """The same law with one row more, or another one from its first day."""
        code = Code(row.code)
        values = {code_: series for code_, series in self._values.items() if code_ != code}
        units = {code_: series for code_, series in self._units.items() if code_ != code}
        series = dict(self._values[code]) | {row.since: _value(code, row.value, row.text)}
        known = self._units.get(code)
        values[code] = Timeline.of(series.items(), code)
        units[code] = Timeline.of((dict(known or ()) | {row.since: row.unit}).items(), code)
        return Law(values, units)

    def number(self, code: Code, day: date) -> Decimal:
        value = self[code].on(day)
        if not isinstance(value, Decimal):
            raise TypeError(f"{code} is no number: {value!r}")
        return value

    def count(self, code: Code, day: date) -> int:
        """A number of days or months."""
        return int(self.number(code, day))

    def rate(self, code: Code, day: date) -> Decimal:
        """A per cent value as a fraction: 5 % is 0.05."""
        return self.number(code, day) / 100

    def day(self, code: Code, on: date) -> date:
        value = self[code].on(on)
        if not isinstance(value, date):
            raise TypeError(f"{code} is no day: {value!r}")
        return value

    def unit(self, code: Code, day: date) -> str:
        """The unit of the value in force, as the law's row has it."""
        self[code].on(day)
        return self._units[code].on(day)

    def spans(self, codes: Iterable[Code], first: date, last: date) -> list[tuple[date, date]]:
        """The days first … last cut wherever one of the codes has a new row."""
        changes = {change for code in codes for change in self[code].changes_within(first, last)}
        cuts = [first, *sorted(changes)] if first <= last else []
        ends = [cut - timedelta(days=1) for cut in cuts[1:]] + [last]
        return list(zip(cuts, ends, strict=False))

    def __getitem__(self, code: Code) -> Timeline[Value]:
        return self._values[code]

    def __iter__(self) -> Iterator[Code]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _value(code: Code, number: Decimal | None, text: str) -> Value | None:
    if number is not None:
        return number
    if not text:
        return None
    return date.fromisoformat(text) if code in DATES else text


class Entry(NamedTuple):
    """A row of the file of parameters: a `Row` with its legal basis."""

    code: str
    since: date
    value: Decimal | None
    text: str
    unit: str
    act: str
    article: str
    source: str
    confidence: str

    @property
    def row(self) -> Row:
        return Row(self.code, self.since, self.value, self.text, self.unit)


UNKNOWN = "UNKNOWN"
TEXT_UNITS = ("text", "date")


def entries(lines: Iterable[Mapping[str, str]]) -> list[Entry]:
    """The rows to load, in the file's order; a last day no row follows becomes "not in force"."""
    lines = list(lines)
    begun = {(line["code"], date.fromisoformat(line["valid_from"])) for line in lines}
    found: list[Entry] = []
    for line in lines:
        entry = _entry(line)
        found.append(entry)
        if line["valid_to"] and (entry.value is not None or entry.text):
            after = date.fromisoformat(line["valid_to"]) + timedelta(days=1)
            if (entry.code, after) not in begun:
                found.append(entry._replace(since=after, value=None, text=""))
    return found


def _entry(line: Mapping[str, str]) -> Entry:
    raw, unit = line["value"], line["unit"]
    known = raw != UNKNOWN
    is_text = unit in TEXT_UNITS
    return Entry(
        code=line["code"],
        since=date.fromisoformat(line["valid_from"]),
        value=Decimal(raw) if known and not is_text else None,
        text=raw if known and is_text else "",
        unit=unit,
        act=line["act"],
        article=line["article"],
        source=line["source"],
        confidence=line["confidence"],
    )
