"""The letter to an applicant: what it says is read back from it."""

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader

from mhifund.letters import letter
from tests.mhifund.test_pdf import HOSTILE

FORM = {
    "code": "bad_form",
    "name_kk": "өтініш белгіленген нысанда емес",
    "name_ru": "заявление не по установленной форме",
    "basis": "Order 478 of 30.06.2017, App. 1",
}
NOT_FOUND = {
    "code": "payment_not_found",
    "name_kk": "төлем табылмады",
    "name_ru": "платёж не найден",
    "basis": "",
}


def line(number=1, outcome="approved", approved="51000.00", **changes):
    said = {
        "number": number,
        "person": "ӘБІЛОВА АЙГҮЛ",
        "iin": "840120415021",
        "period": "2026-10-01",
        "knp": "122",
        "paid": "51000.00",
        "asked": "51000.00",
        "approved": approved,
        "outcome": outcome,
        "reason": None,
    }
    return said | changes


def refused(number, reason=NOT_FOUND):
    return line(number, "refused", "0.00", reason=reason)


def said(*lines, language="ru", **changes):
    return {
        "language": language,
        "number": "2026-000123",
        "on": "2026-11-28",
        "applicant": {"id": "840120415021", "name": "ӘБІЛОВА АЙГҮЛ"},
        "application": {"number": "2026-00001", "accepted_on": "2026-11-16"},
        "lines": list(lines),
        "account": "KZ31601A000000000001",
        "confirmed_by": "С. Сейітқали",
        "total_asked": str(sum(Decimal(one["asked"]) for one in lines)),
        "total_approved": str(sum(Decimal(one["approved"]) for one in lines)),
    } | changes


def pages(*lines, **changes):
    content = letter(said(*lines, **changes))
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def text(*lines, **changes):
    """What a letter of one page says, with plain blanks; its lines are broken anywhere."""
    (page,) = pages(*lines, **changes)
    return " ".join(page.split())


LETTERHEAD = (
    "«Әлеуметтік медициналық сақтандыру қоры» коммерциялық емес акционерлік қоғамы"
    " Некоммерческое акционерное общество «Фонд социального медицинского страхования»"
)


def test_a_letter_in_russian_says_what_was_decided():
    found = text(line(), line(2, "partly", "46750.00", reason=FORM), refused(3))
    assert found == (
        f"{LETTERHEAD}"
        " 28 ноября 2026 года № 2026-000123"
        " ӘБІЛОВА АЙГҮЛ ИИН 840120415021"
        " О результате рассмотрения заявления на возврат № 2026-00001, принятого 16 ноября 2026"
        " года"
        " Фонд социального медицинского страхования (далее – Фонд) рассмотрел Ваше заявление на"
        " возврат излишне (ошибочно) зачисленных сумм отчислений, взносов на обязательное"
        " социальное медицинское страхование и (или) пени и сообщает следующее."
        " Из заявленной суммы 153 000,00 тенге возврату подлежит 97 750,00 тенге, в возврате"
        " остальной части отказано."
        " Решение по строкам заявления (суммы указаны в тенге):"
        " № Лицо, ИИН Период КНП Уплачено Заявлено К возврату Решение"
        " 1 ӘБІЛОВА АЙГҮЛ 840120415021 10.2026 122 51 000,00 51 000,00 51 000,00 одобрено"
        " 2 ӘБІЛОВА АЙГҮЛ 840120415021 10.2026 122 51 000,00 51 000,00 46 750,00 одобрено частично"
        " заявление не по установленной форме"
        " 3 ӘБІЛОВА АЙГҮЛ 840120415021 10.2026 122 51 000,00 51 000,00 0,00 отказано"
        " платёж не найден"
        " Итого 153 000,00 97 750,00"
        " Причины отказа в возврате:"
        " – заявление не по установленной форме (строка 2; основание: Приказ от 30.06.2017 № 478,"
        " прил. 1)"
        " – платёж не найден (строка 3)"
        " Фонд перечислит 97 750,00 тенге на счёт Государственной корпорации «Правительство для"
        " граждан», которая переведёт их на указанный в заявлении банковский счёт, оканчивающийся"
        " на 0001. Деньги поступят на счёт после исполнения платёжных поручений Фонда и"
        " Государственной корпорации."
        " Настоящее решение может быть обжаловано в порядке, установленном законодательством"
        " Республики Казахстан."
        " Подтверждающее лицо С. Сейітқали"
        " № 2026-000123, 28 ноября 2026 года стр. 1 из 1"
    )


