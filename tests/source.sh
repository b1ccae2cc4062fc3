#!/bin/sh
# --source: where connections to the server come from.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
serve echo
echo_port=$server_port

# The server is another tcpreen, whose log says who came.
start_tcpreen -n -q -F 9 -o "$dir/seen.log" "$echo_port"
seen_by=$port

bridged()	# SEEN ARGUMENT...: what the server sees of the one session
{
	seen=$1
	shift
	sessions=$(grep -c ' close ' "$dir/seen.log")
	start_tcpreen -n -q -m 1 -vv -o "$dir/log" "$@" "$seen_by"
	client "$port" send a expect a fin expect-eof || bad "$*: served"
	wait_exit
	wait_for logged ' close ' "$dir/seen.log" $((sessions + 1))
	like "$(grep ' open ' "$dir/seen.log" | tail -n 1)" " client $seen:[0-9]+ server " "$*: from there"
}

other=127.0.0.1			# another address of this host
[ "$(uname)" != Linux ] || other=127.0.0.2
bridged 127.0.0.1 --source 127.0.0.1
bridged "$other" --source "$other"
like "$(cat "$err")" "^tcpreen: session 1: trying 127\.0\.0\.1:$seen_by from $other:0\$" 'said with -vv'
bridged "$other" --source "[$other]"
! have_localhost || bridged 127.0.0.1 --source localhost
if built_with GETIFADDRS && [ -d /sys/class/net/lo ]; then
	bridged 127.0.0.1 --source lo
fi

# -c: the client is connected to as ever. It, too, stands behind a bridge, whose log says who came.
serve send question expect question fin expect-eof
start_tcpreen -n -q -o "$dir/client.log" "$server_port"
client_by=$port
sessions=$(grep -c ' close ' "$dir/seen.log")
run_tcpreen -n -q -m 1 -c -a 127.0.0.1 --source "$other" "$seen_by" "$client_by"
is "$status" 0 '-c: status'
wait_for logged ' open ' "$dir/client.log"
like "$(grep ' open ' "$dir/client.log")" ' client 127\.0\.0\.1:[0-9]+ ' '-c: the client'
wait_for logged ' close ' "$dir/seen.log" $((sessions + 1))
like "$(grep ' open ' "$dir/seen.log" | tail -n 1)" " client $other:[0-9]+ " '-c: the server'

# Each address of the server from one of its family; the others are passed over.
if have_ipv6; then
	run_tcpreen -a 127.0.0.1 --source ::1 25
	is "$status" 1 'no address of the family: status'
	like "$(cat "$err")" '^tcpreen: --source ::1: has only IPv6: use -p tcp6 or -p any$' 'no address of the family'
	run_tcpreen -p any/tcp -a 127.0.0.1 --source ::1 127.0.0.1:25
	is "$status" 1 'the server is elsewhere: status'
	is "$(cat "$err")" 'tcpreen: 127.0.0.1:25: --source ::1 has no address of that family' 'the server is elsewhere'
	if have_localhost; then
		bridged 127.0.0.1 -p any/tcp --source 127.0.0.1 -s localhost
		is "$(grep '^Forwarding' "$err")" "Forwarding to 127.0.0.1:$seen_by" 'only what can be reached from there'
	fi
fi

# What is no address of this host: the reason of each session.
start_tcpreen -n -q -m 1 --source 192.0.2.1 -o "$dir/log" "$echo_port"
client "$port" expect-reset || bad 'not an address of this host: reset'
wait_exit
is "$status" 1 'not an address of this host: status'
like "$(cat "$dir/log")" "^# session 1 error .* server 127\.0\.0\.1:$echo_port: --source: ." 'and why'
run_tcpreen -a 127.0.0.1 --source host.invalid 25
is "$status" 1 'an unknown name: status'
like "$(cat "$err")" '^tcpreen: --source host\.invalid: .' 'an unknown name'
finish
