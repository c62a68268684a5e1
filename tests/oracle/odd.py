#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the odd cases: what a program loads by the loader's own word, and by ours; then what was
made of it runs. Prints TAP.

    odd.py MKROOTFS [NUMBER...]
"""

import os
import shutil
import subprocess
import sys

import cases
import corners
from world import LOADER, LoaderFailed, World, by_loader, by_mkrootfs, in_root

CASES = cases.CASES + corners.CASES


NOBODY = 65534
ASSERTION = "Inconsistency detected by ld.so: dl-version.c"


def build(world, files, options):
    """Fills the world as a case says."""
    for path, content in files.items():
        world.put(path, content)
    if options.get("setuid"):
        os.chmod(world.path(options.get("run", "/bin/main")), 0o4755)
    for path, mode in options.get("modes", {}).items():
        os.chmod(world.path(path), mode)
    if options.get("cache"):
        world.cache("new" if options["cache"] is True else options["cache"])
    for path, content in options.get("after", {}).items():
        if content is None:
            os.unlink(world.path(path))
        else:
            world.put(path, content)


def arguments_of(options):
    arguments = []
    if "library_path" in options:
        arguments += ["--library-path", options["library_path"]]
    for library in options.get("preload", "").split():
        arguments += ["--preload", library]
    for name in options.get("allow", ()):
        arguments += ["--allow-missing", name]
    return arguments + options.get("arguments", [])


def environment_of(options):
    environment = {}
    if "library_path" in options:
        environment["LD_LIBRARY_PATH"] = options["library_path"]
    if "preload" in options:
        environment["LD_PRELOAD"] = options["preload"]
    return environment


def words(lines):
    """What a loader says beside its list, without the program's name before it; of an assertion the
    file alone, for the rest is of one version."""
    said = []
    for line in lines:
        if ASSERTION in line:
            said.append(ASSERTION)
            continue
        for mark in ("error while loading shared libraries: ", "no version information",
                     "weak version `", "version `"):
            if mark in line:
                said.append(line[line.index(mark):])
                break
    return said


def is_error(word):
    return not word.startswith(("no version information", "weak version"))


def expected_status(lines, said, options):
    if any("error while" in line or ASSERTION in line for line in said):
        return 1
    said = [line for line in said if is_error(line)]
    missing = [line for line in lines if line.endswith("not found")]
    if said or (missing and not options.get("allow") and not options.get("auxiliary")):
        return 3
    return 0


def compare(mkrootfs, world, options):
    """A list of complaints."""
    command = () if options.get("direct") else (LOADER,)
    theirs, their_words, _ = by_loader(world, options.get("run", "/bin/main"),
                                       environment_of(options), command, options.get("user"))
    ours, our_words, status = by_mkrootfs(mkrootfs, world, options.get("run", "/bin/main"),
                                          arguments_of(options), options.get("user"))
    if options.get("assertion"):
        # The loader aborts in words of its own.
        return [] if their_words and not theirs and status == 1 else \
            [f"the loader says {their_words}, mkrootfs {our_words} and status {status}"], status
    their_words, said = words(their_words), words(ours) or words(our_words)
    complaints = []
    if not options.get("differs"):
        if their_words and ("error while" in their_words[-1] or ASSERTION in their_words[-1]):
            theirs = []
        if options.get("newline"):
            # Such a name takes two lines, and the second has no tab.
            theirs = [line for line in theirs if line.startswith("\t")]
        if [line for line in ours if line.startswith("\t")] != theirs:
            complaints += ["loader   " + line for line in theirs]
            complaints += ["mkrootfs " + line for line in ours + our_words]
        if their_words != said:
            complaints.append(f"the loader says {their_words}, mkrootfs {said}")
        expected = options.get("status", expected_status(theirs, their_words, options))
        auxiliary = status == 0 and expected == 3 and options["auxiliary_only"]
        if status != expected and not auxiliary and not options.get("any_status"):
            complaints.append(f"status {status}, not {expected}")
    return complaints, status


def compare_words(mkrootfs, world, options):
    """What the program dies of by itself, for no loader tells of a set-user-ID program."""
    path = options.get("run", "/bin/main")
    theirs = words(in_root(world.root, [path], user=NOBODY).stderr.splitlines())
    _, said, status = by_mkrootfs(mkrootfs, world, path)
    if theirs and words(said) == theirs and status == 1:
        return []
    return [f"the loader says {theirs}, mkrootfs {said} and status {status}"]


def run_result(mkrootfs, world, options):
    """Makes the rootfs and runs the program in it, where it runs in its own world."""
    path = options.get("run", "/bin/main")
    dest = options.get("dest", path)
    user = NOBODY if options.get("setuid") else None
    out = world.root + ".out"
    if options.get("origin"):
        world.mount_proc(world.root)
    before = in_root(world.root, [path], environment_of(options), user)
    file = f"{path}:{dest}" if "dest" in options else path
    made = subprocess.run([mkrootfs, "-q", "--sysroot", world.root, *arguments_of(options), file,
                           "-d", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          errors="surrogateescape", check=False)
    if made.returncode != 0:
        return [f"-d: status {made.returncode}", *made.stderr.splitlines()]
    try:
        if options.get("origin"):
            world.mount_proc(out)
        after = in_root(out, [dest], environment_of(options), user)
        complaints = ["lacks " + path for path in options.get("holds", ())
                      if not os.path.lexists(out + path)]
        complaints += ["holds " + path for path in options.get("lacks", ())
                       if os.path.lexists(out + path)]
    finally:
        world.unmount(out + "/proc")
        shutil.rmtree(out)
    expected = (0, "ok\n") if options.get("heals") else (before.returncode, before.stdout)
    if (after.returncode, after.stdout) != expected:
        return complaints + [f"in its world: {before.returncode} {before.stdout!r} {before.stderr!r}",
                f"in the rootfs: {after.returncode} {after.stdout!r} {after.stderr!r}"]
    return complaints


def show(mkrootfs, files, options):
    options = dict(options)
    # A missing auxiliary library is shown like any other, and is no error.
    options["auxiliary_only"] = any(
        isinstance(content, bytes) and b"libnone.so" in content for content in files.values())
    with World() as world:
        build(world, files, options)
        if options.get("dies"):
            return compare_words(mkrootfs, world, options)
        try:
            complaints, status = compare(mkrootfs, world, options)
        except LoaderFailed as failure:
            return [str(failure)]
        if status == 0 and not options.get("user") and not options.get("not_started"):
            complaints += run_result(mkrootfs, world, options)
    return complaints


def main():
    mkrootfs, numbers = sys.argv[1], [int(number) for number in sys.argv[2:]]
    if os.getuid() != 0:
        print("1..0 # SKIP only root may chroot")
        return 0
    failed = 0
    for number, case in enumerate(CASES, 1):
        if numbers and number not in numbers:
            continue
        description, files, options = (*case, {})[:3]
        complaints = show(mkrootfs, files, options)
        print("not ok" if complaints else "ok", number, "-", description)
        for line in complaints:
            print("#  ", line.encode("utf-8", "backslashreplace").decode())
        failed += bool(complaints)
    print(f"1..{len(CASES)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
