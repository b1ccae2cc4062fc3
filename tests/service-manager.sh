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
servers_may_complain

export PEER
ln -s "$PEER" "$dir/peer"	# WRAPPER is words, between blanks
# Sockets that are handed over: "peer hand-over ADDRESS PORT... --" opens them from descriptor 3
# on, and goes on as the program that is to find them.
handed()	# ADDRESS PORT... -- ARGUMENT...: like launch
{
	hands=
	while [ "$1" != -- ]; do
		hands="$hands $1"
		shift
	done
	shift
	plain=$WRAPPER
	WRAPPER="$dir/peer hand-over $hands -- $plain"
	launch "$@"
	WRAPPER=$plain
}
handed_listening()	# ADDRESS PORT... -- ARGUMENT...: like start_tcpreen
{
	handed "$@"
	wait_for logged '^Listening (for the server )?on ' "$err" "${sockets:-1}"
	port=$(listening_on 'Listening on' "$err")
	server_side_port=$(listening_on 'Listening for the server on' "$err")
}
refused()	# WHY TITLE: it has ended so
{
	wait_exit
	is "$(grep -v "^Try 'tcpreen --help'" "$err")" "tcpreen: $1" "$2"
}
sockets=2
handed_listening 127.0.0.1 0 unix "$dir/handed" -- -n -q -m 2 -o "$dir/log" "$server_port"
is "$(grep -c '^Listening on 127\.0\.0\.1:[1-9]' "$err"), $(grep -c "^Listening on unix:$dir/handed\$" "$err")" '1, 1' \
	'two sockets, announced as any'
is "$(client "$port" send a fin recv-eof)" a 'the first one serves'
is "$(client "$dir/handed" send a fin recv-eof)" a 'the second one serves'
wait_exit
is "$status" 0 'status 0'
ok 'whose path it was not to remove' test -S "$dir/handed"
sockets=1
LISTEN_FDNAMES=any handed_listening 127.0.0.1 0 -- -n -q -F 2 "$server_port"
session=
if [ -d "/proc/$tcpreen_pid/fdinfo" ]; then
	like "$(cat "/proc/$tcpreen_pid/fdinfo/3")" '^flags:.*2[0-7]*4[0-7]{3}$' 'close-on-exec, non-blocking'
	start_client "$port" send a expect a touch "$dir/open" expect-end
	wait_for test -e "$dir/open"
	session=$(children "$tcpreen_pid")
	# shellcheck disable=SC2012	# no names of files
	unlike "$(ls -l "/proc/$session/fd" | tr -d '[]')" "$(readlink "/proc/$tcpreen_pid/fd/3" | tr -d '[]')" \
		'a session does not keep it'
	[ -n "$session" ] || bad 'no session'
fi
stop_tcpreen
[ -z "$session" ] || finished 'the client'
servers_may_complain

# --run finds it; the command does not inherit it.
# shellcheck disable=SC2016	# for the other shell
handed 127.0.0.1 0 -- -n -q --run '"$PEER" connect $TCPREEN_ADDRESS $TCPREEN_PORT send a fin expect a expect-eof &&
	{ [ ! -d /proc/self/fd ] || ! ls -l /proc/self/fd | grep -F "$(readlink /proc/$PPID/fd/3)"; } && echo well' "$server_port"
wait_exit
is "$status, $(cat "$out")" '0, well' '--run with a handed socket, which the command does not inherit'

# -l: by name, in whichever order; or only the clients' socket
sockets=2
LISTEN_FDNAMES=server:client handed_listening 127.0.0.1 0 127.0.0.1 0 -- -n -q -l -m 1
ok '-l: two ports' test "$port" -gt 0 -a "$server_side_port" -gt 0 -a "$port" -ne "$server_side_port"
start_client "$server_side_port" send server expect client fin expect-eof
is "$(client "$port" expect server send client fin expect-eof && echo well)" well '-l: by name'
finished '-l: the server'
wait_exit
LISTEN_FDNAMES=client handed_listening 127.0.0.1 0 -- -n -q -l -m 1 127.0.0.1:0
start_client "$server_side_port" send server expect client fin expect-eof
is "$(client "$port" expect server send client fin expect-eof && echo well)" well '-l: the clients'\'' only'
finished '-l: the server'
wait_exit
sockets=1

