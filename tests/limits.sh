#!/bin/sh
# -F, -m, -b, and -c with its pauses.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
serve echo

# -F 1: the second client waits in the backlog.
start_tcpreen -n -q -o "$dir/log" "$server_port"
start_client "$port" send a expect a touch "$dir/first" wait-file "$dir/go" fin expect-eof
first=$client_pid
wait_for test -e "$dir/first"
start_client "$port" send b touch "$dir/sent" expect b fin expect-eof
wait_for test -e "$dir/sent"
is "$(grep -c ' open ' "$dir/log")" 1 '-F 1: one session is open'
: >"$dir/go"
wait "$first"
finished '-F 1: then the second'
wait_for logged '^# session 2 close ' "$dir/log"
stop_tcpreen

# -m
start_tcpreen -n -q -m 2 -o "$dir/log" "$server_port"
client "$port" send a fin expect a expect-eof
client "$port" send a fin expect a expect-eof
wait_exit
is "$status" 0 '-m 2: ends after two'
client "$port" open 2>/dev/null && bad '-m 2: and listens no more'

# -b: the chunk that passes the limit arrives, and is logged.
start_tcpreen -n -q -b 9 -o "$dir/log" "$server_port"
client "$port" send 'hello' expect 'hello' expect-reset || bad '-b: served, and no end invented'
wait_for logged ', closed by byte limit, client 5 bytes, server 5 bytes$' "$dir/log"
like "$(cat "$dir/log")" '^server> "hello"$' '-b: logged'
stop_tcpreen
start_tcpreen -n -q -b 1k -o "$dir/log" "$server_port"
client "$port" fill 600 check 600 expect-reset || bad '-b 1k: served'
wait_for logged ', closed by byte limit, client 600 bytes, server 600 bytes$' "$dir/log"
stop_tcpreen
servers_may_complain
stop_server

# -c: tries again; what is said once is not said again. -m counts the tries.
serve echo
client_side=$server_port
stop_server
serve echo
launch -n -c -a 127.0.0.1 -o "$dir/log" -v "$server_port" "$client_side"
wait_for logged 'trying again in 1 s' "$err"
wait_for logged 'trying again in 2 s' "$err"
is "$(grep -c ' error ' "$dir/log")" 1 '-c: said once'
serve_on 127.0.0.1 "$client_side" send hello expect hello expect-end
wait_for logged '^client> "hello"' "$dir/log"
stop_tcpreen
stop_server
servers_may_complain
run_tcpreen -n -c -m 2 -q -a 127.0.0.1 1 2
is "$status" 1 '-c -m 2: two tries in vain, status 1'
finish
