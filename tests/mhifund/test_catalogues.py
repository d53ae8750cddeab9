import gettext
from pathlib import Path

from mhifund.catalogues import compiled


def said(folder: Path) -> str:
    return gettext.translation("django", folder, ["kk"]).gettext("Registry")


def write(folder: Path, word: str) -> None:
    po = folder / "kk" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    po.write_text(f'{header}\nmsgid "Registry"\nmsgstr "{word}"\n')


def test_a_changed_catalogue_is_compiled_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    write(source, "Тіркелім")
    assert said(compiled(source, target)) == "Тіркелім"
    compiled_file = target / "kk" / "LC_MESSAGES" / "django.mo"
    before = compiled_file.stat().st_ino
    compiled(source, target)
    assert compiled_file.stat().st_ino == before
    write(source, "Тізілім")
    gettext._translations.clear()  # what the standard library keeps of a file it has read
    assert said(compiled(source, target)) == "Тізілім"
