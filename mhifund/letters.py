"""The letter that tells an applicant what was decided, in Kazakh or in Russian."""

from datetime import date
from decimal import Decimal
from itertools import groupby

from django.utils import translation

from mhifund.pdf import pdf
from mhifund.written import basis, money, month
from registry.rules.iin import is_bin

OFFICE = [
    ("«Әлеуметтік медициналық сақтандыру қоры»", "коммерциялық емес акционерлік қоғамы"),
    ("Некоммерческое акционерное общество", "«Фонд социального медицинского страхования»"),
]
"""The letterhead by lines, in both languages whatever the language of the letter."""

RUSSIAN_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
TEXTS = {
    "kk": {
        "months": (
            *("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым"),
            *("шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"),
        ),
        "months_in": (
            *("қаңтарда", "ақпанда", "наурызда", "сәуірде", "мамырда", "маусымда"),
            *("шілдеде", "тамызда", "қыркүйекте", "қазанда", "қарашада", "желтоқсанда"),
        ),
        "day": "{year} жылғы {day} {month}",
        "number": "№ {number}",
        "page": "{pages} беттің {page}-беті",
        "person_id": "ЖСН {id}",
        "business_id": "БСН {id}",
        "subject": "{accepted_on} қабылданған № {number} қайтаруға өтінішті қарау нәтижесі туралы",
        "opening": "Әлеуметтік медициналық сақтандыру қоры (бұдан әрі – Қор) міндетті әлеуметтік"
        " медициналық сақтандыруға аударымдардың, жарналардың және (немесе) өсімпұлдың артық (қате)"
        " есепке жатқызылған сомаларын қайтаруға өтінішіңізді қарап, мынаны хабарлайды.",
        "all": "Мәлімделген {asked} теңге толық көлемде қайтарылады.",
        "part": "Мәлімделген {asked} теңгенің {approved} теңгесі қайтарылады, қалған бөлігін"
        " қайтарудан бас тартылды.",
        "none": "Мәлімделген {asked} теңгені қайтарудан бас тартылды.",
        "table": "Өтініштің жолдары бойынша шешім (сомалар теңгемен көрсетілген):",
        "heads": (
            *("№", "Тұлға, ЖСН", "Кезең", "ТБК"),
            *("Төленді", "Мәлімделді", "Қайтарылады", "Шешім"),
        ),
        "outcomes": {
            "approved": "мақұлданды",
            "partly": "ішінара мақұлданды",
            "refused": "бас тартылды",
        },
        "total": "Барлығы",
        "reasons": "Қайтарудан бас тарту себептері:",
        "lines": ("{lines}-жол", "{lines}-жолдар"),
        "basis": "негіздеме: {basis}",
        "money": "Қор {approved} теңгені «Азаматтарға арналған үкімет» мемлекеттік корпорациясының"
        " шотына аударады, Мемлекеттік корпорация оны өтініште көрсетілген, {end} таңбаларымен"
        " аяқталатын банктік шотқа жібереді. Ақша шотқа Қордың және Мемлекеттік корпорацияның төлем"
        " тапсырмалары орындалғаннан кейін түседі.",
        "appeal": "Осы шешімге Қазақстан Республикасының заңнамасында белгіленген тәртіппен шағым"
        " жасалуы мүмкін.",
        "role": "Растаушы тұлға",
    },
    "ru": {
        "months": RUSSIAN_MONTHS,
        "months_in": RUSSIAN_MONTHS,
        "day": "{day} {month} {year} года",
        "number": "№ {number}",
        "page": "стр. {page} из {pages}",
        "person_id": "ИИН {id}",
        "business_id": "БИН {id}",
        "subject": "О результате рассмотрения заявления на возврат № {number}, принятого"
        " {accepted_on}",
        "opening": "Фонд социального медицинского страхования (далее – Фонд) рассмотрел Ваше"
        " заявление на возврат излишне (ошибочно) зачисленных сумм отчислений, взносов на"
        " обязательное социальное медицинское страхование и (или) пени и сообщает следующее.",
        "all": "Заявленная сумма {asked} тенге подлежит возврату в полном объёме.",
        "part": "Из заявленной суммы {asked} тенге возврату подлежит {approved} тенге, в возврате"
        " остальной части отказано.",
        "none": "В возврате заявленной суммы {asked} тенге отказано.",
        "table": "Решение по строкам заявления (суммы указаны в тенге):",
        "heads": (
            *("№", "Лицо, ИИН", "Период", "КНП"),
            *("Уплачено", "Заявлено", "К возврату", "Решение"),
        ),
        "outcomes": {
            "approved": "одобрено",
            "partly": "одобрено частично",
            "refused": "отказано",
        },
        "total": "Итого",
        "reasons": "Причины отказа в возврате:",
        "lines": ("строка {lines}", "строки {lines}"),
        "basis": "основание: {basis}",
        "money": "Фонд перечислит {approved} тенге на счёт Государственной корпорации"
        " «Правительство для граждан», которая переведёт их на указанный в заявлении банковский"
        " счёт, оканчивающийся на {end}. Деньги поступят на счёт после исполнения платёжных"
        " поручений Фонда и Государственной корпорации.",
        "appeal": "Настоящее решение может быть обжаловано в порядке, установленном"
        " законодательством Республики Казахстан.",
        "role": "Подтверждающее лицо",
    },
}


