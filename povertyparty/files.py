"""Files that are whole on the disk before their row commits: checked on the way in, sealed at rest, verified on the way out.

A blob is named by the SHA-256 of its content and lies outside everything a web server serves. The order is always
write, fsync, rename, fsync of the folder, row, commit, so a crash can leave a blob without a row (swept after a week),
never a row without its blob. What is kept for a time only leaves the disk when that is over; its row stays and says when.
"""

import hashlib
import io
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from django.conf import settings
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.utils import timezone

from povertyparty import jobs
from povertyparty.scope import Placed, ScopedQuerySet, everywhere
from povertyparty.screening import (
    EVIDENCE,
    KINDS,
    MEGABYTE,
    FileFault,
    FileRefused,
    inspected,
)
from povertyparty.sealed import SealBroken, seal_bytes, unseal_bytes

log = logging.getLogger("povertyparty.files")

DEFAULTS = {
    "SEAL_FILES": True,
    "FILES_LIMIT": 20 * MEGABYTE,
    "FILES_RESERVE": (0.05, 500 * MEGABYTE),  # refuse uploads below this share, or this much, of free disk
}


class FileUnsaved(FileFault):
    """The disk did not do its part; nothing was recorded."""


class FileMissing(FileFault):
    """The row is there, the file is not."""


class FileExpired(FileFault):
    """The file was removed when its time was over."""


class FileAltered(FileFault):
    """The file on the disk is not the one that was kept."""


def _setting(name):
    return getattr(settings, name, DEFAULTS[name])


# --- the disk

READ_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
BLOB_NAME = re.compile(r"[0-9a-f]{64}")
TEMP_NAME = re.compile(r"\.[0-9a-f]{64}\.[0-9a-f]{16}\.tmp")


def storage():
    return Path(settings.DATA_DIR) / "files"


@contextmanager
def _folder(digest, *, make=False):
    """A handle on files/aa/bb, reached step by step, so that no symbolic link on the way leads elsewhere."""
    with ExitStack() as steps:
        if make:
            storage().mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(storage(), READ_FOLDER)
        steps.callback(os.close, handle)
        for name in (digest[:2], digest[2:4]):
            if make:
                _make_folder(handle, name)
            handle = os.open(name, READ_FOLDER, dir_fd=handle)
            steps.callback(os.close, handle)
        yield handle


def _make_folder(parent, name):
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=parent)
    os.fsync(parent)  # also when it was there: whoever made it a moment ago may not have come so far


