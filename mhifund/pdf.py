"""Pages to print, set by typst; what they say comes to them as data, so none of it is markup."""

import json
from pathlib import Path

import typst
from django.utils.translation import get_language

PAGES = Path(__file__).parent / "pages"


def pdf(page, said):
    """The bytes of a page of PAGES in the language of the reader; its fonts come with typst."""
    data = json.dumps({"language": get_language()} | said, ensure_ascii=False)
    return typst.compile(
        str(PAGES / f"{page}.typ"), ignore_system_fonts=True, sys_inputs={"data": data}
    )
