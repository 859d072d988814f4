"""The account the server runs under: oneself, or another existing one where root asks, as PostgreSQL refuses root."""

import os
import pwd
from contextlib import suppress
from dataclasses import dataclass

from povertyparty.database.faults import DatabaseFault

LENT_BY_ROOT = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_other(self):
        return self.uid != os.geteuid()

    @property
    def identity(self):
        """The arguments that make subprocess run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def receive(self, path):
        """Make it the account's own, where that is not already so."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def serving(*folders):
    """Oneself; for root, whoever owns the first folder that is not root's own."""
    me = os.geteuid()
    if me:
        return account_of(me)
    owners = [folder.stat().st_uid for folder in folders if folder.exists()]
    for uid in filter(None, owners):
        return account_of(uid)
    return lent_by_root()


def account_of(uid):
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise DatabaseFault(
            f"系统中没有编号为 {uid} 的用户，数据库无法以它运行，请换一个已登记的用户。"
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def lent_by_root():
    for name in LENT_BY_ROOT:
        with suppress(KeyError):
            return account_of(pwd.getpwnam(name).pw_uid)
    raise DatabaseFault(
        "数据库不能以 root 运行，系统中又没有 postgres 或 nobody 用户：请改用普通用户运行本程序。"
    )
