#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --ldd against the loaders themselves: every dynamic program of the machine.
. "$(dirname "$0")/lib.sh"
need python3
python3 "$HERE/ldd_oracle.py" "$MKROOTFS" /usr/bin /usr/sbin
exit
