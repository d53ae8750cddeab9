"""What a browser sends, on its way to the disk."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps no more of a file than shows that it is too large; who receives it refuses it."""

    def receive_data_chunk(self, raw_data, start):
        if start <= settings.LARGEST_FILE:
            super().receive_data_chunk(raw_data, start)
