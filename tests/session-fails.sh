#!/bin/sh
# Sessions that crash, and a system that has no more to give: the parent goes on.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# The processes of sessions that -vv has told of, but not that they have ended.
children()
{
	sed -n 's/^tcpreen: session [0-9]*: process \([0-9]*\)$/\1/p' "$err" | while read -r pid; do
		grep -q ": process $pid has ended\$" "$err" || echo "$pid"
	done
}
no_children()
{
	# shellcheck disable=SC2317	# wait_for calls it
	[ -z "$(children)" ]
}
serve echo

start_tcpreen -n -q -vv -F 3 -o "$dir/log" "$server_port"
for signal in KILL ABRT; do
	rm -f "$dir/open"
	start_client "$port" send a expect a touch "$dir/open" expect-end
	wait_for test -e "$dir/open"
	kill -"$signal" "$(children)"
	finished "SIG$signal: the client learns of it"
done
wait_for logged '^tcpreen: session 1: killed by signal 9' "$err"
wait_for logged '^tcpreen: session 2: killed by signal 6' "$err"
is "$(client "$port" send b fin recv-eof)" b 'the next session is served'

# A session that is stopped for a while
rm -f "$dir/open" "$dir/stopped"
start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/stopped" fill 100000 check 100000 fin expect-eof
wait_for test -e "$dir/open"
child=$(children)
kill -STOP "$child"
: >"$dir/stopped"
kill -CONT "$child"
finished 'SIGSTOP and SIGCONT'

# Many sessions leave nothing behind.
fds()
{
	find "/proc/$1/fd" 2>/dev/null | wc -l
}
wait_for no_children
before=$(fds "$tcpreen_pid")
"$PEER" -n 300 connect 127.0.0.1 "$port" send a expect a fin expect-eof || bad '300 sessions'
wait_for no_children
is "$(fds "$tcpreen_pid")" "$before" 'no descriptors'
stop_tcpreen
is "$status" 0 'an ordinary end'

# Connections that say nothing, and leave
start_tcpreen -n -q -F 20 -o "$dir/log" "$server_port"
"$PEER" -n 200 connect 127.0.0.1 "$port" open close
is "$(client "$port" send c fin recv-eof)" c 'after 200 silent connections'
stop_tcpreen
servers_may_complain

ticks()	# PID: of the processor, used so far
{
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# Without descriptors, or processes, for a while: it rests, says so once, and goes on.
if [ -x "${FAULTY:=$PWD/faulty}" ]; then
	TCPREEN=$FAULTY
	for fault in 'accept4 EMFILE' 'accept EMFILE' '_Fork EAGAIN' 'fork EAGAIN'; do
		FAULTY_CALL=${fault% *} FAULTY_HOW=${fault#* } FAULTY_TIMES=2
		export FAULTY_CALL FAULTY_HOW FAULTY_TIMES
		start_tcpreen -n -q -F 20 "$server_port"
		is "$(client "$port" send a fin recv-eof)" a "$fault: served in the end"
		ok "$fault: it does not spin" test "$(ticks "$tcpreen_pid")" -lt 50
		stop_tcpreen
		is "$status" 0 "$fault: status"
		like "$(grep -c 'trying again' "$err")" '^[01]$' "$fault: said once"
	done
fi
servers_may_complain
finish
