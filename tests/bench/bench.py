#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times mkrootfs beside the tools that do a part of its work.

    bench.py [-n ROUNDS] MKROOTFS [PROGRAM...]

For every program: --ldd beside `libtree -vv`, and `-o FILE.tar` beside GNU tar of the same
list, with and without waiting for the disk as mkrootfs does. Prints medians of wall and
processor time, and how many times mkrootfs takes what the other takes. The two of a pair run
in turns, so that a busy machine slows both. Absolute times say little about another machine.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def run_once(command):
    """Wall and processor milliseconds of a run."""
    actions = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"bench.py: {' '.join(command)}: status {os.waitstatus_to_exitcode(status)}")
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def compare(title, ours, others, rounds):
    """One line for mkrootfs and one for each other way."""
    commands = [("mkrootfs", ours), *others]
    times = [[] for _ in commands]
    for _ in range(rounds):
        for i, (_, command) in enumerate(commands):
            times[i].append(run_once(command))
    medians = [[statistics.median(column) for column in zip(*runs)] for runs in times]
    for (name, _), (wall, cpu) in zip(commands, medians):
        ratio = "" if name == "mkrootfs" else f"{medians[0][0] / wall:8.2f}"
        print(f"{title:28} {name:16} {wall:10.2f} {cpu:10.2f} {ratio}".rstrip())


def bench(mkrootfs, program, folder, rounds):
    name = os.path.basename(program)
    if shutil.which("libtree"):
        others = [("libtree -vv", ["libtree", "-vv", program])]
        compare(f"{name} --ldd", [mkrootfs, "--ldd", program], others, rounds)

    paths = subprocess.run([mkrootfs, "--bare", "--list", program], stdout=subprocess.PIPE,
                           check=True).stdout
    listed = os.path.join(folder, "list")
    with open(listed, "wb") as file:
        file.write(paths)
    tar = ["tar", "-cPf", os.path.join(folder, "tar.tar"), "--no-recursion", "-T", listed]
    synced = ["sh", "-c", '"$@" && sync "$3"', "sh", *tar]
    ours = [mkrootfs, "--bare", "-q", program, "-o", os.path.join(folder, "mkrootfs.tar")]
    compare(f"{name} -o FILE.tar", ours, [("tar -T", tar), ("tar -T, sync", synced)], rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", dest="rounds", type=int, default=21, metavar="ROUNDS")
    parser.add_argument("mkrootfs")
    parser.add_argument("programs", nargs="*", default=["redis-server", "ffmpeg"])
    arguments = parser.parse_args()
    mkrootfs = shutil.which(arguments.mkrootfs) or arguments.mkrootfs

    print(f"{'medians of ' + str(arguments.rounds):28} {'':16} {'wall ms':>10} {'cpu ms':>10}"
          f" {'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for program in arguments.programs:
            path = shutil.which(program)
            if path:
                bench(mkrootfs, path, folder, arguments.rounds)
            else:
                print(f"{program}: not installed")


if __name__ == "__main__":
    main()
