#!/bin/sh
# A side that does not read stops the other one; nothing is lost, and memory stays bounded.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

private_kib()	# PID: memory that is its own
{
	awk '/^(Private|Shared)_Dirty|^Private_Clean/ { n += $2 } END { print n }' "/proc/$1/smaps_rollup"
}
serve recv 1 wait-file "$dir/go" check 100000000 expect-eof
start_tcpreen -n -q -f strip -o "$dir/log" "$server_port"
start_client "$port" timeout 60 send x touch "$dir/first" wait-file "$dir/push" fill 100000000 fin
wait_for test -e "$dir/first"
wait_for logged '^client> x' "$dir/log"
child=$(children "$tcpreen_pid")
idle=$(private_kib "$child")
: >"$dir/push"
wait_still "$dir/log" 100000
if [ -r "/proc/$child/smaps_rollup" ] && ! grep -q __asan_init "$TCPREEN"; then	# which keeps what is freed
	busy=$(private_kib "$child")
	ok "bounded: $idle KiB idle, $busy KiB with a sender that goes on" test $((busy - idle)) -lt 1024
fi
ok 'the sender waits' test "$size" -lt 50000000
: >"$dir/go"
finished 'all was sent'
wait_for logged ' close .* client 100000001 bytes, server 0 bytes$' "$dir/log"
stop_tcpreen
stop_server

# 64 MiB each way at the same time
serve timeout 60 both 67108864 fin expect-eof
start_tcpreen -n -q -f count -o "$dir/log" "$server_port"
client "$port" timeout 60 both 67108864 fin expect-eof || bad '64 MiB each way, byte for byte'
wait_for logged ' client 67108864 bytes, server 67108864 bytes$' "$dir/log"
stop_tcpreen
stop_server
servers_may_complain

# What cannot be delivered is counted, where the death of who is not read can be seen.
if built_with EPOLL_CREATE1; then
	serve recv 1 wait-file "$dir/leave" reset
	rm -f "$dir/leave"
	start_tcpreen -n -q -f count -o "$dir/log" "$server_port"
	start_client "$port" timeout 60 fill 20000000
	wait_for logged ' 16384 bytes' "$dir/log"
	: >"$dir/leave"
	wait_for logged ' reset by server, client [0-9]+ bytes, server 0 bytes, [0-9]+ bytes to server not delivered$' "$dir/log"
	wait "$client_pid" && bad 'the client learns of it'
	clients_may_fail
fi
servers_may_complain
finish
