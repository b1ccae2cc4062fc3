#!/bin/sh
# The units for systemd: it has nothing to complain of, and few rights are left.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
units=../contrib/systemd
unlike "$(cat $units/tcpreen@.service)" '@[a-z]+@' 'all folders are filled in'
have systemd-analyze || skip 'needs systemd-analyze'
systemd-analyze --help 2>/dev/null | grep -q -e --threshold || skip 'needs systemd-analyze of 250 or later'

# A program and a page that are there, in place of the installed ones; no path has blanks.
mkdir "$dir/units"
ln -s "$TCPREEN" "$dir/tcpreen"
cp "${srcdir:-.}/$units/tcpreen@.socket" "$dir/units/"
sed "s|^ExecStart=[^ ]*|ExecStart=$dir/tcpreen|; s|^EnvironmentFile=.*|EnvironmentFile=/dev/null|" \
	$units/tcpreen@.service >"$dir/units/tcpreen@.service"
sed -i.before '/^Documentation=/d' "$dir"/units/tcpreen@.s*[et]
for unit in tcpreen@smtp.service tcpreen@2525.service tcpreen@2525.socket; do
	systemd-analyze verify "$dir/units/$unit" >"$dir/said" 2>&1 ||
		bad "systemd-analyze verify $unit: status $?" "$(cat "$dir/said")"
	is "$(grep -F "$dir/units" "$dir/said")" '' "what it says of $unit"
done

# Each right that is left weighs something, not the same in every version.
most=25
[ "${CI:-}" != true ] || most=19
systemd-analyze security --offline=yes --threshold=$most "$dir/units/tcpreen@smtp.service" >"$dir/said" 2>&1 ||
	bad "systemd-analyze security: above $most tenths" "$(cat "$dir/said")"
like "$(cat "$dir/said")" 'Overall exposure level .*: [0-9.]+ OK' 'what it says'
finish