def test_a_letter_in_kazakh_says_the_same():
    lines = line(), line(2, "partly", "46750.00", reason=FORM), refused(3)
    assert text(*lines, language="kk") == (
        f"{LETTERHEAD}"
        " 2026 жылғы 28 қараша № 2026-000123"
        " ӘБІЛОВА АЙГҮЛ ЖСН 840120415021"
        " 2026 жылғы 16 қарашада қабылданған № 2026-00001 қайтаруға өтінішті қарау нәтижесі туралы"
        " Әлеуметтік медициналық сақтандыру қоры (бұдан әрі – Қор) міндетті әлеуметтік медициналық"
        " сақтандыруға аударымдардың, жарналардың және (немесе) өсімпұлдың артық (қате) есепке"
        " жатқызылған сомаларын қайтаруға өтінішіңізді қарап, мынаны хабарлайды."
        " Мәлімделген 153 000,00 теңгенің 97 750,00 теңгесі қайтарылады, қалған бөлігін қайтарудан"
        " бас тартылды."
        " Өтініштің жолдары бойынша шешім (сомалар теңгемен көрсетілген):"
        " № Тұлға, ЖСН Кезең ТБК Төленді Мәлімделді Қайтарылады Шешім"
        " 1 ӘБІЛОВА АЙГҮЛ 840120415021 10.2026 122 51 000,00 51 000,00 51 000,00 мақұлданды"
        " 2 ӘБІЛОВА АЙГҮЛ 840120415021 10.2026 122 51 000,00 51 000,00 46 750,00 ішінара мақұлданды"
        " өтініш белгіленген нысанда емес"
        " 3 ӘБІЛОВА АЙГҮЛ 840120415021 10.2026 122 51 000,00 51 000,00 0,00 бас тартылды"
        " төлем табылмады"
        " Барлығы 153 000,00 97 750,00"
        " Қайтарудан бас тарту себептері:"
        " – өтініш белгіленген нысанда емес (2-жол; негіздеме: 30.06.2017 № 478 бұйрық, 1‑қосымша)"
        " – төлем табылмады (3-жол)"
        " Қор 97 750,00 теңгені «Азаматтарға арналған үкімет» мемлекеттік корпорациясының шотына"
        " аударады, Мемлекеттік корпорация оны өтініште көрсетілген, 0001 таңбаларымен аяқталатын"
        " банктік шотқа жібереді. Ақша шотқа Қордың және Мемлекеттік корпорацияның төлем"
        " тапсырмалары орындалғаннан кейін түседі."
        " Осы шешімге Қазақстан Республикасының заңнамасында белгіленген тәртіппен шағым жасалуы"
        " мүмкін."
        " Растаушы тұлға С. Сейітқали"
        " № 2026-000123, 2026 жылғы 28 қараша 1 беттің 1-беті"
    )


MONEY = {"ru": "Фонд перечислит", "kk": "төлем тапсырмалары орындалғаннан кейін"}
REASONS = {"ru": "Причины отказа", "kk": "бас тарту себептері"}


@pytest.mark.parametrize(
    ("language", "decided", "decision"),
    [
        ("ru", line(), "Заявленная сумма 51 000,00 тенге подлежит возврату в полном объёме."),
        ("kk", line(), "Мәлімделген 51 000,00 теңге толық көлемде қайтарылады."),
        ("ru", refused(1), "В возврате заявленной суммы 51 000,00 тенге отказано."),
        ("kk", refused(1), "Мәлімделген 51 000,00 теңгені қайтарудан бас тартылды."),
    ],
)
def test_only_who_gets_money_reads_how_it_comes_and_only_who_is_refused_reads_why(
    language, decided, decision
):
    found = text(decided, language=language)
    assert decision in found
    assert (MONEY[language] in found, REASONS[language] in found) == (
        decided["outcome"] == "approved",
        decided["outcome"] == "refused",
    )


@pytest.mark.parametrize(("language", "written"), [("ru", "БИН"), ("kk", "БСН")])
def test_a_business_has_its_own_number(language, written):
    applicant = {"id": "961040334321", "name": "ТОО «ҮЛГІ-1»"}
    assert f"ТОО «ҮЛГІ-1» {written} 961040334321" in text(
        line(), language=language, applicant=applicant
    )


@pytest.mark.parametrize(
    ("language", "on", "written"),
    [
        ("kk", "2026-01-05", "2026 жылғы 5 қаңтарда қабылданған"),
        ("kk", "2026-07-05", "2026 жылғы 5 шілдеде қабылданған"),
        ("kk", "2026-09-05", "2026 жылғы 5 қыркүйекте қабылданған"),
        ("ru", "2027-05-31", "принятого 31 мая 2027 года"),
    ],
)
def test_days_are_written_out(language, on, written):
    application = {"number": "2026-00001", "accepted_on": on}
    assert written in text(line(), language=language, application=application)


@pytest.mark.parametrize(("language", "lines"), [("ru", "строки 2, 4–6"), ("kk", "2, 4–6-жолдар")])
def test_a_reason_stands_once_with_all_lines_it_is_about(language, lines):
    decided = [line(1), *(refused(number) for number in (2, 4, 5, 6))]
    found = text(*decided, language=language)
    assert f"{NOT_FOUND[f'name_{language}']} ({lines})" in found


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_many_lines_take_many_pages_with_the_heads_on_each(language):
    found = pages(*map(line, range(1, 201)), language=language)
    heads = {"ru": "К возврату", "kk": "Қайтарылады"}[language]
    number = {"ru": "стр. {} из {}", "kk": "{1} беттің {0}-беті"}[language]
    assert len(found) == 8
    for page, content in enumerate(found, 1):
        assert (heads in content) == ("840120415021" in content)
        assert content.endswith(number.format(page, 8))
    assert "".join(found).count("840120415021") == 201
    assert "10 200 000,00" in " ".join(found[-2].split())


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_long_names_are_broken_and_nothing_of_them_is_lost(language):
    name = f"ӘБДІЛРАХМАНОВА-ҚҰДАЙБЕРГЕНОВА {'Ұ' * 60}"
    found = text(line(person=name), language=language, applicant={"id": "1", "name": name})
    assert found.replace(" ", "").count(name.replace(" ", "")) == 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_is_told_is_markup(hostile):
    applicant = {"id": "840120415021", "name": hostile}
    reason = NOT_FOUND | {"name_ru": hostile}
    found = text(
        line(person=hostile),
        refused(2, reason),
        applicant=applicant,
        confirmed_by=hostile,
        number=hostile,
    )
    assert f"{hostile} ИИН 840120415021" in found
    assert f"1 {hostile} 840120415021" in found
    assert f"{hostile} (строка 2)" in found
    assert f"Подтверждающее лицо {hostile}" in found


def test_the_same_facts_make_the_same_letter():
    assert letter(said(line())) == letter(said(line()))
