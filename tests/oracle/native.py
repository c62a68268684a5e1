#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every dynamic program and every shared library of this machine, and of a root with many packages of
many kinds: the loader's own answer and ours. Prints TAP.

    native.py MKROOTFS

The root is made by mmdebstrap once and kept in $CACHE.
"""

import concurrent.futures
import os
import shutil
import struct
import subprocess
import sys
import tempfile

from foreign import Tap, mirror, SUITE
from world import clean

PACKAGES = """
    apache2 bind9 dovecot-core exim4-daemon-light haproxy lighttpd mariadb-server memcached nginx
    openssh-server postgresql-15 redis-server samba slapd squid vsftpd
    erlang-base gawk guile-3.0 lua5.4 nodejs perl php-cli python3 ruby tcl
    ffmpeg gstreamer1.0-plugins-base imagemagick mpv sox graphviz poppler-utils ghostscript
    alsa-utils bluez dbus libgtk-3-0 libgtk-4-1 libqt5widgets5 libqt6widgets6 mesa-utils
    network-manager pipewire pulseaudio vulkan-tools xterm x11-apps
    cmake curl gdb git gnupg htop iproute2 jq krb5-user ldap-utils nftables openssl qemu-utils
    rsync smbclient sqlite3 strace systemd tar tmux tshark vim wget
""".split()
BATCH = 200


def is_dynamic(path):
    """Whether an ELF file is one that this machine's loader takes, with a dynamic segment."""
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            if len(head) < 64 or head[:6] != b"\x7fELF\2\1" or head[18:20] != b"\x3e\0":
                return False
            kind, = struct.unpack_from("<H", head, 16)
            offset, = struct.unpack_from("<Q", head, 32)
            size, count = struct.unpack_from("<HH", head, 54)
            if kind not in (2, 3) or size != 56:
                return False
            file.seek(offset)
            table = file.read(size * count)
            return any(struct.unpack_from("<I", table, at)[0] == 2
                       for at in range(0, len(table) - 55, 56))
    except OSError:
        return False


def objects(root):
    """Paths, in the root, of all dynamic ELF files, each file once."""
    seen, found = set(), []
    for top in ("/usr", "/opt", "/bin", "/sbin", "/lib"):
        if os.path.islink(root + top):
            continue
        for directory, _, names in os.walk(root + top):
            for name in names:
                path = os.path.join(directory, name)
                if os.path.islink(path) or not is_dynamic(path):
                    continue
                stat = os.stat(path)
                if (stat.st_dev, stat.st_ino) not in seen:
                    seen.add((stat.st_dev, stat.st_ino))
                    found.append(path[len(root):])
    return sorted(found)


def trace(root, loader, path):
    """(lines, whether the loader took it at all)"""
    def enter():
        if root:
            os.chroot(root)
        os.chdir("/")

    run = subprocess.run([loader, path], env={"LD_TRACE_LOADED_OBJECTS": "1", "LC_ALL": "C"},
                         preexec_fn=enter, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         stdin=subprocess.DEVNULL, errors="surrogateescape", check=False)
    return clean(run.stdout), run.returncode == 0


def by_mkrootfs(mkrootfs, root, paths):
    """The lines of each path; what a run over all does not give is asked for one by one."""
    options = ["--sysroot", root] if root else []
    run = subprocess.run([mkrootfs, "-q", *options, "--ldd", "--", *paths], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, errors="surrogateescape", check=False)
    if len(paths) == 1:
        return {paths[0]: clean(run.stdout)}
    if run.returncode not in (0, 3):
        answers = {}
        for path in paths:
            answers.update(by_mkrootfs(mkrootfs, root, [path]))
        return answers
    answers, lines = {}, []
    for line in clean(run.stdout):
        if not line.startswith("\t") and line.endswith(":"):
            lines = answers.setdefault(line[:-1], [])
        else:
            lines.append(line)
    return answers


def compare(tap, mkrootfs, root, where):
    loader = "/lib64/ld-linux-x86-64.so.2"
    paths = objects(root)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        theirs = dict(zip(paths, pool.map(lambda path: trace(root, loader, path), paths)))
    ours = {}
    for start in range(0, len(paths), BATCH):
        ours.update(by_mkrootfs(mkrootfs, root, paths[start:start + BATCH]))
    complaints, files, edges = [], 0, 0
    for path, (lines, taken) in theirs.items():
        if not taken:
            continue
        files += 1
        edges += len(lines)
        mine = [line for line in ours.get(path, []) if line.startswith("\t")]
        if mine != lines:
            complaints.append(path)
            complaints += ["  loader   " + line for line in lines if line not in mine][:5]
            complaints += ["  mkrootfs " + line for line in mine if line not in lines][:5]
    if files == 0:
        complaints.append("there is nothing to compare")
    tap.show(f"{where}: {files} programs and libraries, {edges} edges", complaints)


def make_root(directory):
    if os.path.exists(directory + "/usr/bin/git"):
        return None
    run = subprocess.run(["mmdebstrap", "--variant=extract", "--include=" + ",".join(PACKAGES), SUITE,
                          directory, *mirror()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         text=True, check=False)
    if run.returncode:
        shutil.rmtree(directory, ignore_errors=True)
        return "no root could be made: " + (run.stderr.strip().splitlines() or ["?"])[-1]
    subprocess.run(["ldconfig", "-X", "-r", directory], check=False, stderr=subprocess.DEVNULL)
    return None


def main():
    mkrootfs = sys.argv[1]
    if os.uname().machine != "x86_64" or not os.path.exists("/lib64/ld-linux-x86-64.so.2"):
        print("1..0 # SKIP this is for glibc on x86-64")
        return 0
    tap = Tap()
    compare(tap, mkrootfs, "", "this machine")
    if os.getuid() != 0:
        tap.skip("a root of many packages", "only root may chroot")
    elif not shutil.which("mmdebstrap"):
        tap.skip("a root of many packages", "mmdebstrap is not installed")
    else:
        cache = os.environ.get("CACHE") or tempfile.mkdtemp(prefix="mkrootfs-native-")
        os.makedirs(cache, exist_ok=True)
        reason = make_root(cache + "/native")
        if reason:
            tap.skip("a root of many packages", reason)
        else:
            compare(tap, mkrootfs, cache + "/native", f"a root of {len(PACKAGES)} packages")
        if not os.environ.get("CACHE"):
            shutil.rmtree(cache)
    print(f"1..{tap.number}")
    return tap.failed


if __name__ == "__main__":
    sys.exit(main())