# What is no socket to listen on, is another process's, or contradicts the command line
LISTEN_FDS=1 handed -- -n 25 3</dev/null
refused 'LISTEN_FDS: descriptor 3 is not a stream socket that listens' 'a file'
is "$status" 1 'is status 1'
LISTEN_FDS=2 handed -- -n 25 3</dev/null
refused 'LISTEN_FDS: descriptor 3 is not a stream socket that listens' 'a file, and nothing'
LISTEN_FDS=x handed -- -n 25
wait_exit
like "$status, $(cat "$err")" '^1, tcpreen: LISTEN_FDS x: not a number of sockets from 1 to [0-9]+$' 'no number'
handed 127.0.0.1 0 -- -n 25 2525
refused 'localport 2525: not with the sockets of a service manager (LISTEN_FDS)' 'a localport'
is "$status" 2 'is a usage error'
handed 127.0.0.1 0 unix "$dir/no-network" -- --allow 127.0.0.1 -n 25
refused "--allow: not with unix:$dir/no-network: clients of a Unix socket have no network" '--allow'
is "$status" 1 '--allow: status 1'
sockets=2
LISTEN_FDNAMES=server:client handed_listening unix "$dir/server-side" 127.0.0.1 0 -- --allow 127.0.0.1 -n -q -l
stop_tcpreen
is "$status" 0 '--allow: a Unix socket for the server is none of its concern'
sockets=1
handed 127.0.0.1 0 -- -d 25
refused '-d: would close the sockets of a service manager (LISTEN_FDS)' '-d'
is "$status" 2 '-d: a usage error'
handed_listening 127.0.0.1 0 -- -n -q --allow 192.0.2.0/24 "$server_port"
client "$port" expect-reset
stop_tcpreen
LISTEN_FDS=1 LISTEN_PID=1 start_tcpreen -n "$server_port"
ok 'the sockets of another process are not ours' test "$port" -gt 0
stop_tcpreen

# It does not connect to itself through one.
rm "$dir/handed"
handed unix "$dir/handed" -- -n -p unix/tcp "$dir/handed"
refused "unix:$dir/handed: tcpreen would connect to itself: use another port, or -s" 'itself'

# A restart refuses nobody: the manager keeps the socket, and who comes meanwhile waits.
serve echo
rm -f "$dir/ready" "$dir/open"
cat >"$dir/manager" <<'END'
# Starts tcpreen twice on the same socket. LISTEN_PID is the number of the shell that becomes it.
for turn in 1 2; do
	LISTEN_FDS=1 "$PEER" hand-over -- $WRAPPER "$TCPREEN" $insist -n -q -m 1 -o "$dir/turn-$turn" "$server_port" 2>"$dir/turn-$turn.err"
	touch "$dir/turn-$turn-over"
	while [ $turn = 1 ] && [ ! -e "$dir/go-on" ]; do sleep 0.01; done
done
END
export WRAPPER TCPREEN insist dir server_port
"$PEER" -r "$dir/ready" hand-over 127.0.0.1 0 -- "${SHELL:-/bin/sh}" "$dir/manager" &
manager=$!
pids="$pids $manager"
wait_for test -e "$dir/ready"
read -r _ port <"$dir/ready"
is "$(client "$port" send one fin recv-eof)" one 'the first tcpreen serves'
wait_for test -e "$dir/turn-1-over"
start_client "$port" send two touch "$dir/connected" fin expect two expect-eof
wait_for test -e "$dir/connected"
: >"$dir/go-on"
finished 'a client that came between two is served by the second'
wait "$manager"
is "$(grep -c 'client> "one"' "$dir/turn-1"), $(grep -c 'client> "two"' "$dir/turn-2")" '1, 1' 'each by its own'
is "$(cat "$dir/turn-2.err")" "Forwarding to 127.0.0.1:$server_port
Listening on 127.0.0.1:$port" 'the same port'

# Another program that speaks the protocol: it waits for the first client, and becomes tcpreen.
if command -v systemd-socket-activate >/dev/null; then
	# shellcheck disable=SC2086	# a list
	"$PEER" within 60 systemd-socket-activate -l "$dir/activated" "$TCPREEN" $insist -n -q -m 1 "$server_port" 2>"$dir/activated.err" &
	manager=$!
	pids="$pids $manager"
	wait_for logged '^Listening on .* as 3' "$dir/activated.err"
	is "$(client "$dir/activated" send hi fin recv-eof)" hi 'systemd-socket-activate: the client that it was started for'
	wait "$manager"
	is "$?" 0 'systemd-socket-activate: status 0'
fi
finish
