#!/bin/sh
# What cannot be started says why in one line, with status 1; in the background, too.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# fails REGEX ARGUMENT...
fails()
{
	words=$1
	shift
	for how in '' -d; do
		# shellcheck disable=SC2086	# empty is no argument
		run_tcpreen $how "$@"
		is "$status" 1 "status of: tcpreen $how $*"
		is "$(lines "$err")" 1 "lines on stderr of: tcpreen $how $*"
		like "$(cat "$err")" "^tcpreen: .*$words" "reason of: tcpreen $how $*"
		is "$(cat "$out")" '' "stdout of: tcpreen $how $*"
	done
}

fails 'host\.invalid: .' -s host.invalid 25
fails 'host\.invalid: .' -a host.invalid 25
fails 'host\.invalid: .' -c -a host.invalid 25 2525
fails '192\.0\.2\.1.*(assign|not available)' -a 192.0.2.1 25
fails '192\.0\.2\.1.*(assign|not available)' -l -s 192.0.2.1 0
serve open
fails "127\.0\.0\.1:$server_port: Address (already )?in use" -a 127.0.0.1 25 "$server_port"
fails "127\.0\.0\.1:$server_port: Address (already )?in use" -a 127.0.0.1 -l -s 127.0.0.1 "$server_port"
echo precious >"$dir/precious"
fails "$dir/missing/log: No such file or directory" -a 127.0.0.1 -o "$dir/precious" -o "$dir/missing/log" 25
is "$(cat "$dir/precious")" precious 'a start that fails leaves old logs alone'
fails "$dir/missing/?: No such file or directory" -a 127.0.0.1 -o "$dir/missing/%n" 25
fails "cannot create files in $dir/missing/: No such" -a 127.0.0.1 -o "$dir/missing/%c/%s/log" 25
fails "cannot open /?missing/log: No such file or directory" -a 127.0.0.1 -o missing/log 25
like "$(cat "$err")" ' /missing/log: ' '-d: names the path that it looked for'
fails "$dir: Is a directory" -a 127.0.0.1 -o "$dir" 25
fails "$dir/missing/socket: No such file or directory" -p tcp/unix 25 "$dir/missing/socket"
long=$dir/$(printf '%0200d' 0)
fails 'at most [0-9]+ bytes' -p unix/tcp "$long"
fails 'at most [0-9]+ bytes' -p tcp/unix 25 "$long"

# Descriptors for the logs alone
few=
for i in 1 2 3 4 5 6; do
	few="$few -o $dir/few.$i"
done
cat >"$dir/limited" <<'END'
#!/bin/sh
ulimit -n 16
exec "$@"
END
chmod +x "$dir/limited"
WRAPPER=$dir/limited
# shellcheck disable=SC2086	# a list
fails 'too many logs: with 16 descriptors, none are left for sessions' -a 127.0.0.1 $few 25
WRAPPER=

# A failure leaves nothing behind: neither an earlier log nor a socket's path.
echo precious >"$dir/precious"
run_tcpreen -a 127.0.0.1 -o "$dir/precious" 25 "$server_port"
is "$(cat "$dir/precious")" precious 'a log is not truncated when the port is in use'
run_tcpreen -p tcp/unix -o "$dir/missing/log" 25 "$dir/socket"
is "$status" 1 'a log that cannot be opened, found after the socket was made'
ok 'the socket is gone again' test ! -e "$dir/socket"
finish