def _write_blob(digest, content):
    """Writes even if the blob is there: that mends a damaged one, and asks nobody whether it is durable yet."""
    stored = seal_bytes(content) if _setting("SEAL_FILES") else content
    temp = f".{digest}.{token_hex(8)}.tmp"
    with _folder(digest, make=True) as folder:
        try:
            _write_whole(temp, stored, folder)
            os.rename(temp, digest, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(temp, dir_fd=folder)
            raise
        os.fsync(folder)


def _write_whole(name, content, folder):
    handle = os.open(name, NEW_FILE, 0o600, dir_fd=folder)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_blob(digest):
    with _folder(digest) as folder, open(os.open(digest, READ_FILE, dir_fd=folder), "rb") as blob:
        return unseal_bytes(blob.read())


def _check_room(size):
    storage().mkdir(mode=0o700, parents=True, exist_ok=True)
    disk = shutil.disk_usage(storage())
    share, least = _setting("FILES_RESERVE")
    if disk.free - size < max(disk.total * share, least):
        log.critical("upload refused: only %d MB of disk are free", disk.free // MEGABYTE)
        raise FileRefused("服务器磁盘空间不足，暂停接收附件：请通知管理员清理磁盘后再上传")


def _blob_lock(digest):
    """The number of this blob's advisory lock: keepers share it until they commit, the sweeper wants it alone."""
    return int(digest[:16], 16) - 2**63


# --- in the clear, while a file comes in or is read

LEFTOVER_SECONDS = 3600


@contextmanager
def private_copy(stored):
    """A path to the file in the clear, for as long as it is being read and no longer."""
    clear_leftovers(older=LEFTOVER_SECONDS)
    handle, path = tempfile.mkstemp(dir=_clear_folder())
    try:
        with open(handle, "wb") as target:
            target.write(stored.content())
        yield Path(path)
    finally:
        os.unlink(path)


def clear_leftovers(*, older=0):
    """Remove what processes that were killed left; what is not `older`, in seconds, may be somebody's at work."""
    for left in _clear_folder().iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime <= time.time() - older:
                left.unlink()


def _clear_folder():
    folder = Path(settings.DATA_DIR) / "tmp"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


# --- the row


def _read_upload(upload, limit):
    if (getattr(upload, "size", None) or 0) > limit:
        raise FileRefused(f"文件超过 {limit // MEGABYTE} MB，请压缩或分开后重新上传")
    upload.seek(0)
    content = upload.read(limit + 1)
    if len(content) > limit:
        raise FileRefused(f"文件超过 {limit // MEGABYTE} MB，请压缩或分开后重新上传")
    return content


class Purpose(models.TextChoices):
    """What a file is kept for: evidence as long as its case, templates for good, the others so many days as `FILES_DAYS` says."""

    EVIDENCE = "evidence", "佐证材料"
    ORIGINAL = "original", "原表"
    RESULT = "result", "任务结果"
    TEMPLATE = "template", "文书模板"


class FileQuerySet(ScopedQuerySet):
    def on_disk(self):
        return self.filter(removed_at=None)

    def expired(self, now):
        """Those on the disk that have lain there longer than their purpose allows."""
        days = settings.FILES_DAYS.items()
        over = (models.Q(purpose=p, uploaded_at__lt=now - timedelta(days=n)) for p, n in days)
        return self.on_disk().filter(reduce(or_, over))


class StoredFile(Placed):
    """A file somebody gave us or we made for somebody; several rows may stand on one blob."""

    Purpose = Purpose

    sha256 = models.CharField("校验值", max_length=64, editable=False)
    name = models.CharField("文件名", max_length=255)
    size = models.PositiveBigIntegerField("字节数", editable=False)
    kind = models.CharField(
        "类型", max_length=8, choices=[(kind.code, kind.label) for kind in KINDS.values()]
    )
    purpose = models.CharField(
        "用途", max_length=8, choices=Purpose, default=Purpose.EVIDENCE, editable=False
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="上传人",
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    removed_at = models.DateTimeField("期满删除时间", null=True, editable=False)
    place_code = models.CharField("所属区划", max_length=12, blank=True, db_collation="C")

    objects = FileQuerySet.scoped()

    class Meta(Placed.Meta):
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "附件"
        indexes = [
            models.Index(fields=["sha256"], name="storedfile_sha256"),
            models.Index(fields=["place_code"], name="storedfile_place_code"),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def keep(cls, upload, *, place_code, by, purpose=Purpose.EVIDENCE, kinds=EVIDENCE, limit=None):
        """Checks, writes and records; raises FileRefused or FileUnsaved, and then nothing is recorded."""
        content = _read_upload(upload, limit or _setting("FILES_LIMIT"))
        name, kind, content = inspected(upload.name, content, kinds)
        digest = hashlib.sha256(content).hexdigest()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_blob_lock(digest)])
            try:
                _check_room(len(content))
                _write_blob(digest, content)
            except OSError as error:
                log.critical("a file could not be written: %s", error)
                raise FileUnsaved(f"“{name}”没有保存成功，请稍后重试；仍不成功请联系管理员") from error
            return cls.objects.create(
                sha256=digest,
                name=name,
                size=len(content),
                kind=kind.code,
                purpose=purpose,
                uploaded_by=by,
                place_code=place_code,
            )

    def forget(self):
        """Remove the row and what it stands on."""
        self._leave_the_disk()
        self.delete()

    def expire(self):
        """Remove what the row stands on; the row stays and says when."""
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])
        self._leave_the_disk()

    def _leave_the_disk(self):
        """The blob goes once the present transaction has committed, unless another row stands on the same content."""
        path = storage() / self.sha256[:2] / self.sha256[2:4] / self.sha256
        transaction.on_commit(lambda: _sweep_orphan(path, [], True), robust=True)

    @property
    def removal(self):
        """Where the file has gone, in words, or ""."""
        if not self.removed_at:
            return ""
        return f"已于{timezone.localtime(self.removed_at):%Y-%m-%d}按保存期限删除"

    def content(self):
        """The very bytes that were kept, or FileExpired, FileMissing, FileAltered."""
        if self.removed_at:
            raise FileExpired(f"“{self.name}”{self.removal}，不能再下载")
        try:
            content = _read_blob(self.sha256)
        except FileNotFoundError:
            log.critical("file of row %s is missing: %s", self.pk, self.sha256)
            raise FileMissing(
                f"附件“{self.name}”缺失：服务器上已找不到这个文件，请联系管理员从备份恢复"
            ) from None
        except (OSError, SealBroken) as error:
            raise self._altered(error) from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise self._altered("checksum differs")
        return content

    def open(self):
        return io.BytesIO(self.content())

    def _altered(self, why):
        log.critical("file of row %s is not what was kept: %s (%s)", self.pk, self.sha256, why)
        return FileAltered(f"附件“{self.name}”与上传时不一致，为防误用已停止下载：请联系管理员从备份恢复")


