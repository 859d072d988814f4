"""What the tests of uploads share: a browser that sends workbooks, a worker that reads them, and a look at what is kept."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from povertyparty.jobs import run_pending
from povertyparty.models import StoredFile, Upload
from povertyparty.scope import everywhere
from tests.sheets import HOUSEHOLD, workbook


def sent(*rows, name="户花名册.xlsx", heads=HOUSEHOLD, **more):
    """A workbook as a browser sends it."""
    return SimpleUploadedFile(name, workbook(heads, *rows, **more))


def kept_files():
    """Everything under the data folder that holds what somebody uploaded."""
    data = Path(settings.DATA_DIR)
    return [path for folder in ("files", "tmp") for path in (data / folder).rglob("*") if path.is_file()]


def newest():
    with everywhere("test"):
        return Upload.objects.select_related("job", "file").order_by("-pk").first()


def stored_files():
    with everywhere("test"):
        return StoredFile.objects.count()


class Office:
    """Somebody at a browser, with a worker in the next room."""

    def __init__(self, client, settle):
        self.client, self.settle = client, settle

    def upload(self, *files):
        """Send the files, let them be read, and return the last upload."""
        self.client.post("/uploads/new/", {"files": list(files)})
        self.work()
        return newest()

    def work(self):
        with self.settle(execute=True):
            run_pending()

    def page(self, upload, query=""):
        return self.client.get(f"/uploads/{upload.pk}/{query}").content.decode()

    def commit(self, upload, **given):
        with self.settle(execute=True):
            return self.client.post(f"/uploads/{upload.pk}/commit/", {"digest": upload.digest, **given})

    def do(self, upload, verb):
        with self.settle(execute=True):
            return self.client.post(f"/uploads/{upload.pk}/{verb}/")
