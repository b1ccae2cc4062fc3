#!/bin/sh
# SIGUSR1: what it is doing.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

at='[0-9-]+T[0-9:.]+[+-][0-9:]+'	# a time
address='127\.0\.0\.1:[0-9]+'

# shellcheck disable=SC2317	# wait_for calls it
asked()	# REGEX: what it has said has such a line; for wait_for
{
	kill -USR1 "$tcpreen_pid"
	logged "$1" "$err"
}

# Nobody is there; then one that is idle, one that has ended.
serve echo
start_tcpreen -n -q -F 3 -f null -o "$dir/log" "$server_port"
wait_for asked "^tcpreen: status: 0 of 3 sessions open; 0 sessions \(0 without a server, 0 crashed\), 0 refused, 0 bytes from clients, 0 bytes from servers, since $at\$"
start_client "$port" send hello expect hello touch "$dir/open" wait-file "$dir/go"
wait_for test -e "$dir/open"
client "$port" send abc expect abc fin expect-eof
wait_for asked "^tcpreen: status: 1 of 3 sessions open; 2 sessions \(0 without a server, 0 crashed\), 0 refused, 8 bytes from clients, 8 bytes from servers, since "
like "$(cat "$err")" "^tcpreen: session 1: waits for client, idle [0-9.]+ s, client 5 bytes, server 5 bytes, since $at client $address server 127\.0\.0\.1:$server_port\$" \
	'a session'
: >"$dir/go"
finished 'nothing of that ends a session'
stop_tcpreen
is "$status" 0 'nor is it a failure'
is "$(grep -c 'status: ' "$dir/log")" 0 'no log has it'
stop_server
servers_may_complain

# A server whose queue is full answers no SYN: the first client's connection waits there.
if [ "$(uname)" = Linux ] && have python3; then
	python3 -c '
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(0)
with open(sys.argv[1] + "~", "w") as f:
    print(s.getsockname()[1], file=f)
import os
os.rename(sys.argv[1] + "~", sys.argv[1])
time.sleep(60)
' "$dir/silent" &
	pids="$pids $!"
	wait_for test -e "$dir/silent"
	read -r silent_port <"$dir/silent"
	start_tcpreen -n -q -F 3 "$silent_port"
	start_client "$port" send hello expect-end
	first=$client_pid
	wait_for asked '^tcpreen: session 1: waits for server, idle [0-9.]+ s, client 5 bytes, server 0 bytes, '
	start_client "$port" send hi expect-end
	wait_for asked "^tcpreen: session 2: waits for server to be reached, idle [0-9.]+ s, client 0 bytes, server 0 bytes, since $at client $address server 127\.0\.0\.1:$silent_port\$"
	wait_for asked '^tcpreen: status: 2 of 3 sessions open; 2 sessions \(.*, 5 bytes from clients, 0 bytes from servers, '
	stop_tcpreen
	is "$status" 0 'a signal that ends it still does'
	wait "$first" "$client_pid"
	clients_may_fail
fi

# A log whose reader takes nothing: who writes says so, and who waits for its turn is silent.
mkfifo "$dir/slow.fifo"
{ until [ -e "$dir/read" ]; do sleep 0.02; done; cat >/dev/null; } <"$dir/slow.fifo" &
reader=$!
pids="$pids $reader"
serve to /dev/null timeout 60 recv-eof
start_tcpreen -n -q -F 2 -f raw -o "$dir/slow.fifo" "$server_port"
start_client "$port" timeout 60 fill 1000000 fin expect-eof
first=$client_pid
wait_for asked "^tcpreen: session 1: waits for log .*/slow\.fifo, idle "
start_client "$port" timeout 60 fill 100 fin expect-eof
wait_for asked '^tcpreen: status: 2 of 2 sessions open \(1 without an answer yet\); 2 sessions '
: >"$dir/read"
wait "$first" || bad 'a log that was slow: the first client'
finished 'and the second'
wait_for asked '^tcpreen: status: 0 of 2 sessions open; 2 sessions .*, 1000100 bytes from clients, 0 bytes '
stop_tcpreen
wait "$reader"

# A flood of questions stops nothing; it is answered ten times a second, no more.
rm -f "$dir/go"
serve timeout 60 check 20000000 expect-eof
start_tcpreen -n -q -F 2 -f count -o "$dir/log" "$server_port"
began=$(date +%s)
(while [ ! -e "$dir/go" ]; do kill -USR1 "$tcpreen_pid" 2>/dev/null; done) &
flood=$!
pids="$pids $flood"
wait_for logged '^tcpreen: status: ' "$err" 2
for client in first second; do
	client "$port" timeout 60 fill 20000000 fin expect-eof || bad "a flood of questions: the $client client is served"
done
: >"$dir/go"
wait "$flood"
wait_for asked '^tcpreen: status: 0 of 2 sessions open; 2 sessions .*, 40000000 bytes from clients, 0 bytes '
stop_tcpreen
ok 'a flood of answers there is not' test "$(grep -c status: "$err")" -le $((10 * ($(date +%s) - began + 1)))
is "$(grep -c ' closed by client, client 20000000 bytes, server 0 bytes$' "$dir/log")" 2 'every byte has arrived'

# Before it listens: it waits for the reader of a FIFO.
mkfifo "$dir/fifo"
asleep()	# PID
{
	# shellcheck disable=SC2317	# wait_for calls it
	[ -S "$dir/socket" ] && grep -q ') S ' "/proc/$1/stat"
}
if [ -r /proc/self/stat ]; then
	launch -n -q -p tcp/unix -o "$dir/fifo" "$server_port" "$dir/socket"
	wait_for asleep "$tcpreen_pid"
	kill -USR1 "$tcpreen_pid"
	cat "$dir/fifo" &
	pids="$pids $!"
	wait_for logged '^tcpreen: status: 0 of 1 session open; ' "$err"
	stop_tcpreen
	is "$status" 0 'asked before it listens: it answers when it does'
	like "$(cat "$err")" '^Listening on ' 'and listens'

	launch -d -n -p tcp/unix -o "$dir/fifo" "$server_port" "$dir/socket"
	wait_for asleep "$tcpreen_pid"
	daemon=$(children "$tcpreen_pid")
	kill -USR1 "$tcpreen_pid" "$daemon"
	cat "$dir/fifo" &
	pids="$pids $!"
	wait_exit
	is "$status" 0 'with -d, the launching process is not killed'
	kill "$daemon" || bad 'nor the daemon'
	wait_for gone "$daemon"
fi

# shellcheck disable=SC2016	# for the other shell
run_tcpreen -n -q --run 'kill -USR1 $$; echo lives' -a 127.0.0.1 1
is "$status, $(cat "$out")" '138, ' 'for the command of --run it is as usual'
finish
