#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random graphs of small libraries: the loader's own answer and ours are the same for each. What
was resolved is made into a rootfs and run. Prints TAP, a line for every hundred graphs.

    graphs.py MKROOTFS [COUNT [FIRST-SEED [glibc|musl]]]
"""

import os
import random
import sys

import musl
import odd
from tiny_elf import AUXILIARY, DF_1_NODEFLIB, FILTER
from world import LOADER, MUSL, Hard, Link, LoaderFailed, World, library, program

DIRECTORIES = ["/a", "/b", "/c/sub", "/opt/x", "/lib", "/lib/x86_64-linux-gnu", "/usr/lib"]
VARIANTS = ["glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3", "tls", "x86_64", "tls/x86_64"]
ELEMENTS = DIRECTORIES + ["$ORIGIN", "${ORIGIN}/../b", "$ORIGIN/sub", "/a/$LIB", "/none", "",
                          "$OTHER/x", "/a/../b", "/l1", "/l2", "/c/./sub/"]


def search_path(random_):
    return ":".join(random_.choice(ELEMENTS) for _ in range(random_.randint(1, 3)))


def some_arguments(random_, names, interp, is_program=False):
    needed = [random_.choice(names) for _ in range(random_.randint(1 if is_program else 0, 3))]
    if random_.random() < 0.08:
        needed.append(random_.choice(DIRECTORIES) + "/" + random_.choice(names))
    if random_.random() < 0.05:
        needed.append("ld-linux-x86-64.so.2" if interp == LOADER else "libc.so")
    arguments = {"needed": needed}
    kind = random_.random()
    if kind < 0.35:
        arguments["rpath"] = search_path(random_)
    elif kind < 0.7:
        arguments["runpath"] = search_path(random_)
    elif kind < 0.75:
        arguments["rpath"], arguments["runpath"] = search_path(random_), search_path(random_)
    if random_.random() < 0.06:
        arguments["flags_1"] = DF_1_NODEFLIB
    if random_.random() < 0.08 and not is_program:
        arguments["tags"] = [(random_.choice([AUXILIARY, FILTER]), random_.choice(names))]
    return arguments


def graph(seed, interp=LOADER):
    """(files, options) of a graph, the same for the same seed."""
    random_ = random.Random(seed)
    names = [f"lib{number}.so" for number in range(random_.randint(2, 8))]
    files = {}
    for _ in range(random_.randint(2, 14)):
        directory = random_.choice(DIRECTORIES)
        if random_.random() < 0.15:
            directory += "/" + random_.choice(VARIANTS)
        name = random_.choice(names)
        path = directory + "/" + name
        fate = random_.random()
        present = [other for other in files if isinstance(files[other], bytes)]
        if fate < 0.08 and present:
            files[path] = Link(random_.choice(present))
        elif fate < 0.12 and present and path not in files:
            files[path] = Hard(random_.choice(present))
        elif fate < 0.14:
            files[path] = Link(name)
        elif fate < 0.17:
            files[path] = library(machine=183)
        elif fate < 0.175:
            files[path] = "not ELF" * 20
        else:
            arguments = some_arguments(random_, names, interp)
            soname = random_.random()
            if soname < 0.6:
                arguments["soname"] = name
            elif soname < 0.7:
                arguments["soname"] = random_.choice(names)
            files[path] = library(**arguments)
    files["/l1"] = Link(random_.choice(DIRECTORIES))
    files["/l2"] = Link("." + random_.choice(DIRECTORIES))
    files["/bin/main"] = program(interp=interp, **some_arguments(random_, names, interp, True))
    # Files first, then the links that lead to them.
    files = dict(sorted(files.items(), key=lambda item: isinstance(item[1], (Link, Hard))))
    options = {"origin": True, "any_status": True}
    if random_.random() < 0.4:
        # Without a cache the loader does not know of the file, and mkrootfs takes it for one.
        options["cache"] = True
        files["/etc/ld.so.conf"] = "".join(f"{random_.choice(DIRECTORIES)}\n" for _ in range(2))
    if random_.random() < 0.2:
        options["library_path"] = random_.choice(DIRECTORIES) + random_.choice(["", ":/b", ";/a"])
    return files, options


def musl_complaints_of(mkrootfs, seed):
    files, options = graph(seed, MUSL)
    options.pop("cache", None)
    if seed % 3 == 0:
        files[musl.PATH_FILE] = "/lib:/opt/x\n/c/sub"
    return musl.complaints_of(mkrootfs, files, options)


def complaints_of(mkrootfs, seed):
    files, options = graph(seed)
    options["auxiliary_only"] = True
    with World() as world:
        odd.build(world, files, options)
        complaints, status = odd.compare(mkrootfs, world, options)
        if status == 0 and not complaints:
            complaints += odd.run_result(mkrootfs, world, options)
    return complaints


def main():
    mkrootfs = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    complaints_by = {"glibc": complaints_of, "musl": musl_complaints_of}
    answer = complaints_by[sys.argv[4] if len(sys.argv) > 4 else "glibc"]
    if os.getuid() != 0:
        print("1..0 # SKIP only root may chroot")
        return 0
    if answer == musl_complaints_of and not os.path.exists(MUSL):
        print("1..0 # SKIP there is no musl here")
        return 0
    failed, number, unanswered = [], 0, 0
    for start in range(first, first + count, 100):
        number += 1
        bad = []
        for seed in range(start, min(start + 100, first + count)):
            try:
                complaints = answer(mkrootfs, seed)
            except LoaderFailed as failure:
                # Filters in a circle are too much for it.
                print(f"# seed {seed}: {failure}")
                unanswered += 1
                continue
            if complaints:
                bad.append(seed)
                print(f"# seed {seed}:")
                for line in complaints[:20]:
                    print("#  ", line)
        print("not ok" if bad else "ok", number, f"- graphs from seed {start} on")
        failed += bad
    print(f"1..{number}")
    print(f"# {count} graphs, {len(failed)} differ, {unanswered} without an answer")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
