"""The server's keeper: starts PostgreSQL, stays its parent, and stops it when its last user has gone.

Run by path in a bare interpreter, without Django: it must outlive whoever started it. Every user process holds a
shared lock on `users.lock`; the kernel drops it however that process ends, and the exclusive lock falls to the keeper.
While the keeper holds it nobody can begin to use the server, so stopping needs no other agreement.
"""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time

PATIENCE = 10
PR_SET_PDEATHSIG = 1


def main():
    order = json.loads(sys.argv[1])
    lock = exclusive(order["lock"])
    if os.fork():
        return  # the starter waits for this process; the other one lives on
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    server = launch(order, lock)
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
    threading.Thread(target=stop_when_unused, args=(order, server), daemon=True).start()
    server.wait()


def exclusive(path):
    """The lock that says: a server of this folder is alive. PostgreSQL's processes inherit it and keep it as long."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit("another server of this folder is still alive")
            time.sleep(0.02)


def launch(order, lock):
    return subprocess.Popen(
        order["command"],
        pass_fds=[lock, *order["descriptors"]],
        stdin=subprocess.DEVNULL,
        preexec_fn=follow_parent,
        **order["identity"],
    )


def follow_parent():
    """Should the keeper be killed, the kernel asks the server to shut down: it never outlives its keeper."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def stop_when_unused(order, server):
    users = os.open(order["users"], os.O_RDWR | os.O_NOFOLLOW)
    fcntl.flock(users, fcntl.LOCK_EX)
    while os.path.exists(order["stay"]):  # `manage.py pg start` asked for it
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(1)
        fcntl.flock(users, fcntl.LOCK_EX)
    server.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
