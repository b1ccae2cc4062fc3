#!/bin/sh
# Sessions that crash, and a system that has no more to give: the parent goes on.
. "${srcdir:-.}/lib.sh"
have pgrep || skip 'needs pgrep'
serve echo

start_tcpreen -n -q -F 3 -o "$dir/log" "$server_port"
for signal in KILL ABRT; do
	rm -f "$dir/open"
	start_client "$port" send a expect a touch "$dir/open" expect-end
	wait_for test -e "$dir/open"
	pkill -"$signal" -P "$tcpreen_pid"
	finished "SIG$signal: the client learns of it"
done
wait_for logged '^tcpreen: session 1: killed by signal 9' "$err"
wait_for logged '^tcpreen: session 2: killed by signal 6' "$err"
is "$(client "$port" send b fin recv-eof)" b 'the next session is served'

# A session that is stopped for a while
rm -f "$dir/open" "$dir/stopped"
start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/stopped" fill 100000 check 100000 fin expect-eof
wait_for test -e "$dir/open"
child=$(pgrep -P "$tcpreen_pid")
kill -STOP "$child"
: >"$dir/stopped"
kill -CONT "$child"
finished 'SIGSTOP and SIGCONT'

# Many sessions leave nothing behind.
fds()
{
	find "/proc/$1/fd" 2>/dev/null | wc -l
}
wait_for eval "! pgrep -P $tcpreen_pid"
before=$(fds "$tcpreen_pid")
"$PEER" -n 300 connect 127.0.0.1 "$port" send a expect a fin expect-eof || bad '300 sessions'
wait_for eval "! pgrep -P $tcpreen_pid"
is "$(fds "$tcpreen_pid")" "$before" 'no descriptors'
is "$(pgrep -P "$tcpreen_pid")" '' 'no zombies'
stop_tcpreen
is "$status" 0 'an ordinary end'

# Connections that say nothing, and leave
start_tcpreen -n -q -F 20 -o "$dir/log" "$server_port"
"$PEER" -n 200 connect 127.0.0.1 "$port" open close
is "$(client "$port" send c fin recv-eof)" c 'after 200 silent connections'
stop_tcpreen
: >"$dir/server.err"

ticks()	# PID: of the processor, used so far
{
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# No descriptors: it rests, and goes on when there are some again.
(
	# shellcheck disable=SC3045	# where there is none, so be it
	ulimit -S -n 5 2>/dev/null
	# shellcheck disable=SC2086	# lists
	exec "$TCPREEN" $insist -a 127.0.0.1 -n -q -F 20 "$server_port" 2>"$dir/few.err"
) &
few=$!
pids="$pids $few"
wait_for logged '^Listening|^tcpreen' "$dir/few.err"
if logged '^Listening' "$dir/few.err"; then
	few_port=$(listening_on 'Listening on' "$dir/few.err")
	client "$few_port" send a fin expect-end 2>/dev/null
	client "$few_port" send a fin expect-end 2>/dev/null
	ok 'it does not spin' test "$(ticks "$few")" -lt 50
	ok 'nor end' kill -0 "$few"
	if have prlimit; then
		prlimit --pid "$few" --nofile=100: 2>/dev/null &&
			is "$(client "$few_port" send a fin recv-eof)" a 'descriptors again: served again'
	fi
fi
kill "$few"
: >"$dir/server.err"

# No processes
if [ "$(id -u)" -eq 0 ] && have setpriv && have prlimit; then
	user=64999	# whose only processes these are
	as_user()
	{
		setpriv --reuid $user --regid $user --clear-groups "$@"
	}
	(as_user "$TCPREEN" -a 127.0.0.1 -n -q -F 20 \
		"$server_port" 2>"$dir/fork.err") &
	pids="$pids $!"
	wait_for logged '^Listening' "$dir/fork.err"
	forker=$(pgrep -u $user -x tcpreen)
	fork_port=$(listening_on 'Listening on' "$dir/fork.err")
	as_user prlimit --pid "$forker" --nproc=1:
	start_client "$fork_port" send a expect a fin expect-eof
	wait_for logged 'fork: Resource temporarily unavailable|fork: .*again' "$dir/fork.err"
	ok 'it does not spin without processes' test "$(ticks "$forker")" -lt 50
	as_user prlimit --pid "$forker" --nproc=100:
	wait "$client_pid"
	: >"$dir/client.err"
	is "$(client "$fork_port" send b fin recv-eof)" b 'processes again: served again'
	kill "$forker"
fi
: >"$dir/server.err"
finish
