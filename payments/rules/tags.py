"""The tags of an MT message, however they are written: a line each, several on one, over many."""

from __future__ import annotations

import re
from itertools import pairwise

# Main tag, tag within it, value: `:70:/FM/ИВАНОВ` is ("70", "FM", "ИВАНОВ"); a line that goes on
# with the value before has neither tag.
Tag = tuple[str, str, str]

# A value without slash and colon cannot hide a second tag.
PLAIN = re.compile(r"^(?::([0-9]{2}[A-Z]?):)?(?:/{1,2}([A-Z]{1,8})/)?([^/:\n]*)$", re.MULTILINE)
MAIN = re.compile(r":([0-9]{2}[A-Z]?):")
WITHIN_MAIN = re.compile(
    r"^\s*/{1,2}([A-Z]{1,8})/"
    r"|/{1,2}(FM|NM|FT|DT|IDN|RNN|PERIOD|OPV|LA|NAME|CHIEF|MAINBK|IRS|SECO"
    r"|NUM|DATE|SEND|VO|KNP|PSO|PRT|ASSIGN)/",
    re.IGNORECASE,
)
# Main tags further on in a line that begins with one.
WITHIN_LINE = re.compile(
    r"(?<=.)(?=:21:[0-9]{1,9}(?:[:\s]|$)|:32B:[A-Z]{3}|:32A:[0-9]{6,8}[A-Z]{3}|:70:/|:50:/"
    r"|:59:[A-Z/]|:5[27]B:[A-Z])"
)
BREAK = "\0"  # where WITHIN_LINE found one; no text has a NUL of its own
PIECES = re.compile(r"[\n\0](?=:21:|:32A:)")
SUMS = re.compile(r"[\n\0](?=:32B:)")
ENDS = re.compile(r"[\n\0]")

FREE = "ASSIGN"  # its text may hold anything
WHOLE = ("20", "21", "32A", "32B")  # their values have no tags within
PAYER, BENEFICIARY = "50", "59"
BANKS = ("52", "57")  # their tags look like the payer's
KEPT = {
    *(*WHOLE, FREE, "FM", "NM", "FT", "DT", "IDN", "RNN", "PERIOD", "NUM", "DATE", "KNP"),
    *(party + tag for party in (PAYER, BENEFICIARY) for tag in ("NAME", "IDN", "RNN")),
}


def pieces(part: str) -> list[tuple[str, list[Tag]]]:
    """The text and the tags of each item, total or header in some lines."""
    plain = PLAIN.findall(part)
    if len(plain) == part.count("\n") + 1 and part.count("\n:32B:") < 2:
        return [(part, plain)]
    marked = "\n".join(
        WITHIN_LINE.sub(BREAK, line) if line.startswith(":") else line for line in part.split("\n")
    )
    found = (one for piece in PIECES.split(marked) for one in _with_one_sum(piece))
    return [(piece.replace(BREAK, ""), _tags(piece)) for piece in found]


def _with_one_sum(piece: str) -> list[str]:
    """Items that have lost their :21: are told apart by their sums."""
    starts = [match.start() for match in SUMS.finditer(piece)]
    cuts = starts if piece.startswith(":32B:") else starts[1:]
    return [piece[at + 1 : to] for at, to in pairwise((-1, *cuts, len(piece)))]


def grouped(tags: list[Tag]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Values by tag: what belongs to the message (the payer's as "50NAME"), and each item's."""
    group: dict[str, list[str]] = {}
    message, items = group, list[dict[str, list[str]]]()
    section = last = ""
    for main, sub, value in tags:
        if main:
            section = main
            if main == "21" or (main == "32B" and (group is message or "32B" in group)):
                group = {}
                items.append(group)
        text = value.strip()
        if not main and not sub:
            if last and text:
                group[last].append(text)
            continue
        key = _key(section, main, sub)
        if main in WHOLE and sub:
            text = f"/{sub}/{text}"
        last = key if key and not group.get(key) else ""
        if last:
            group[key] = [text] if text else []
    return _joined(message), list(map(_joined, items))


def _joined(group: dict[str, list[str]]) -> dict[str, str]:
    return {tag: " ".join(texts) for tag, texts in group.items()}


def _key(section: str, main: str, sub: str) -> str:
    if not sub or main in WHOLE:
        return main if main in WHOLE else ""
    if section[:2] in BANKS:
        return ""
    key = section[:2] + sub if section[:2] in (PAYER, BENEFICIARY) else sub
    return key if key in KEPT else ""


def _tags(piece: str) -> list[Tag]:
    found: list[Tag] = []
    for line in ENDS.split(piece):
        match = MAIN.match(line)
        main, rest = (match[1], line[match.end() :]) if match else ("", line)
        if main in WHOLE or not (main or rest.startswith("/")):
            found.append((main, "", rest))
        else:
            found += _tags_within(main, rest)
    return found


def _tags_within(main: str, text: str) -> list[Tag]:
    found: list[Tag] = []
    name, start = "", 0
    for match in WITHIN_MAIN.finditer(text):
        if name or text[start : match.start()].strip():
            found.append((main, name, text[start : match.start()]))
            main = ""
        name, start = (match[1] or match[2]).upper(), match.end()
        if name == FREE:
            break
    found.append((main, name, text[start:]))
    return found
