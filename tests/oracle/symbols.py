#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--check symbols against ldd -r: of a sample of this machine's programs and libraries, each has the
same symbols undefined. Prints TAP.

    symbols.py MKROOTFS [COUNT]
"""

import os
import random
import re
import subprocess
import sys

from foreign import Tap
from native import objects

LOADER = "/lib64/ld-linux-x86-64.so.2"
THEIRS = (re.compile(r"(undefined symbol: [^\s,]+)(?:, version \S+)?\s+\((.*)\)"),
          re.compile(r"(symbol \S+, version \S+ not defined in file \S+ with link time reference)"
                     r"\s*\((.*)\)"))
OURS = re.compile(r"mkrootfs: (\S+): (undefined symbol: [^\s,]+|symbol \S+, version .*)")


def by_loader(path):
    """(what is undefined, as (object, words)), or None where the loader does not take it."""
    run = subprocess.run([LOADER, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         env={"LD_TRACE_LOADED_OBJECTS": "1", "LD_WARN": "yes",
                              "LD_BIND_NOW": "yes", "LC_ALL": "C"}, errors="replace", check=False)
    if run.returncode:
        return None
    said = set()
    for line in run.stdout.splitlines():
        for pattern in THEIRS:
            match = pattern.match(line)
            if match:
                said.add((match.group(2).strip(), match.group(1)))
    return said


def by_mkrootfs(mkrootfs, path):
    run = subprocess.run([mkrootfs, "--check", "symbols", "--ldd", path], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, errors="replace", check=False)
    return set(match.groups() for match in map(OURS.match, run.stderr.splitlines()) if match)


def main():
    mkrootfs = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    if not os.path.exists(LOADER):
        print("1..0 # SKIP this is for glibc on x86-64")
        return 0
    # Java's own libraries find each other by what Java has loaded, not by paths.
    paths = [path for path in objects("") if "/jvm/" not in path]
    random.Random(1).shuffle(paths)
    files, symbols, complaints = 0, 0, []
    for path in paths[:count]:
        theirs = by_loader(path)
        if theirs is None:
            continue
        ours = by_mkrootfs(mkrootfs, path)
        files += 1
        symbols += len(theirs)
        if ours != theirs:
            complaints.append(path)
            complaints += [f"  ldd -r   {said}" for said in sorted(theirs - ours)[:5]]
            complaints += [f"  mkrootfs {said}" for said in sorted(ours - theirs)[:5]]
    tap = Tap()
    tap.show(f"{files} programs and libraries, {symbols} undefined symbols", complaints)
    print("1..1")
    return tap.failed


if __name__ == "__main__":
    sys.exit(main())
