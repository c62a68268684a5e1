# SPDX-License-Identifier: Apache-2.0
"""Runs a program under strace(1), the oracle of the tracer's suite, and prints the files that
it named: "found PATH" or "missing PATH", sorted, each once.

usage: strace_files.py PROGRAM [ARG...]
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

# Each call's paths: is there a descriptor of a directory before each of them?
AT = ("openat openat2 readlinkat newfstatat statx faccessat faccessat2 fchmodat fchownat mkdirat "
      "mknodat unlinkat renameat renameat2 linkat").split()
PLAIN = ("open creat execve readlink stat lstat access statfs inotify_add_watch chdir chmod chown "
         "lchown mkdir mknod rmdir unlink truncate rename link").split()
LAST = "symlink symlinkat".split()
FOUND = {"EEXIST", "EISDIR", "ENOEXEC", "ENOTEMPTY", "ENXIO", "EROFS", "ETXTBSY"}
LINE = re.compile(r"^(\w+)\((.*)\) += (-?\d+|\?)(?: (E\w+))?", re.S)
STRING = re.compile(r'(?:(\w+)<([^>]*)>, |, |^)"((?:[^"\\]|\\.)*)"')


def text(quoted):
    return quoted.encode("latin-1").decode("unicode_escape").encode("latin-1").decode(errors="surrogateescape")


def go_up(found, base, path):
    """PATH without "..", and what it leads through to go up."""
    parts = []
    own = 0
    for number, part in enumerate((base + "/" + path if path[:1] != "/" else path).split("/")):
        if part == "..":
            here = "/" + "/".join(parts)
            if parts and os.path.lexists(here):
                if len(parts) > own:
                    found.add(here)
                if os.path.islink(here):
                    parts = os.path.realpath(here).strip("/").split("/")
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
        if path[:1] != "/" and number == base.count("/"):
            own = len(parts)
    return "/" + "/".join(parts)


def read(log, found, missing):
    cwd = os.getcwd()
    for line in log:
        match = LINE.match(line)
        if not match:
            continue
        call, arguments, result, error = match.groups()
        strings = STRING.findall(arguments)
        if call == "execve":
            strings = strings[:1]
        elif call in LAST:
            strings = strings[1:2]
        elif call.startswith("readlink"):
            strings = strings[:1]
        else:
            strings = strings[:2 if call.startswith(("rename", "link")) else 1]
        there = result != "?" and int(result) >= 0 or error in FOUND or (
            error == "EINVAL" and call.startswith("readlink"))
        for _, directory, name in strings:
            name = text(name)
            if not name:
                continue
            path = go_up(found, directory or cwd, name)
            (found if there else missing).add(path)
            if call == "chdir" and there:
                cwd = path


def main():
    found, missing = set(), set()
    with tempfile.TemporaryDirectory(prefix="strace") as directory:
        subprocess.run(["strace", "-ff", "-y", "-v", "-s", "4096", "-o", directory + "/log",
                        "-e", "trace=" + ",".join("?" + call for call in AT + PLAIN + LAST),
                        "-e", "signal=none", "--", *sys.argv[1:]],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in glob.glob(directory + "/log.*"):
            with open(name, encoding="latin-1") as log:
                read(log, found, missing)
    for path in sorted(found | missing):
        print("found" if path in found else "missing", path)


main()
