#!/bin/sh
# driver.sh - automake's test driver; beside a result stands why something was skipped
#
# driver.sh TEST-DRIVER ARGUMENT...: its line is printed with the words that lib.sh has
# written into the log, which nobody would look into for them.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
driver=$1
shift
log=
for argument; do
	[ "$log" != next ] || log=$argument
	[ "$argument" != --log-file ] || log=next
	[ "$argument" != -- ] || break
done
said=$("${SHELL:-/bin/sh}" "$driver" "$@")
status=$?
why=$(sed -n 's/^skipped: //p' "$log" | sort -u | paste -s -d , - | sed 's/,/, /g')
printf '%s%s\n' "$said" "${why:+ (skipped: $why)}"
exit $status
