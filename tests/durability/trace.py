"""The system calls of a server, in order, by strace."""

import ast
import dataclasses
import pathlib
import re
import shutil
import subprocess
import time

from service import Server

SYNCS = {"fsync", "fdatasync", "sync_file_range", "msync", "sync", "syncfs"}
WRITES = {"write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg"}
FILES = {
    "openat", "creat", "close", "lseek", "dup", "dup2", "dup3", "ftruncate", "fallocate", "copy_file_range", "sendfile",
    "splice", "mmap", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link",
    "linkat", "io_uring_setup",
}  # fmt: skip

UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+|\?)", re.S)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
HANDLE = re.compile(r"(\d+)<((?:[^>\\]|\\.|->)*)>")


@dataclasses.dataclass
class Call:
    """One call. `start` and `end` are its places in the trace: of two calls, the one that ended before the other started
    came before it."""

    start: int
    end: int
    name: str
    arguments: str
    result: int

    @property
    def handle(self):
        """Number and path of the file it is about."""
        found = HANDLE.match(self.arguments)
        return (int(found[1]), found[2]) if found else (None, None)

    def data(self):
        """The bytes it wrote."""
        return b"".join(ast.literal_eval(f'b"{text}"') for text in STRING.findall(self.arguments))


def available():
    """Whether strace is there and may trace."""
    return bool(shutil.which("strace")) and subprocess.run(["strace", "-o", "/dev/null", "true"]).returncode == 0


class TracedServer(Server):
    """A server under strace, which notes all that it writes, syncs, names and sends."""

    def __init__(self, trace, *args, **options):
        self.trace = pathlib.Path(trace)
        names = ",".join(f"?{name}" for name in sorted(SYNCS | WRITES | FILES))
        # -D: the tracer is the child, so that signals go to the server. Whole strings, and paths beside file numbers.
        under = ["strace", "-D", "-f", "-y", "-s", "100000000", "-o", self.trace, "-e", f"trace={names}", "-e", "signal=none"]
        super().__init__(*args, under=under, **options)

    def calls(self):
        """All calls, once the server has been stopped, in the order they ended in."""
        for _ in range(600):
            with open(self.trace, "rb") as file:
                file.seek(max(0, self.trace.stat().st_size - 200))
                if re.search(rb"\+\+\+ (exited|killed)[^\n]*\+\+\+\n$", file.read()):
                    break
            time.sleep(0.1)
        return list(parsed(self.trace))


def parsed(path):
    begun = {}
    with open(path, encoding="latin-1", newline="\n") as lines:
        for number, line in enumerate(lines):
            thread, _, text = line.rstrip("\n").partition(" ")
            text = text.lstrip()
            start = number
            if text.endswith(UNFINISHED):
                begun[thread] = (number, text.removesuffix(UNFINISHED))
                continue
            if resumed := RESUMED.match(text):
                start, head = begun.pop(thread)
                text = head + text[resumed.end() :]
            call = CALL.match(text)
            if call and call[3] != "?":
                yield Call(start, number, call[1], call[2], int(call[3]))