def respond(stored, request):
    """A download and nothing else: never shown inside our pages, never kept by a cache."""
    content = stored.content()
    fallback = f"file-{stored.pk}{os.path.splitext(stored.name)[1].lower()}"
    return HttpResponse(
        b"" if request.method == "HEAD" else content,
        content_type=KINDS[stored.kind].media,
        headers={
            "Content-Length": str(len(content)),
            "Content-Disposition": f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(stored.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
            "Accept-Ranges": "none",
        },
    )


# --- the broom


@jobs.job("keep files", daily=True, repeatable=True)
def keep_files(job):
    """Every day: what is expired leaves the disk, and what lies there without reason is swept away."""
    with everywhere("删除期满的文件"):
        expired = list(StoredFile.objects.expired(timezone.now()))
        for stored in expired:
            stored.expire()
    clear_leftovers(older=LEFTOVER_SECONDS)
    found = sweep()
    if found.missing:
        log.critical("%d files are missing; manage.py sweep_files names them", len(found.missing))
    return {"expired": len(expired), "swept": len(found.orphans) + len(found.temps)}


@dataclass
class Sweep:
    """What a sweep found: blobs without a row, temp files left by a crash, rows without a blob, and things not ours."""

    orphans: list = field(default_factory=list)
    temps: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    strange: list = field(default_factory=list)


def sweep(*, days=7, remove=True):
    """Removes orphans and temp files older than `days`. Rows are listed before the disk: a blob is always the older."""
    with everywhere("清点附件"):
        kept = set(StoredFile.objects.on_disk().order_by().values_list("sha256", flat=True).distinct())
    found, seen, before = Sweep(), set(), time.time() - timedelta(days=days).total_seconds()
    for path, facts in _blobs():
        old = facts.st_mtime < before
        if not stat.S_ISREG(facts.st_mode) or not (
            BLOB_NAME.fullmatch(path.name) or TEMP_NAME.fullmatch(path.name)
        ):
            found.strange.append(path)
        elif path.name.startswith("."):
            _sweep_away(path, found.temps, old, remove)
        elif path.name in kept:
            seen.add(path.name)
        elif old:
            _sweep_orphan(path, found.orphans, remove)
    found.missing = sorted(kept - seen)
    return found


def _blobs():
    """(path, facts) of everything three levels down; symbolic links are reported, never entered."""
    folders = [storage()] if storage().is_dir() else []
    while folders:
        folder = folders.pop()
        depth = len(folder.relative_to(storage()).parts)
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if depth < 2 and entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
                continue
            with suppress(FileNotFoundError):  # a temp file may have been renamed meanwhile
                yield Path(entry.path), entry.stat(follow_symlinks=False)


def _sweep_away(path, listed, old, remove):
    if old:
        listed.append(path)
        if remove:
            path.unlink(missing_ok=True)


def _sweep_orphan(path, listed, remove):
    """Asks again under the blob's lock: somebody may be keeping the same file this very moment."""
    with everywhere("清理无主附件"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_blob_lock(path.name)])
        free = cursor.fetchone()[0]
        if free and not StoredFile.objects.on_disk().filter(sha256=path.name).exists():
            _sweep_away(path, listed, True, remove)
