#!/bin/sh
# --allow: who is not named is reset before a process is spent, and counts for nothing.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
serve touch "$dir/reached" echo

# Words: each names 127.0.0.1, or does not.
name=
! have_localhost || name=localhost
for net in 127.0.0.1 127.9.9.9/8 '[127.0.0.1]/32' ::ffff:127.0.0.0/104 0.0.0.0/0 $name; do
	start_tcpreen -n -q -m 1 -o "$dir/log" --allow 192.0.2.0/24 --allow "$net" "$server_port"
	client "$port" send a expect a fin expect-eof || bad "--allow $net: served"
	wait_exit
	is "$status" 0 "--allow $net: status"
done
rm "$dir/reached"
for net in 192.0.2.0/24 127.0.0.0/32 ::/0 ::1 fe80::/10; do
	start_tcpreen -n -vv -m 1 -o "$dir/log" --allow "$net" "$server_port"
	client "$port" expect-reset || bad "--allow $net: refused with a reset"
	# What it has sent is not waited for, nor read.
	client "$port" send a expect-reset 2>/dev/null || client "$port" expect-reset || bad "--allow $net: again"
	stop_tcpreen
	is "$(grep -c '^tcpreen: refused: 127\.0\.0\.1:[0-9]* is not in --allow$' "$err")" \
		"$(sed -n 's/^tcpreen: ended: 0 sessions .* \([1-9][0-9]*\) refused, 0 bytes .*/\1/p' "$err")" \
		"--allow $net: a line for each, and how many"
	unlike "$(cat "$err")" 'process|session [0-9]' "--allow $net: no process"
	is "$(cat "$dir/log" "$out")" '' "--allow $net: nothing in the logs"
done
ok 'the server has not seen anybody' test ! -e "$dir/reached"
start_tcpreen -n -q --allow ::1 "$server_port"
client "$port" expect-reset || bad 'refused'
stop_tcpreen
is "$(grep -vE '^(Forwarding|Listening) ' "$err")" '' 'without -v nothing is said of it'

# A flood of those that are refused, and one who may come in; a signal finds its way, too.
if have_ipv6; then
	where=
	start_tcpreen -p tcp/any -n -q -F 3 -m 3 -v --allow ::1 "$server_port"
	where='-a 127.0.0.1'
	floods=
	for i in 1 2 3; do
		"$PEER" -n 0 connect 127.0.0.1 "$port" expect-end 2>/dev/null &
		floods="$floods $!"
	done
	pids="$pids $floods"
	wait_for logged '^tcpreen: refused: ' "$err" 20
	for i in 1 2; do
		client_host=::1
		client "$port" send a expect a fin expect-eof || bad 'served beside a flood'
		client_host=127.0.0.1
	done
	is "$(sed -n 's/^tcpreen: session \([0-9]*\): client .*/\1/p' "$err" | tr '\n' ' ')" '1 2 ' 'two sessions'
	unlike "$(cat "$err")" '-F 3' 'nobody was in the way'
	stop_tcpreen
	is "$status" 0 'SIGTERM in a flood'
	like "$(cat "$err")" '^tcpreen: ended: 2 sessions .* [1-9][0-9]+ refused, 2 bytes from clients' 'the totals'
	# shellcheck disable=SC2086	# a list
	wait $floods
	clients_may_fail
fi

# -l: a client that is refused gets no partner; the server is not asked.
if have_ipv6; then
	where='-a ::1 -s 127.0.0.1'
	start_tcpreen -l -n -q -m 1 -p tcp/tcp6 -o "$dir/log" --allow ::1 0
	start_client "$server_side_port" send hello expect answer fin expect-eof
	"$PEER" connect ::1 "$port" expect hello send answer fin expect-eof || bad '-l: served'
	finished '-l: a server that --allow does not name'
	wait_exit
	where='-a 127.0.0.1'
fi

# What cannot be started
run_tcpreen -a 127.0.0.1 --allow host.invalid 25
is "$status" 1 'a name that nobody knows: status'
like "$(cat "$err")" '^tcpreen: --allow host\.invalid: .' 'a name that nobody knows'

# Open to all, on a terminal
if have script; then
	notice()	# ARGUMENT...: what a terminal shows, up to where it listens
	{
		"$PEER" within 60 script -qec "exec '$TCPREEN' $insist -n -q --run true $* $server_port" \
			/dev/null </dev/null | tr -d '\r'
	}
	is "$(notice | sed 's/ on 0.*/ on/')" "Forwarding to 127.0.0.1:$server_port
tcpreen: listens on every address of this host: -a 127.0.0.1 or --allow limits who may use it
Listening on" 'a notice'
	unlike "$(notice --allow 10.0.0.0/8)" every 'none with --allow'
	unlike "$(notice -a 127.0.0.1)" every 'none with -a'
fi
where=
start_tcpreen -n -q "$server_port"
stop_tcpreen
unlike "$(cat "$err")" every 'none where stderr is no terminal'
finish
