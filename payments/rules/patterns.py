"""How the parts of an MT102 text usually look; any other is read tag by tag, to the same end."""

from __future__ import annotations

import re

TYPICAL = re.compile(r"^(?:\{[1-5]:|:(?:20|21|32[AB]):)", re.MULTILINE)
# The usual parts of a file: the head of a message, its items, its total with the end.
PARTS = re.compile(r"\n(?=:21:|:32A:|(?<=-\}\n)\{[1-5]:)")
UNUSUAL_PARTS = re.compile(r"\n(?=-\}|\{[1-5]:)")
# A value without slash and colon hides no second tag. Returns (021) are always read tag by tag.
V = r"[^/:\n]*"
HEAD = re.compile(
    rf"(?:\{{1:[^\n{{]*\}}\n\{{2:[^\n{{]*\}}\n)?"
    rf"\{{4:\n:20:({V})\n:50:/D/{V}\n/NAME/({V})\n/IDN/([0-9]+)\n"
    rf"(?:/(?:CHIEF|MAINBK|IRS|SECO)/{V}\n)*(?::5[27]B:{V}\n)*"
    rf":59:{V}\n(?:/(?:NAME|IDN|IRS|SECO)/{V}\n)*"
    rf":70:/NUM/({V})\n/DATE/({V})\n(?:/(?:SEND|VO)/{V}\n)*/KNP/(?!\s*021\b)({V})\n"
    rf"(?:/(?:PSO|PRT)/{V}\n)*/PERIOD/({V})(?:\n/ASSIGN/{V})?"
)
HEAD_TAGS = ("20", "50NAME", "50IDN", "NUM", "DATE", "KNP", "PERIOD")
TAIL = re.compile(r":32A:([^/:}\n]*)\n-\}")
ITEM = re.compile(
    r":21:([0-9]{1,9})\n:32B:KZT([0-9]{1,12},[0-9]{0,2})\n:70:/FM/([^/:\n]*)\n/NM/([^/:\n]*)\n"
    r"(?:/FT/([^/:\n]*)\n)?/DT/([0-9]{8})\n/IDN/([0-9]{12})\n/PERIOD/([0-9]{6})"
)
