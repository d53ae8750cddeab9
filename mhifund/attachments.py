"""Files that others made, as answers that no browser opens by itself."""

from django.http import FileResponse

LONGEST_NAME = 200


def attachment(stream, name, size):
    """The bytes as they are, under the name they came with; `stream` is closed in the end."""
    return FileResponse(
        stream,
        as_attachment=True,
        filename=_harmless(name),
        content_type="application/octet-stream",
        headers={
            "Content-Length": size,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _harmless(name):
    """Any letters, but no folder, no line and no sign that turns the direction of writing."""
    kept = "".join(sign if sign.isprintable() and sign not in "/\\" else "_" for sign in name)
    return kept[-LONGEST_NAME:] or "_"
