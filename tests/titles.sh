#!/bin/sh
# Processes can be told apart in ps.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

[ -r /proc/self/cmdline ] || skip 'needs /proc'
built_with SETPROCTITLE >/dev/null || built_with SYS_PRCTL_H || { over=1; exit 77; }
[ -z "$WRAPPER" ] || skip "shows the command line of $WRAPPER"

shown()	# PID: as ps -f has it
{
	tr '\0' ' ' <"/proc/$1/cmdline" | sed 's/ *$//'
}

serve open wait-file "$dir/done"
start_tcpreen -n -F 2 -f null "$server_port"
command=$(shown "$tcpreen_pid")
like "$command" "tcpreen .*-F 2 -f null $server_port\$" 'the parent has its command line'
for number in 1 2; do
	start_client "$port" open wait-file "$dir/done"
	wait_for logged "^# session $number open" "$out"
done
for number in 1 2; do
	who=$(sed -n "s/^# session $number open [^ ]* client \([^ ]*\) .*/\1/p" "$out")
	found=
	for pid in $(children "$tcpreen_pid"); do
		[ "$(shown "$pid")" != "tcpreen: session $number $who" ] || found=$pid
	done
	[ -n "$found" ] || bad "session $number $who is shown" \
		"$(for pid in $(children "$tcpreen_pid"); do shown "$pid"; done)"
	[ -z "$found" ] || is "$(cat "/proc/$found/comm")" "tcpreen $number" 'its short name'
done
is "$(shown "$tcpreen_pid")" "$command" 'the parent keeps it'
: >"$dir/done"
stop_tcpreen
finish
