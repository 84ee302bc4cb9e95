"""A disk whose power can be cut: ext4 on a loop device, shut down without a flush (EXT4_IOC_SHUTDOWN).

Usage: power_cut.py FOLDER [MKFS OPTION…]; FOLDER is empty and exists. Commands on stdin, one answer line each:
`cut` everything that no sync asked for is gone from now on and writes fail; `hurt` the system finds the disk
damaged and makes it read-only while it is in use; `back` the power is there again, the journal was replayed. When stdin ends the disk goes, whatever happened to who asked.
"""

import ctypes
import errno
import fcntl
import glob
import os
import struct
import subprocess
import sys
import time

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
DETACH = 2

folder = sys.argv[1]
image = folder + ".img"
libc = ctypes.CDLL(None, use_errno=True)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def mount():
    if libc.mount(device.encode(), folder.encode(), b"ext4", 0, b"commit=300,errors=remount-ro") != 0:
        raise OSError(ctypes.get_errno(), "mount")


def unmount(flags=0):
    if libc.umount2(folder.encode(), flags) != 0:
        raise OSError(ctypes.get_errno(), "umount")


def unmount_when_closed():
    """Work that failed with the disk may take a moment to close its files; what never closes them is a fault."""
    for _ in range(100):
        try:
            return unmount()
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            time.sleep(0.05)
    raise OSError(errno.EBUSY, f"umount: still open are {open_files()}")


def open_files():
    """What any process holds open there, as process: file."""
    found = []
    for link in glob.glob("/proc/[0-9]*/fd/*") + glob.glob("/proc/[0-9]*/cwd"):
        try:
            file = os.readlink(link)
        except OSError:
            continue  # it is gone
        if file.startswith(folder):
            found.append(f"{link}: {file}")
    return found


def cut():
    handle = os.open(folder, os.O_RDONLY)
    fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    os.close(handle)


def hurt():
    with open(f"/sys/fs/ext4/{os.path.basename(device)}/trigger_fs_error", "w") as trigger:
        trigger.write("a test")


def attach():
    return run("losetup", "--find", "--show", image)


def detach():
    run("losetup", "--detach", device)
    os.remove(image)


def renew():
    """
    What came to the disk, on another one. A mount namespace that was made meanwhile (a container's) keeps the dead file
    system: its device would give that one again, and at its end it writes what it had not written when it was cut.
    """
    global image, device
    copy = f"{folder}.img-{time.monotonic_ns()}"
    run("cp", "--sparse=auto", image, copy)
    detach()
    image = copy
    device = attach()


with open(image, "wb") as file:
    file.truncate(64 * 1024 * 1024)
run("mkfs.ext4", "-q", "-F", *sys.argv[2:], image)
device = attach()
try:
    mount()
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            if line.strip() == "cut":
                cut()
            elif line.strip() == "hurt":
                hurt()
            else:
                unmount_when_closed()
                renew()
                mount()
            print("done", flush=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"refused {error}", flush=True)
finally:
    try:
        unmount(DETACH)
    finally:
        detach()
