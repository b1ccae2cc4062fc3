#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutants.py - plants small faults into a copy of src/, and sees whether the tests notice

Each fault is one line changed, of a kind that people make: a condition negated or
dropped, a comparison or a constant off by one, a call, an assignment or a flag
removed, two sides swapped; and those of the file "list" beside this one. For each,
the tests that run that line are run, cheapest first, until one fails. Which tests
run which lines is measured first, once, with gcov. What lived is printed, then the
lines that no test runs, then a table. Never touches the tree it was started for.

A change that makes the same machine code is no fault and does not count; nor does
one that does not compile.
"""
import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
CFLAGS = "-O2 -g0 -w"

# A session's process ends with _exit(), before which gcov would write nothing.
GCOV_EXIT = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>
void __gcov_dump(void);
__attribute__((weak)) void _exit(int status) { __gcov_dump(); for (;;) syscall(SYS_exit_group, status); }
"""

Mutant = collections.namedtuple("Mutant", "file line rule old new")


# The rules

def code_only(line):
    """The line with the insides of comments, strings and characters blanked out."""
    def blank(m):
        return m.group(0)[0] + " " * (len(m.group(0)) - 2) + m.group(0)[-1]
    line = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', blank, line)
    return re.sub(r"/\*.*?\*/|/\*.*", lambda m: " " * len(m.group(0)), line)


def condition(code):
    """Where the condition of an if or while stands that is whole in this line, or None."""
    m = re.search(r"\b(if|while) \(", code)
    if not m:
        return None
    depth = 1
    for i in range(m.end(), len(code)):
        depth += (code[i] == "(") - (code[i] == ")")
        if depth == 0:
            return m.end(), i
    return None


def parts(code, start, end, operator):
    """Pieces of code[start:end] between an operator that is not in parentheses."""
    found, depth, at, i = [], 0, start, start
    while i < end:
        depth += (code[i] == "(") - (code[i] == ")")
        if depth == 0 and code.startswith(operator, i):
            found.append((at, i))
            at = i + len(operator)
            i = at
        else:
            i += 1
    return found + [(at, end)]


SWAPS = [
    ("comparison", r"(?<=\S) < (?=\S)", " <= "), ("comparison", r" <= ", " < "),
    ("comparison", r"(?<=\S) > (?=\S)", " >= "), ("comparison", r" >= ", " > "),
    ("comparison", r" == ", " != "), ("comparison", r" != ", " == "),
    ("connective", r" && ", " || "), ("connective", r" \|\| ", " && "),
    ("arithmetic", r" \+ ", " - "), ("arithmetic", r" - ", " + "),
    ("arithmetic", r"\+\+", "--"), ("arithmetic", r" \+= ", " = "), ("arithmetic", r" -= ", " = "),
    ("side", r"\bCLIENT\b", "SERVER"), ("side", r"\bSERVER\b", "CLIENT"),
    ("side", r"\bOTHER\((\w+(?:->\w+)?)\)", r"\1"),
    ("value", r"\btrue\b", "false"), ("value", r"\bfalse\b", "true"),
    ("value", r"\breturn -1;", "return 0;"), ("value", r"\breturn NULL;", "return (void *)1;"),
    ("bit", r" & ", " | "),
]


def changes(line):
    """All (rule, changed line) of one line."""
    code = code_only(line)
    if code.lstrip().startswith(("#", "*", "/*", "extern ", "static const char", "struct ")):
        if not re.search(r"= ", code):
            return
    where = condition(code)
    if where:
        a, b = where
        yield "negated", line[:a] + "!(" + line[a:b] + ")" + line[b:]
        for operator in (" && ", " || "):
            pieces = parts(code, a, b, operator)
            for i in range(len(pieces) if len(pieces) > 1 else 0):
                kept = [line[x:y] for j, (x, y) in enumerate(pieces) if j != i]
                yield "dropped", line[:a] + operator.join(kept) + line[b:]
    for rule, pattern, to in SWAPS:
        for m in re.finditer(pattern, code):
            yield rule, line[:m.start()] + m.expand(to) + line[m.end():]
    for m in re.finditer(r"(?<![\w.\[\"'])(\d+)(?![\w.\"'])", code):
        yield "constant", line[:m.start()] + str(int(m.group(1)) + 1) + line[m.end():]
    for m in re.finditer(r"\b[A-Z][A-Z0-9_]+ \| ", code):
        yield "flag", line[:m.start()] + line[m.end():]
    for m in re.finditer(r" \| [A-Z][A-Z0-9_]+\b", code):
        yield "flag", line[:m.start()] + line[m.end():]
    if re.match(r"\t+[\w>.\[\]-]+\(.*\);\s*(/\*.*)?$", code.rstrip("\n")) and code.count("(") == code.count(")"):
        yield "call removed", re.match(r"\t+", line).group(0) + ";\n"
    if re.match(r"\t+[*\w][\w>.\[\]*&-]* [-+*/|&]?= .*;\s*$", code) and "for (" not in code:
        yield "assignment removed", re.match(r"\t+", line).group(0) + ";\n"
    if re.match(r"\t+(break|continue);", code):
        yield "jump removed", re.match(r"\t+", line).group(0) + ";\n"


