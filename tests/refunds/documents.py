"""The smallest documents of each type."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0" + b"\0\0\0\0IEND\xaeB`\x82"
TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("run.js", "alert(1)")
    return file.getvalue()


ZIP = archive()
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
