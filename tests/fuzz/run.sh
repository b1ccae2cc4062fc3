#!/bin/sh
# run.sh - the fuzzers: fuzz-NAME.c, each beginning with what is in corpus/NAME
#
# Usage: run.sh SECONDS [NAME]. The seconds are shared among the fuzzers (or are
# NAME's alone); compiling takes its time beside. Needs clang and its libFuzzer.
# Leaves nothing in the tree but what ./bootstrap makes, should it be missing.
# An input that breaks something is printed, and the status is 1.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	echo "usage: ${0##*/} SECONDS [NAME]" >&2
	exit 2
fi
cd "$(dirname "$0")/../.."
fuzz=tests/fuzz
seconds=$1
names=${2:-}
CLANG=${CLANG:-clang}
if [ -z "$names" ]; then
	for source in "$fuzz"/fuzz-*.c; do
		name=${source##*/fuzz-}
		names="$names ${name%.c}"
	done
fi
command -v "$CLANG" >/dev/null || {
	echo "${0##*/}: needs clang" >&2
	exit 1
}
[ -e config.h ] || ./bootstrap >/dev/null

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

compile()	# OUT ARGUMENT...
{
	object=$1
	shift
	"$CLANG" -std=c99 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -g -O1 -I. -Isrc -o "$object" "$@"
}

# The library, once for all of them.
for source in src/*.c; do
	[ "$source" = src/main.c ] || compile "$dir/$(basename "$source" .c).o" -c "$source"
done

# The input that broke something, to be read and to be made a test of.
show()	# FILE
{
	echo "${1##*/}, $(($(wc -c <"$1"))) bytes:"
	if command -v hexdump >/dev/null; then
		hexdump -Cv "$1"
	else
		od -A x -t x1 -v "$1"
	fi
}

# shellcheck disable=SC2086	# a list
set -- $names
each=$((seconds / $#))
[ "$each" -gt 0 ] || each=1
status=0
for name; do
	compile "$dir/fuzz-$name" "$fuzz/fuzz-$name.c" "$dir"/*.o
	mkdir "$dir/$name"
	cp "$fuzz/corpus/$name/"* "$dir/$name"
	if "$dir/fuzz-$name" -max_total_time="$each" -max_len=4096 -timeout=10 \
		-artifact_prefix="$dir/found-" "$dir/$name" >"$dir/log" 2>&1; then
		echo "$name: $(sed -n 's/^Done //p' "$dir/log"), nothing found"
		continue
	fi
	status=1
	echo "$name: something is wrong"
	grep -v '^#[0-9]' "$dir/log" | tail -n 60
	for found in "$dir"/found-*; do
		[ ! -e "$found" ] || show "$found"
	done
	rm -f "$dir"/found-*
done
exit "$status"