def by_rule(source, file):
    lines = (source / file).read_text().splitlines(True)
    comment = False
    depth = 0
    for number, line in enumerate(lines, 1):
        inside = comment
        if not comment and line.lstrip().startswith("/*") and "*/" not in line:
            comment = True
        elif comment and "*/" in line:
            comment = False
            continue
        if inside or comment:
            continue
        if depth > 0 or "=" in line:
            seen = {line}
            for rule, new in changes(line):
                if new not in seen:
                    seen.add(new)
                    yield Mutant(file, number, rule, line, new)
        code = code_only(line)
        depth += code.count("{") - code.count("}")


def by_list(source):
    """FILE: OLD => NEW, a line each; OLD is a part of exactly one line of FILE."""
    path = HERE / "list"
    for text in path.read_text().splitlines() if path.exists() else []:
        if not text.strip() or text.startswith("#"):
            continue
        file, change = text.split(": ", 1)
        old, new = change.split(" =>", 1)
        lines = (source / "src" / file).read_text().splitlines(True)
        found = [(n, line) for n, line in enumerate(lines, 1) if old in line]
        if len(found) != 1:
            sys.exit(f"list: {text}: stands in {len(found)} lines")
        n, line = found[0]
        yield Mutant("src/" + file, n, "list", line, line.replace(old, new.lstrip(" "), 1))


# Trees

def run(command, where, **more):
    return subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", **more)


def must(command, where):
    done = run(command, where)
    if done.returncode != 0:
        sys.exit(f"mutants: {' '.join(command)}:\n{done.stdout[-3000:]}")
    return done.stdout


def copy_tree(source, to):
    names = must(["git", "ls-files", "-co", "--exclude-standard"], source).split("\n")
    for name in filter(None, names):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).exists():
            shutil.copy2(source / name, to / name)
    must(["autoreconf", "-i"], to)


def make(tree, *targets, flags=()):
    return run(["make", "-s", *flags, *targets], tree)


def tests_of(tree):
    """The tests of make check, in the order of Makefile.am."""
    return must(["make", "-s", "-C", "tests", "--eval",
                 "show-tests: ; @echo $(TESTS)", "show-tests"], tree).split()


