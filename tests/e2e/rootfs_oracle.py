#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints every path that the rootfs of some programs has to hold, and no other, sorted.

    rootfs_oracle.py PROGRAM...

Told by ldd and the file system alone: what ldd names, the loader, the program, and on the way
to each of them every directory and link, and where the links lead to.
"""

import os
import subprocess
import sys

from ldd_oracle import interp


def walk(path, found, depth=0):
    """Adds PATH and all that is crossed on the way to it; returns where it really is."""
    if depth > 40:
        raise OSError(f"too many links: {path}")
    real = "/"
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            real = os.path.dirname(real)
            continue
        here = os.path.join(real, part)
        found.add(here)
        if os.path.islink(here):
            here = walk(os.path.join(real, os.readlink(here)), found, depth + 1)
        real = here
    return real


def main():
    found = set()
    for program in sys.argv[1:]:
        walk(program, found)
        walk(interp(program), found)
        ldd = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True)
        for line in ldd.stdout.splitlines():
            for word in line.split():
                if word.startswith("/"):
                    walk(word, found)
    for path in sorted(found, key=os.fsencode):
        print(path)


if __name__ == "__main__":
    main()
