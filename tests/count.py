#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the single checks of test runs.

    count.py FILE...

Each FILE is a testlog.json of meson, or the TAP of one suite (*.tap). Prints what failed, what
was skipped and why, and at the very end one line: "N passed, N failed, N skipped". The status
is 1 where something failed or nothing ran.
"""

import json
import os
import re
import sys

LINE = re.compile(r"^(?P<bad>not )?ok\b *(?P<number>\d*)(?: *-)? *(?P<name>[^#]*?)"
                  r" *(?:# *SKIP\S* *(?P<skip>.*))?$", re.IGNORECASE)
NONE = re.compile(r"^1\.\.0\b *# *SKIP\S* *(?P<skip>.*)$", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.\d+", re.MULTILINE)


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def add_tap(self, suite, text):
        """Whether the text was TAP that says of itself whether something failed."""
        failed = len(self.failed)
        for line in text.splitlines():
            none, one = NONE.match(line), LINE.match(line)
            if none:
                self.skipped.append((suite, none["skip"]))
            elif not one:
                continue
            elif one["skip"] is not None:
                self.skipped.append((f"{suite}: {one['name']}", one["skip"]))
            elif one["bad"]:
                self.failed.append(f"{suite}: {one['name']}")
            else:
                self.passed += 1
        return len(self.failed) > failed

    def add_test(self, test):
        """One test of meson's: its checks, or itself where it has none or ended badly."""
        suite, result = test["name"], test["result"]
        output = test.get("stdout", "")
        tap = bool(PLAN.search(output))
        skipped = len(self.skipped)
        told = self.add_tap(suite, output)
        if result in ("OK", "EXPECTEDFAIL"):
            self.passed += not tap
        elif result == "SKIP":
            if len(self.skipped) == skipped:
                self.skipped.append((suite, "it has no checks"))
        elif not told or result not in ("FAIL", "ERROR"):
            self.failed.append(f"{suite}: {result.lower()}")

    def add_file(self, path):
        with open(path, encoding="utf-8", errors="replace") as file:
            if path.endswith(".tap"):
                self.add_tap(os.path.basename(path)[:-4], file.read())
                return
            for line in file:
                if line.strip():
                    self.add_test(json.loads(line))

    def report(self):
        for name in self.failed:
            print(f"failed: {name}")
        for name, reason in self.skipped:
            print(f"skipped: {name}: {reason}")
        print(f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped")
        return bool(self.failed) or not self.passed


def main():
    count = Count()
    for path in sys.argv[1:]:
        count.add_file(path)
    return count.report()


if __name__ == "__main__":
    sys.exit(main())