class Tree:
    """A built copy in which one test at a time is run."""

    # A process namespace of its own: a fault may signal every process there is, or leave some;
    # and nothing of it outlives this program.
    alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]

    def __init__(self, path):
        self.path = path
        self.tmp = path / "tmp"
        tests = path / "tests"
        text = (tests / "Makefile.am").read_text()
        names = " ".join(re.findall(r"^check_PROGRAMS \+?= (.*)", text, re.M))
        self.helpers = [w for w in names.split() if not w.startswith("$")]
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        self.env.update(TCPREEN=str(path / "src/tcpreen"), srcdir=".", CI="",
                        TMPDIR=str(self.tmp))
        for name, value in re.findall(r"\b([A-Z_]+)='\$\(abs_builddir\)/([\w-]+)\$\(EXEEXT\)'", text):
            self.env[name] = str(tests / value)

    def build(self, test):
        """The program and what this test needs. Whether that could be built."""
        wanted = self.helpers if test.endswith(".sh") else [test]
        return make(self.path / "src", "all").returncode == 0 and \
            make(self.path / "tests", *wanted).returncode == 0

    def test(self, name, seconds):
        """Whether the test passes (True), fails (False) or is skipped (None)."""
        command = ["sh", "./" + name] if name.endswith(".sh") else ["./" + name]
        shutil.rmtree(self.tmp, ignore_errors=True)
        self.tmp.mkdir()
        self.tmp.chmod(0o1777)
        with subprocess.Popen(self.alone + command, cwd=self.path / "tests", env=self.env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True) as child:
            try:
                status = child.wait(seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                status = 1
        return None if status == 77 else status == 0


# Which test runs which line

def lines_run(tree):
    """{file: {lines}} that gcov counted since the last call; and all lines there are."""
    ran, there = collections.defaultdict(set), collections.defaultdict(set)
    notes = [str(p) for p in (tree / "src").glob("*.gcno")]
    run(["gcov", "--json-format", *notes], tree / "src")
    for path in (tree / "src").glob("*.gcov.json.gz"):
        with gzip.open(path) as f:
            data = json.load(f)
        path.unlink()
        for file in data["files"]:
            if not file["file"].startswith("/"):
                for line in file["lines"]:
                    there["src/" + file["file"]].add(line["line_number"])
                    if line["count"] > 0:
                        ran["src/" + file["file"]].add(line["line_number"])
    for path in (tree / "src").glob("*.gcda"):
        path.unlink()
    return ran, there


def measure(path, base, tests):
    os.umask(0)     # other users' processes write what gcov counts, too
    shutil.copytree(base, path, symlinks=True)
    (path / "gcov-exit.c").write_text(GCOV_EXIT)
    must(["gcc", "-c", "gcov-exit.c"], path)
    must(["./configure", "CFLAGS=-O0 -w --coverage"], path)
    flags = ["-j2", "LDFLAGS=--coverage", f"LIBS={path}/gcov-exit.o"]
    must(["make", "-s", *flags], path)
    must(["make", "-s", *flags, "-C", "tests", "check", "TESTS="], path)
    must(["chmod", "-R", "a+rwX", str(path)], path)
    tree = Tree(path)
    found, there = {}, {}
    lines_run(path)
    for test in tests:
        start = time.monotonic()
        passed = tree.test(test, 300)
        seconds = time.monotonic() - start
        ran, there = lines_run(path)
        if passed is False:
            print(f"mutants: {test} fails without a fault: not used", file=sys.stderr)
        elif passed:
            found[test] = {"seconds": seconds, "ran": {f: sorted(l) for f, l in ran.items()}}
    shutil.rmtree(path)
    return found, {f: sorted(l) for f, l in there.items()}


# Planting

class Planter:
    def __init__(self, work, base, options, coverage, there):
        self.options, self.coverage, self.there = options, coverage, there
        self.trees = []
        self.lock = threading.Lock()
        for i in range(options.jobs):
            path = work / f"tree{i}"
            shutil.copytree(base, path, symlinks=True)
            must(["./configure", f"CFLAGS={CFLAGS}"], path)
            must(["make", "-s"], path)
            must(["make", "-s", "-C", "tests", "check", "TESTS="], path)
            self.trees.append(Tree(path))

    def tests_for(self, m):
        if self.options.tests:
            return [(t, 20) for t in self.options.tests.split()]
        code = m.line in self.there.get(m.file, ())  # else a table: whoever runs the file may read it
        room = "test-" + pathlib.Path(m.file).stem.removeprefix("format-")
        rows = [(t, c["seconds"]) for t, c in self.coverage.items()
                if (m.line in c["ran"].get(m.file, ()) if code else c["ran"].get(m.file)) or
                t.startswith(room)]  # the system calls that a test makes up are gcov's, too
        rows.sort(key=lambda row: row[1])
        chosen, spent = [], 0
        for test, seconds in rows:
            if chosen and spent + seconds > self.options.seconds:
                break
            chosen.append((test, max(10, 4 * seconds)))
            spent += seconds
        return chosen

    def plant(self, m):
        """"same", "broken", "unrun", "lived", or the test that noticed."""
        tests = self.tests_for(m)
        if not tests:
            return "unrun"
        with self.lock:
            tree = self.trees.pop()
        try:
            return self.plant_in(tree, m, tests)
        finally:
            with self.lock:
                self.trees.append(tree)

    def plant_in(self, tree, m, tests):
        path = tree.path / m.file
        original = path.read_text()
        object_file = path.parent / (path.stem + ".o")
        before = object_file.read_bytes() if object_file.exists() else b""
        lines = original.splitlines(True)
        lines[m.line - 1] = m.new
        try:
            path.write_text("".join(lines))
            if make(tree.path / "src", path.stem + ".o").returncode != 0:
                return "broken"
            if object_file.read_bytes() == before:
                return "same"
            for test, seconds in tests:
                if not tree.build(test):
                    return "broken"
                if tree.test(test, seconds) is False:
                    return test
            return "lived"
        finally:
            path.write_text(original)
            make(tree.path / "src", "all")


def arguments():
    p = argparse.ArgumentParser(description="plants small faults, and sees what the tests notice")
    p.add_argument("--source", default=str(HERE.parent.parent), help="the checkout")
    p.add_argument("--files", default="", help="src files, with blanks between; all unless given")
    p.add_argument("--tests", default="", help="these tests, in this order, for each fault "
                   "(else those that run its line, by gcov)")
    p.add_argument("--count", type=int, default=200, help="faults by rule, drawn at random; 0: all")
    p.add_argument("--list", action="store_true", help="only the faults of the list")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--seconds", type=float, default=45, help="tests for a fault, without it")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--minutes", type=float, default=0, help="stop planting after; 0: never")
    return p.parse_args()


