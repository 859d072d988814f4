"""Locks between processes: flock on small files. The kernel frees them however a process ends, kill -9 included."""

import fcntl
import os


def take(path, *, shared=False):
    """A descriptor that holds the lock until it is closed, or None while another process is in the way."""
    try:
        descriptor = opened(path)
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except FileExistsError:
        return None
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not names(
        path, descriptor
    ):  # deleted between open and lock: whoever comes next would lock another file
        os.close(descriptor)
        return None
    return descriptor


def opened(path):
    try:
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return created(path)


def created(path):
    """A new file. What root makes in another's folder belongs to that other, who could not open it tomorrow."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def is_free(path):
    descriptor = take(path)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def names(path, descriptor):
    """Whether the path still leads to the file that is open; a folder may be deleted and made anew under us."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
