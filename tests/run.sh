#!/bin/sh
# --run: a command that uses the bridge, has its own stdin, stdout and stderr, and ends it.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

bridge()	# ARGUMENT...: to its end, from $dir/in; sets $status
{
	runs=$((runs + 1))
	out=$dir/$runs.out err=$dir/$runs.err
	# shellcheck disable=SC2086	# lists
	"$PEER" within 60 $WRAPPER "$TCPREEN" $insist -n "$@" "$server_port" $localport <"$dir/in" >"$out" 2>"$err"
	status=$?
}
: >"$dir/in"
localport=127.0.0.1:0
serve echo

bridge -q -o "$dir/log" --run "'$PEER' connect \$TCPREEN_ADDRESS \$TCPREEN_PORT send hello fin expect hello expect-eof && echo done"
is "$status" 0 'a command that went well'
is "$(cat "$out")" 'done' 'its stdout'
is "$(grep -c '^\[1\] .* "hello"$' "$dir/log")" 2 'its session, one of many'
like "$(tail -n 1 "$dir/log")" '^# session 1 close .*, closed by client, client 5 bytes, server 5 bytes$' 'to its end'
bridge --run "cat; '$PEER' connect 127.0.0.1 \$TCPREEN_PORT send hello fin expect hello expect-eof; echo said >&2"
like "$(cat "$err")" '^\[1\] client> "hello"$' 'the console is on stderr'
like "$(cat "$err")" '^said$' 'as is what the command says there'
is "$(cat "$out")" '' 'and not on stdout'
echo typed >"$dir/in"
bridge -q --run 'cat; exit 3'
is "$status" 3 'its status'
is "$(cat "$out")" typed 'its stdin'
: >"$dir/in"
bridge -q --run 'exec /no/such/program'
is "$status" 127 'a command that is not there'
# shellcheck disable=SC2016	# for the other shell
bridge -q --run 'kill -TERM $$'
is "$status" 143 'a command that a signal ends'
# shellcheck disable=SC2016	# for the other shell
bridge -q --run 'kill -PIPE $$; echo lives'
is "$status, $(cat "$out")" '141, ' 'signals are as a command expects them'
if [ -d /proc/self/fd ]; then
	bridge -q -o "$dir/log" --run "ls /proc/self/fd"
	mv "$out" "$dir/seen"
	"$PEER" within 60 ls /proc/self/fd <"$dir/in" >"$out" 2>"$err"
	same "$dir/seen" "$out" 'it inherits no descriptor of ours'
fi
bridge -q -o /dev/full --run "'$PEER' connect 127.0.0.1 \$TCPREEN_PORT send hello fin expect hello expect-eof"
is "$status" 1 'the command went well, but the log is lost'

# Where it is
localport=0
# shellcheck disable=SC2016	# for the other shell
bridge -q --run 'echo $TCPREEN_ADDRESS'
is "$(cat "$out")" 127.0.0.1 'every address: by the loopback one'
if have_ipv6; then
	# shellcheck disable=SC2016	# for the other shell
	bridge -q -p tcp/tcp6 --run 'echo $TCPREEN_ADDRESS'
	is "$(cat "$out")" ::1 'the same of IPv6'
	localport='[::1]:0'
	# shellcheck disable=SC2016	# for the other shell
	bridge -q -p tcp/tcp6 --run 'echo $TCPREEN_ADDRESS $TCPREEN_PORT'
	like "$(cat "$out")" '^::1 [1-9][0-9]*$' 'an address of IPv6'
fi
localport=$dir/socket
# shellcheck disable=SC2016	# for the other shell
TCPREEN_PORT=inherited bridge -q -p tcp/unix --run 'echo "$TCPREEN_ADDRESS" "${TCPREEN_PORT-none}"'
is "$(cat "$out")" "$dir/socket none" 'a Unix socket'
ok 'which is gone then' test ! -e "$dir/socket"

# The end of the command is the end of new sessions, not of those that run.
localport=127.0.0.1:0
bridge -q -o "$dir/log" --run "'$PEER' connect 127.0.0.1 \$TCPREEN_PORT send one expect one \
	touch $dir/open wait-file $dir/go send two expect two & while [ ! -e $dir/open ]; do sleep 0.01; done; \
	(sleep 0.1; touch $dir/go) &"
is "$status" 0 'a session outlives the command'
is "$(grep -c ' "two"$' "$dir/log")" 2 'and is logged to its end'

# SIGTERM and SIGINT reach the command, which decides.
for signal in TERM INT; do
	rm -f "$dir/ready"
	launch -n -q -a 127.0.0.1 --run "trap 'echo $signal; exit 5' $signal; touch $dir/ready; \
		while :; do sleep 0.05; done" "$server_port"
	wait_for test -e "$dir/ready"
	stop_tcpreen "$signal"
	is "$status, $(cat "$out")" "5, $signal" "SIG$signal reaches the command"
done
rm -f "$dir/ready"
launch -n -q -v -a 127.0.0.1 --run "trap '' TERM; touch $dir/ready; while :; do sleep 0.05; done" "$server_port"
wait_for test -e "$dir/ready"
kill "$tcpreen_pid"
wait_for logged 'stopping: SIGTERM' "$err"
kill "$tcpreen_pid"
wait_exit
is "$status" 137 'a second signal kills it'

# What is typed is for the command: one that has a use for ^C keeps its connection.
# (The shell between script and us must not be there to be ended by it: exec.)
if have script; then
	export PEER TCPREEN
	mkfifo "$dir/keys"
	# shellcheck disable=SC2086	# lists
	"$PEER" within 60 script -qec "exec \"\$TCPREEN\" $insist -n -q -a 127.0.0.1 --run 'trap \"touch $dir/typed\" INT; \
		(trap : INT; trap \"\" INT; exec \"\$PEER\" connect 127.0.0.1 \$TCPREEN_PORT send a expect a \
		touch $dir/typing wait-file $dir/typed send b expect b fin expect-eof) & \
		wait; wait; wait; exit 6' $server_port" /dev/null <"$dir/keys" >"$dir/tty" 2>&1 &
	tcpreen_pid=$!
	pids="$pids $tcpreen_pid"
	exec 3>"$dir/keys"
	wait_for test -e "$dir/typing"
	printf '\003' >&3
	wait_exit
	exec 3>&-
	is "$status" 6 '^C is the command'\''s, and its connection goes on'
	unlike "$(cat "$dir/tty")" 'peer:' 'what it sends and gets after that arrives'
fi

# With -m: no session after that, and the command goes on.
bridge -q -m 1 --run "'$PEER' connect 127.0.0.1 \$TCPREEN_PORT send a fin expect a expect-eof; \
	while '$PEER' connect 127.0.0.1 \$TCPREEN_PORT open 2>/dev/null; do :; done; echo refused"
is "$status, $(cat "$out")" '0, refused' '-m 1: the next one is refused'
servers_may_complain
finish