def report(results, there, coverage, files):
    table = collections.defaultdict(collections.Counter)
    for m, verdict in results:
        if verdict not in ("same", "broken"):
            table[m.file]["planted"] += 1
            table[m.file]["noticed"] += verdict not in ("lived", "unrun")
    if coverage:
        print("\nLines that no test runs:")
        for file in files:
            ran = set().union(*(c["ran"].get(file, ()) for c in coverage.values()))
            missing = [n for n in there.get(file, ()) if n not in ran]
            if missing:
                print(f"  {file}: {' '.join(map(str, missing))}")
    print("\nfile                        planted  noticed")
    planted = noticed = 0
    for file, row in sorted(table.items()):
        print(f"{file:28}{row['planted']:7}{row['noticed']:9}  {100 * row['noticed'] // row['planted']} %")
        planted += row["planted"]
        noticed += row["noticed"]
    print(f"{'all':28}{planted:7}{noticed:9}  {100 * noticed // max(planted, 1)} %")
    return planted, noticed


def main():
    options = arguments()
    source = pathlib.Path(options.source).resolve()
    files = ["src/" + os.path.basename(f) for f in options.files.split()] or \
        sorted("src/" + p.name for p in (source / "src").glob("*.c"))
    chosen = [m for file in files for m in by_rule(source, file)]
    random.Random(options.seed).shuffle(chosen)
    if options.count:
        chosen = chosen[:options.count]
    if options.list:
        chosen = []
    chosen = [m for m in by_list(source) if m.file in files] + chosen
    if run(Tree.alone + ["true"], "/").returncode != 0:
        sys.exit("mutants: unshare: this needs root, for a fault may signal every process")
    work = pathlib.Path(tempfile.mkdtemp(prefix="mutants."))
    work.chmod(0o755)
    try:
        base = work / "base"
        base.mkdir()
        copy_tree(source, base)
        coverage, there = {}, {}
        if not options.tests:
            must(["./configure"], base)
            tests = tests_of(base)
            make(base, "distclean")
            coverage, there = measure(work / "gcov", base, tests)
            total = sum(c["seconds"] for c in coverage.values())
            print(f"{len(coverage)} tests, {total:.0f} s with gcov, one after the other")
        planter = Planter(work, base, options, coverage, there)
        end = time.monotonic() + options.minutes * 60 if options.minutes else float("inf")
        results = []

        def one(m):
            return (m, planter.plant(m)) if time.monotonic() < end else None

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for result in pool.map(one, chosen):
                if result is None:
                    continue
                results.append(result)
                m, verdict = result
                if verdict in ("lived", "unrun"):
                    word = "lived" if verdict == "lived" else "no test runs it"
                    print(f"{m.file}:{m.line}: {word} ({m.rule})\n"
                          f"    - {m.old.strip()}\n    + {m.new.strip()}", flush=True)
        planted, noticed = report(results, there, coverage, files)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0 if noticed * 10 >= planted * 9 else 1


if __name__ == "__main__":
    sys.exit(main())