def letter(said):
    """The PDF of a letter whose facts were frozen when it was made.

    Days are ISO texts, a period is the first day of its month, sums are decimal texts in tenge.
    """
    with translation.override(said["language"]):
        return pdf("letter", _printed(said))


def _printed(said):
    """What the page says, ready to be set."""
    language = said["language"]
    texts = TEXTS[language]
    applicant, application = said["applicant"], said["application"]
    asked, approved = Decimal(said["total_asked"]), Decimal(said["total_approved"])
    written = {"asked": money(asked), "approved": money(approved), "end": said["account"][-4:]}
    number = texts["number"].format(number=said["number"])
    on = _day(said["on"], texts, "months")
    accepted_on = _day(application["accepted_on"], texts, "months_in")
    id_of = texts["business_id" if is_bin(applicant["id"]) else "person_id"]
    return {
        "language": language,
        "office": OFFICE,
        "title": texts["subject"].format(number=application["number"], accepted_on=accepted_on),
        "printed": f"{number}, {on}",
        "page": texts["page"],
        "head": [on, number],
        "to": [applicant["name"], id_of.format(id=applicant["id"])],
        "opening": [texts["opening"], texts[_outcome(asked, approved)].format(**written)],
        "table": texts["table"],
        "heads": texts["heads"],
        "lines": [_line(line, language) for line in said["lines"]],
        "total": [texts["total"], written["asked"], written["approved"]],
        "why": texts["reasons"],
        "reasons": _reasons(said["lines"], language),
        "money": texts["money"].format(**written) if approved else "",
        "appeal": texts["appeal"],
        "signature": [texts["role"], said["confirmed_by"]],
    }


def _day(text, texts, months):
    day = date.fromisoformat(text)
    return texts["day"].format(year=day.year, month=texts[months][day.month - 1], day=day.day)


def _outcome(asked, approved):
    if not approved:
        return "none"
    return "all" if approved == asked else "part"


def _line(line, language):
    why = [line["reason"][f"name_{language}"]] if _is_refused(line) else []
    return [
        [str(line["number"])],
        [line["person"], line["iin"]],
        [month(date.fromisoformat(line["period"]))],
        [line["knp"]],
        *([money(Decimal(line[amount]))] for amount in ("paid", "asked", "approved")),
        [TEXTS[language]["outcomes"][line["outcome"]], *why],
    ]


def _is_refused(line):
    """Wholly or in part, with a reason."""
    return line["outcome"] != "approved" and line["reason"] is not None


def _reasons(lines, language):
    """Each reason once, with the lines it is about and its basis."""
    reasons, about = {}, {}
    for line in filter(_is_refused, lines):
        code = line["reason"]["code"]
        reasons[code] = line["reason"]
        about.setdefault(code, []).append(line["number"])
    return [_why(reason, about[code], language) for code, reason in reasons.items()]


def _why(reason, numbers, language):
    texts = TEXTS[language]
    one, many = texts["lines"]
    said = [(many if len(numbers) > 1 else one).format(lines=_ranges(numbers))]
    if reason["basis"]:
        said.append(texts["basis"].format(basis=basis(reason["basis"])))
    return f"{reason[f'name_{language}']} ({'; '.join(said)})"


def _ranges(numbers):
    """Numbers as people write them: 2, 4–7."""
    runs = [
        [number for _place, number in run]
        for _first, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
