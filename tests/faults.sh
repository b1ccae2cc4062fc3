#!/bin/sh
# Every place in src/ that calls the system fails once, in each way that it may. Nothing
# crashes or hangs, what can go on goes on as if nothing had been, and the rest is said.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2317,SC2086	# scenarios are called by name; ways are lists
. "${srcdir:-.}/lib.sh"
[ -x "${FAULTY:=$PWD/faulty}" ] || skip 'needs a linker that takes --wrap'
TCPREEN=$FAULTY

# Of each call, the ways that nobody may notice, and those that may cost something.
ways()	# CALL: sets $soft and $hard
{
	soft='' hard=''
	case $1 in
	recv)		soft='EINTR EAGAIN SHORT LATE' hard=ECONNRESET ;;
	send)		soft='EINTR EAGAIN SHORT LATE' hard='EPIPE ENOBUFS' ;;
	read)		soft='EINTR LATE' ;;
	write)		soft='EINTR SHORT LATE' hard='ENOSPC EIO' ;;
	pselect|waitpid) soft='EINTR LATE' ;;
	accept4)	soft='EAGAIN ECONNABORTED EMFILE LATE' ;;
	fork|_Fork)	soft=LATE hard=EAGAIN ;;
	connect)	soft=LATE hard='ENETUNREACH EAGAIN' ;;
	kill|shutdown|unlink|setsockopt|getsockopt|ioctl) soft=LATE ;;
	sockatmark|epoll_*) soft='EINVAL LATE' ;;
	landlock|prctl|setrlimit) soft='EPERM LATE' ;;
	select)		soft='EINTR LATE' ;;
	say)		soft='EINTR SHORT LATE' ;;
	malloc|calloc|realloc|strdup|mmap) hard=ENOMEM ;;
	socket|pipe|tmpfile|memfd_create) hard=EMFILE ;;
	open)		hard='EMFILE EINTR' ;;
	fcntl)		! built_with ACCEPT4 >/dev/null || hard=EACCES ;;	# else each accept() needs it
	bind|chdir|dup2|fstat|ftruncate|getsockname|listen|lseek|lstat) hard=EACCES ;;
	esac
}

# Scenarios. Each runs tcpreen to its end, and sets $status and, counting the
# conversations that went as they should, $went.

# Returns once it listens, or, with 1, has ended.
starts()	# ARGUMENT...
{
	# shellcheck disable=SC2086	# a list
	launch $where "$@"
	tries=$((PATIENCE * 100))
	until listening "$@"; do
		if ! kill -0 "$tcpreen_pid" 2>/dev/null || [ $((tries = tries - 1)) -le 0 ]; then
			wait_exit
			return 1
		fi
		sleep 0.01
	done
	port=$(listening_on 'Listening on' "$err")
	server_side_port=$(listening_on 'Listening for the server on' "$err")
}

went()	# COMMAND...
{
	"$@" 2>>"$dir/client.err" && went=$((went + 1))
}

echoes()	# TEXT
{
	went client "$port" send "$1" expect "$1" fill 30000 check 30000 fin expect-eof
}

ordinary()	# every kind of log; names are looked up
{
	starts -F 2 -m 2 -t -f C -o "$dir/log" -f pcapng -o "$dir/log-%n" \
		-f password -o "$dir/log-p" -f hex "$echo_port" || return
	echoes hello
	echoes again
	wait_exit
}

paths()	# Unix sockets, a stale one in the way; logs opened again; SIGTERM
{
	cp -a "$dir/stale" "$dir/way"
	where=
	starts -n -p unix -f strip -o "$dir/log" "$echo_path" "$dir/way"
	where='-a 127.0.0.1'
	[ -n "$port" ] || return
	kill -HUP "$tcpreen_pid"
	echoes hello
	echoes again
	stop_tcpreen
}

resets()	# by the server, by the client; then an end
{
	starts -n -m 3 --timeout 5 -f raw -o "$dir/log" -f json "$reset_port" || return
	went client "$port" expect ab send x expect-reset
	went client "$port" expect ab reset
	went client "$port" expect ab fin expect-end
	wait_exit
}

at_once()	# the server says something and resets, maybe before anybody has looked
{
	starts -n -m 1 -f raw -o "$dir/log" "$at_once_port" || return
	went client "$port" expect ab expect-reset
	wait_exit
	is "$(cat "$dir/log")" ab "$scenario: logged"
}

half()	# the client ends, and the server takes its time; then the client resets meanwhile
{
	starts -n -m 2 -f count -o "$dir/log" "$slow_port" || return
	went client "$port" send x fin expect ab expect-eof
	went client "$port" send x fin pause-ms 50 reset
	wait_exit
}

alone()	# no server
{
	starts -n -q --connect-timeout 5 -m 1 -f null -o "$dir/log" "$no_port" || return
	went client "$port" expect-reset
	wait_exit
}

outward()	# -c: it connects to both
{
	launch -n -q -c -m 2 -f count -o "$dir/log" -a 127.0.0.1 "$echo_port" "$asks_port"
	wait_exit
	went=$(grep -c ', client 5 bytes, server 5 bytes$' "$dir/log")
}

