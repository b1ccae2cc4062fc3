#!/bin/sh
# The file for logrotate: logs are rotated under traffic, and nothing of them is lost.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need_root
have logrotate || skip 'needs logrotate'
user=root
! built_with INITGROUPS || user=nobody

# As installed, but for the folders, and the program that the init script runs.
chmod 755 "$dir"
mkdir "$dir/init.d" "$dir/sockets"
chmod 777 "$dir/sockets"
serve echo
cat >"$dir/defaults" <<END
TCPREEN_USER=$user
TCPREEN_RUN=$dir/run
TCPREEN_LOG=$dir/logs
BRIDGE_one='-n -p tcp/unix -f strip --append -o $dir/logs/one/a.log $server_port $dir/sockets/one'
BRIDGE_two='-n -p tcp/unix -f count --append -o $dir/logs/two/a.log $server_port $dir/sockets/two'
END
cat >"$dir/init.d/tcpreen" <<END
#!/bin/sh
TCPREEN_DEFAULTS='$dir/defaults' TCPREEN_PROGRAM='$TCPREEN' exec ${SHELL:-/bin/sh} '$PWD/../contrib/init.d/tcpreen' "\$@"
END
chmod 755 "$dir/init.d/tcpreen"
sed "s|/var/log/tcpreen/|$dir/logs/|; s|[^ ]*/init.d/|$dir/init.d/|g; s|/run/systemd/system|$dir/no-systemd|" \
	../contrib/logrotate.d/tcpreen >"$dir/rotate.conf"
chmod 644 "$dir/rotate.conf"
rotate()
{
	logrotate -s "$dir/state" "$@" "$dir/rotate.conf" >"$dir/said" 2>&1 ||
		bad "logrotate $*: status $?" "$(cat "$dir/said")"
	[ "$1" = -d ] || is "$(cat "$dir/said")" "" "logrotate $*: what it says"
	unlike "$(cat "$dir/said")" '^error|insecure' "logrotate $*: what it says"
}
init()
{
	"$dir/init.d/tcpreen" "$@" >"$dir/init.said" 2>&1 || bad "init $*" "$(cat "$dir/init.said")"
}

trap 'pids="$pids $(cat "$dir"/run/*.pid 2>/dev/null | tr "\n" " ")"; cleanup' EXIT

# Without bridges, and with none that runs, it has nothing to complain of.
rotate -d
init start
rotate -d
like "$(cat "$dir/said")" 'rotating log .*/one/a\.log|considering log .*/one/a\.log' 'it finds the logs'
client "$dir/sockets/two" send x fin expect x expect-eof

# One session lasts over all rotations, others come and go.
rm -f "$dir/long"
mkfifo "$dir/long"
"$PEER" connect unix "$dir/sockets/one" talk <"$dir/long" >"$dir/long.out" 2>&1 &
long=$!
pids="$pids $long"
exec 4>"$dir/long"
short()
{
	for i in 1 2 3 4 5 6 7 8 9; do
		for j in 0 1 2 3 4 5 6 7 8 9; do
			client "$dir/sockets/one" send "short $i$j\\n" fin recv-eof >/dev/null
		done
		: >"$dir/short.$i"
	done
}
short &
short=$!
pids="$pids $short"
for i in 1 4 8; do
	echo "long $i" >&4
	wait_for grep -q "^long $i\$" "$dir/long.out"
	wait_for test -e "$dir/short.$i"
	rotate -f
done
wait "$short"
client "$dir/sockets/one" send 'short last\n' fin recv-eof >/dev/null
echo 'long 9' >&4
wait_for grep -q "^long 9\$" "$dir/long.out"
exec 4>&-
wait "$long"
init stop
is "$(cd "$dir/logs/one" && echo *)" 'a.log a.log.1 a.log.2 a.log.3' 'the logs that there are'
for file in "$dir"/logs/one/a.log*; do
	ok "$file has something" test -s "$file"
	# shellcheck disable=SC2012	# no names of files
	is "$(ls -l "$file" | awk '{ print $3 }')" "$user" "whose $file is"
done
said()	# WHO: the lines of it, in all logs
{
	cat "$dir"/logs/one/a.log* | sed -n "s/^\[[0-9]*\] $1> //p" | sort
}
{
	for i in 1 2 3 4 5 6 7 8 9; do
		for j in 0 1 2 3 4 5 6 7 8 9; do
			echo "short $i$j"
		done
	done
	printf '%s\n' 'short last' 'long 1' 'long 4' 'long 8' 'long 9'
} | sort >"$dir/sent"
is "$(said client)" "$(cat "$dir/sent")" 'every record of the client is there, once'
is "$(said server)" "$(cat "$dir/sent")" 'every record of the server is there, once'
is "$(cat "$dir"/logs/one/a.log* | grep -c '^# session [0-9]* close')" 92 'and the end of every session'
like "$(cat "$dir/logs/one/a.log.3")" 'long 9' 'the long session has kept its file'
ok 'an empty log is not rotated' test ! -e "$dir/logs/two/a.log.2"
rotate -f
finish
