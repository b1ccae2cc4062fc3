#!/bin/sh
# What a service manager hears, and the sockets that it hands over: as systemd's protocols have it.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# A manager is whoever collects what comes; sets $manager.
start_manager()	# PATH|@NAME FILE
{
	rm -f "$dir/manager-ready"
	"$PEER" -r "$dir/manager-ready" datagrams "$1" "$2" &
	manager=$!
	pids="$pids $manager"
	wait_for test -e "$dir/manager-ready"
}
serve echo
start_manager "$dir/notify" "$dir/heard"
export NOTIFY_SOCKET="$dir/notify"
start_tcpreen -n -q -o "$dir/log" --pid-file "$dir/pid" "$server_port"
number=$(cat "$dir/pid")
status_line="Forwarding to 127.0.0.1:$server_port; Listening on 127.0.0.1:$port"
wait_for logged '^STATUS=' "$dir/heard"
is "$(grep . "$dir/heard")" "READY=1
MAINPID=$number
STATUS=$status_line" 'that it listens'
: >"$dir/heard"
mv "$dir/log" "$dir/log.1"
kill -HUP "$number"
wait_for logged '^READY=1$' "$dir/heard"
ok 'READY=1 comes when the logs are open again' test -e "$dir/log"
is "$(sed 's/USEC=[1-9][0-9]*$/USEC=N/' "$dir/heard" | grep .)" 'RELOADING=1
MONOTONIC_USEC=N
READY=1' 'a reload'
: >"$dir/heard"
is "$(client "$port" send a fin recv-eof)" a 'it serves'
stop_tcpreen
wait_for logged '^STATUS=ended' "$dir/heard"
is "$(sed 's/, since [^ ]*$//' "$dir/heard" | grep .)" 'STOPPING=1
STATUS=stopping: SIGTERM
STATUS=ended: 1 session (0 without a server, 0 crashed), 0 refused, 1 byte from clients, 1 byte from servers' 'the end'

# -d: the process that stays
: >"$dir/heard"
# shellcheck disable=SC2086	# lists
"$PEER" within 20 $WRAPPER "$TCPREEN" $insist -n -d -a 127.0.0.1 --pid-file "$dir/pid" "$server_port" 2>"$dir/err"
is "$?" 0 '-d: starts'
number=$(cat "$dir/pid")
pids="$pids $number"
wait_for logged '^STATUS=' "$dir/heard"
like "$(cat "$dir/heard")" "^MAINPID=$number\$" '-d: the daemon tells it'
kill "$number"
wait_for gone "$number"

# Nothing that it starts takes the manager for its own.
# shellcheck disable=SC2016	# for the other shell
LISTEN_FDS=1 LISTEN_PID=1 LISTEN_FDNAMES=x run_tcpreen -n -q -a 127.0.0.1 \
	--run 'echo "${NOTIFY_SOCKET-none} ${LISTEN_FDS-none} ${LISTEN_PID-none} ${LISTEN_FDNAMES-none}"' "$server_port"
is "$status, $(cat "$out")" '0, none none none none' '--run: the command has a clean environment'

# One that does not read holds up nobody; one that is not there, neither.
kill -STOP "$manager"
for i in 1 2 3 4 5 6 7 8 9 10; do
	run_tcpreen -n -q -a 127.0.0.1 --run 'exit 3' "$server_port"
	is "$status, $(grep -v '^[LF]' "$err")" '3, ' "a manager that hangs: start $i"
done
kill -CONT "$manager"
kill "$manager"
rm -f "$dir/notify"
run_tcpreen -n -q -v -a 127.0.0.1 --run true "$server_port"
is "$status, $(grep -c 'manager' "$err")" '0, 1' 'no manager: said once'
like "$(cat "$err")" "^tcpreen: the service manager \(NOTIFY_SOCKET $dir/notify\) is not told: No such file or directory\$" \
	'and why'
if [ "$(uname)" = Linux ]; then
	NOTIFY_SOCKET=@$dir/notify
	start_manager "$NOTIFY_SOCKET" "$dir/heard-there"
	run_tcpreen -n -q -v -a 127.0.0.1 --run true "$server_port"
	wait_for logged '^STATUS=ended' "$dir/heard-there"
	like "$(cat "$dir/heard-there")" '^READY=1$' 'an abstract name'
fi
unset NOTIFY_SOCKET
finish
