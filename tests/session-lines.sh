#!/bin/sh
# "# session ..." lines: their exact words, for every way a session can go.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}'
after='after [0-9]+\.[0-9]{6} s'
closes=0

# closed WORDS: the next close line says so
closed()
{
	closes=$((closes + 1))
	wait_for logged ' close ' "$out" "$closes"
	like "$(grep ' close ' "$out" | tail -n 1)" "^# session $closes close $time $after, $1\$" "$2"
}

# Who ended first
serve recv 1 expect-eof
start_tcpreen -n -f null "$server_port"
client "$port" send a fin expect-eof
closed 'closed by client, client 1 byte, server 0 bytes' 'the client ended first'
like "$(sed -n 1p "$out")" "^# session 1 open $time client 127\.0\.0\.1:[0-9]+ server 127\.0\.0\.1:$server_port\$" \
	'the open line'
client "$port" send b reset
closed 'reset by client, client 1 byte, server 0 bytes' 'the client reset'
wait_for test -s "$dir/server.err"
servers_may_complain
stop_tcpreen
start_tcpreen -n -f null "$server_port"
closes=0
start_client "$port" open touch "$dir/open" expect-end
wait_for logged ' open ' "$out"
stop_tcpreen
closed 'closed by signal, client 0 bytes, server 0 bytes' 'SIGTERM ends a session'
finished 'the client of it was told'
wait_for test -s "$dir/server.err"
servers_may_complain

serve send ab fin expect-eof
start_tcpreen -n -f null "$server_port"
closes=0
client "$port" expect ab expect-eof
closed 'closed by server, client 0 bytes, server 2 bytes' 'the server ended first'
serve send ab reset
start_tcpreen -n -f null "$server_port"
closes=0
client "$port" expect-end
closed 'reset by server, client 0 bytes, server 2 bytes' 'the server reset'

# No server: one line, and the client is reset at once; the next session is served.
stop_server
start_tcpreen -n -f null "$server_port"
client "$port" expect-reset || bad 'no server: the client is reset'
wait_for logged '^#' "$out"
like "$(cat "$out")" "^# session 1 error $time client 127\.0\.0\.1:[0-9]+ server 127\.0\.0\.1:$server_port: Connection refused\$" \
	'no server: the error line'
is "$(lines "$out")" 1 'no server: one line'
serve_on 127.0.0.1 "$server_port" send x
is "$(client "$port" recv-eof)" x 'no server: the next session finds one'
wait_for logged '^# session 2 close ' "$out"
stop_tcpreen
is "$status" 0 'no server: without -m, no reason to fail'

# Sides by name: the names line comes after the open line, when it says more than "localhost".
serve_on_named_port()	# sets $server_port, to one that has a name
{
	for server_port in $(awk '$2 ~ /\/tcp$/ && $2 + 0 > 1024 { print $2 + 0 }' /etc/services |
		head -n 20); do
		rm -f "$dir/ready"
		"$PEER" -n 0 -j -r "$dir/ready" listen 127.0.0.1 "$server_port" recv-eof 2>/dev/null &
		server_pid=$!
		pids="$pids $server_pid"
		# shellcheck disable=SC2016	# for eval
		wait_for eval '[ -e "$dir/ready" ] || ! kill -0 "$server_pid"'
		[ ! -e "$dir/ready" ] || return 0
	done
	return 1
}
if have_localhost; then
	serve recv-eof
	start_tcpreen -f count -m 1 "$server_port"
	client "$port" send a fin expect-eof
	wait_exit
	unlike "$(cat "$out")" ' names ' 'localhost and numbers: nothing to say'
fi
if [ -r /etc/services ] && serve_on_named_port; then
	start_tcpreen -f count -m 1 -a 127.0.0.1 "$server_port"
	client "$port" send a fin expect-eof
	wait_exit
	wait_for logged ' names ' "$out"	# its helper may outlive the program, see lookup.h
	like "$(grep ' names ' "$out")" \
		"^# session 1 names client [^ ]+:[0-9]+ server [^ ]+:[^ :]*[a-z][^ :]*\$" 'names'
	like "$(sed -n 1p "$out")" ' open .* client 127\.0\.0\.1:' 'the open line is numeric with names, too'
	start_tcpreen -n -f count -m 1 "$server_port"
	client "$port" send a fin expect-eof
	wait_exit
	unlike "$(cat "$out")" ' names ' '-n: no names'
fi

# More than one session may run: records have a number, session lines as ever.
serve echo
start_tcpreen -n -F 2 -f strip -o "$dir/log" "$server_port"
start_client "$port" send one expect one touch "$dir/first" wait-file "$dir/second" send three expect three
wait_for test -e "$dir/first"
client "$port" send two expect two touch "$dir/second" fin expect-eof
finished 'both were served'
wait_for logged ' close ' "$dir/log" 2
is "$(grep -v '^#' "$dir/log" | sort)" '[1] client> one
[1] client> three
[1] server> one
[1] server> three
[2] client> two
[2] server> two' '-F 2: [N] before each record'
is "$(grep -c '^# session [12] ' "$dir/log")" 4 '-F 2: session lines carry their number themselves'
stop_tcpreen

# -t: the time comes before that.
for style in '' =clock =iso =relative =delta; do
	case $style in
	''|=clock) stamp='[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}' ;;
	=iso)	stamp=$time ;;
	*)	stamp='[0-9]+\.[0-9]{6}' ;;
	esac
	start_tcpreen -n -F 2 -f C "--timestamps$style" -m 1 "$server_port"
	client "$port" send 'a\nb' expect 'a\nb' fin expect-eof
	wait_exit
	like "$(sed -n 2p "$out")" "^$stamp \[1\] client> \"a\\\\n\"\$" "--timestamps$style"
	is "$(sed -n 3p "$out" | sed 's/[^ ].*//' | wc -c)" \
		"$(($(sed -n 2p "$out" | sed 's/".*//' | wc -c)))" \
		"--timestamps$style: the record goes on in the same column"
	unlike "$(grep '^#' "$out")" "^$stamp \[" "--timestamps$style: session lines are as ever"
done
start_tcpreen -n -t -m 1 "$server_port"
client "$port" send a expect a fin expect-eof
wait_exit
like "$(sed -n 2p "$out")" '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} client> "a"$' '-t without -F'

# Other families
if have_ipv6; then
	server_host=::1
	serve recv-eof
	where='-a ::1'
	start_tcpreen -n -f null -p tcp6 -s ::1 -m 1 "$server_port"
	is "$(grep -v '^Forwarding to ' "$err")" "Listening on [::1]:$port" 'IPv6: where it listens'
	"$PEER" connect ::1 "$port" fin expect-eof
	wait_exit
	like "$(sed -n 1p "$out")" " client \[::1\]:[0-9]+ server \[::1\]:$server_port\$" 'IPv6: who they are'
fi
finish
