"""Message catalogues, compiled where their source has changed: no gettext tools are needed."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compiled(source: Path, target: Path) -> Path:
    """The target holds what gettext reads, for each catalogue of the source."""
    for po in source.rglob("LC_MESSAGES/*.po"):
        mo = target / po.relative_to(source).with_suffix(".mo")
        changed = po.stat().st_mtime_ns
        if not mo.exists() or mo.stat().st_mtime_ns != changed:
            compile_one(po, mo)
            os.utime(mo, ns=(changed, changed))
    return target


def compile_one(po: Path, mo: Path) -> None:
    """Through a file aside: another process may be reading."""
    mo.parent.mkdir(parents=True, exist_ok=True)
    with po.open("rb") as file:
        catalogue = read_po(file)
    with tempfile.NamedTemporaryFile(dir=mo.parent, delete=False) as aside:
        write_mo(aside, catalogue)
    Path(aside.name).replace(mo)