inward()	# -l: both connect to it
{
	starts -n -q -v -l -s 127.0.0.1 -m 1 -f count -o "$dir/log" 0 || return
	start_client "$server_side_port" echo
	asks || asks		# who is not paired tries again
	went wait "$client_pid"
	wait_exit
}

asks()
{
	went client "$port" send hello expect hello fin expect-eof
}

in_background()
{
	launch -n -d -m 1 --pid-file "$dir/log-pid" -p tcp/unix -f count -o "$dir/log" "$echo_port" "$dir/way"
	wait_exit
	[ "$status" -eq 0 ] || return
	port=$dir/way
	echoes hello
	wait_for test ! -e "$dir/way"
}

# One run, with a clean start.
run()	# SCENARIO
{
	rm -rf "$dir"/log* "$dir/way"
	went=0 status='' port=''
	clients_may_fail
	"$1"
	servers_may_complain
}

run_with()	# SCENARIO PLACE WAY
{
	FAULTY_AT=$2 FAULTY_HOW=$3
	export FAULTY_AT FAULTY_HOW
	run "$1"
	unset FAULTY_AT FAULTY_HOW
}

# Whether the user has been told that something went wrong.
said()
{
	grep -Eqv '^Listening|^Forwarding|^tcpreen: session [0-9]+: (client|server) ' "$err" ||
		[ "$scenario $status" = 'in_background 1' ] ||
		grep -Eq ' error |reset by|not delivered|"error"|lost' "$dir"/log* "$out" 2>/dev/null
}

# A place as file:line, where binutils are there and the program can tell.
site()	# PLACE
{
	main=$(nm "$FAULTY" 2>/dev/null | sed -n 's/ T main$//p')
	line=$([ -n "$main" ] && addr2line -s -e "$FAULTY" "$(printf '0x%x' $((0x$main + $1 - 1)))" 2>/dev/null)
	case $line in
	''|'?'*)	echo "$1" ;;
	*)		echo "${line%% *}" ;;
	esac
}

verdict()	# TITLE ALL STATUS
{
	[ "$went" -eq "$2" ] && [ "$status" = "$3" ] && return
	bad "$1" "$went of $2 went well, status $status" \
		"$(grep -Ev '^(Listening|Forwarding)' "$err")" "$(cat "$dir/client.err")"
}

# A fault that cannot be made good: at most one conversation is lost, and it is said.
bearable()	# TITLE ALL
{
	case $status in
	0|1)	;;
	*)	bad "$1" "status $status" "$(cat "$err")" ;;
	esac
	! grep -q 'nothing for' "$dir/client.err" || bad "$1" "hung: $(cat "$dir/client.err")"
	if [ "$went" -lt "$2" ]; then
		said || bad "$1" 'nothing was said'
		[ -z "$port" ] || [ "$went" -ge $(($2 - 1)) ] ||
			bad "$1" "$went of $2 went well" "$(cat "$err")" "$(cat "$dir/client.err")"
	fi
}

limit=$((PATIENCE * 2 + 10))
serve echo
echo_port=$server_port echo_path=$dir/echo
serve_on unix "$dir/echo" echo
serve send ab recv 1 reset
reset_port=$server_port
serve send ab reset
at_once_port=$server_port
serve recv 1 expect-eof pause-ms 100 send ab fin
slow_port=$server_port
serve send hello expect hello fin expect-eof
asks_port=$server_port
serve open
no_port=$server_port
stop_server
serve_on unix "$dir/stale" open
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null

places=0
: >"$dir/seen"
while read -r scenario all end; do
	FAULTY_LIST=$dir/places
	export FAULTY_LIST
	: >"$dir/places"
	run "$scenario"
	unset FAULTY_LIST
	verdict "$scenario, without a fault" "$all" "$end"
	while read -r name place; do
		grep -qx -e "$place" "$dir/seen" && continue
		echo "$place" >>"$dir/seen"
		places=$((places + 1))
		at=$(site "$place")
		ways "$name"
		for way in $soft; do
			run_with "$scenario" "$place" "$way"
			verdict "$scenario, $name at $at, $way" "$all" "$end"
		done
		for way in $hard; do
			run_with "$scenario" "$place" "$way"
			bearable "$scenario, $name at $at, $way" "$all"
		done
	done <"$dir/places"
done <<END
ordinary 2 0
paths 2 0
resets 3 0
half 2 0
alone 1 1
outward 2 0
inward 2 0
in_background 1 0
END

# Late is late enough for a reset to have come, wherever it is.
scenario=at_once
FAULTY_LIST=$dir/places
export FAULTY_LIST
: >"$dir/places"
run at_once
unset FAULTY_LIST
verdict 'at_once, without a fault' 1 0
while read -r name place; do
	case $name in
	connect|getsockopt|recv|send|setsockopt)
		run_with at_once "$place" LATE
		verdict "at_once, $name at $(site "$place"), LATE" 1 0 ;;
	esac
done <"$dir/places"

ok "$places places were found" test "$places" -gt 60
clients_may_fail
finish
