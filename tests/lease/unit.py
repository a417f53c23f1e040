#!/usr/bin/python3
"""What runs under the lease: unit.py HOST.

It leaves a mark twenty milliseconds after another, by the clock that all hosts of a test share, and holds a lock that the kernel
takes back only when it is dead: a second one says so, whatever the marks say. It ends at SIGTERM, unless HOST is told to be deaf.
"""

import fcntl
import os
import signal
import sys
import time

host = sys.argv[1]
marks = os.open("/shared/marks", os.O_APPEND | os.O_CREAT | os.O_WRONLY)


def mark(what):
    os.write(marks, f"{time.monotonic_ns()} {host} {what}\n".encode())


def end(*_):
    mark("end")
    os._exit(0)


if os.path.exists(f"/shared/{host}.deaf"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, end)
lock = os.open("/shared/lock", os.O_CREAT | os.O_RDWR)
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    mark("begin")
except BlockingIOError:
    mark("second")
while True:
    mark("alive")
    time.sleep(0.02)
