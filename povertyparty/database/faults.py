"""What keeps the database from serving, said so that the person at the machine can act on it."""

import errno
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db.utils import OperationalError


class DatabaseFault(OperationalError, CommandError):
    """To a page it is any loss of the database; a command prints its message in place of a trace."""


ADVICE = {
    errno.EACCES: "没有权限：请用这个文件夹的所有者或 root 运行",
    errno.EPERM: "没有权限：请用这个文件夹的所有者或 root 运行",
    errno.ENOSPC: "磁盘已满：请腾出空间后重试",
    errno.EDQUOT: "磁盘配额已用完：请腾出空间后重试",
    errno.EROFS: "磁盘是只读的：请换一个可写的数据目录",
}


@contextmanager
def explained(home):
    """Errors of the operating system in `home`, told as a fault with its remedy."""
    try:
        yield
    except OSError as error:
        advice = ADVICE.get(error.errno, str(error))
        raise DatabaseFault(f"数据库目录 {home} 无法使用，{advice}。（{error.filename or home}）") from error


def reported(text):
    """A program's own words at the end of a message, after the remedy where it is known."""
    remedy = "磁盘已满，请腾出空间后重试。" if "No space left" in text else ""
    return f"的说明：{remedy}\n{text.strip()[-800:]}"
