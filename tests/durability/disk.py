"""What a traced server's files would be after a power loss: what it synced, and any part of the rest."""

import ast
import dataclasses
import os
import pathlib
import re

SECTOR = 512


@dataclasses.dataclass(eq=False)
class File:
    """Contents that are safe, and changes that are not: `(end, offset, bytes)`, or `(end, size, None)` for a new size."""

    safe: bytearray = dataclasses.field(default_factory=bytearray)
    pending: list = dataclasses.field(default_factory=list)
    size: int = 0

    def change(self, end, offset, data):
        self.pending.append((end, offset, data))
        self.size = offset if data is None else max(self.size, offset + len(data))

    def sync(self, start):
        """A sync that began at `start` covers what was there by then."""
        for end, offset, data in self.pending:
            if end < start:
                applied(self.safe, offset, data)
        self.pending = [change for change in self.pending if change[0] >= start]

    def after_loss(self, chance, share):
        """Contents of which each unsafe change has arrived, or part of it, or nothing."""
        content = bytearray(self.safe)
        for _, offset, data in self.pending:
            if chance.random() >= share:
                continue
            if data and chance.random() < 0.3:
                data = data[: chance.randrange(len(data) + 1) // SECTOR * SECTOR]
            applied(content, offset, data)
        return content


def applied(content, offset, data):
    if data is None:
        del content[offset:]
    size = offset + len(data or b"")
    content.extend(bytes(max(0, size - len(content))))
    content[offset:size] = data or b""


class Disk:
    """Follows the calls of a server in its data folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        # Names as programs see them and as they are safe; folders have `None` for a file.
        self.names, self.safe_names, self.pending_names = {}, {}, []
        self.handles = {}

    def follow(self, call):
        if call.result < 0:
            return
        step = getattr(self, f"on_{call.name}", None)
        if step:
            step(call)

    def inside(self, path):
        path = pathlib.Path(os.path.normpath(path))
        return path if path == self.folder or self.folder in path.parents else None

    def rename_in(self, *changes):
        """Names that change as one: `(path, file)`, or `(path, Ellipsis)` for one that goes."""
        self.pending_names.append(changes)
        self.apply_names(self.names, changes)

    @staticmethod
    def apply_names(names, changes):
        for path, file in changes:
            if file is ...:
                names.pop(path, None)
            else:
                names[path] = file

    def strings(self, call):
        return [ast.literal_eval(f'b"{text}"').decode() for text in re.findall(r'"((?:[^"\\]|\\.)*)"', call.arguments)]

    def paths(self, call):
        """The paths a call names, those relative to a folder's handle included; `None` for one outside."""
        folders = re.findall(r'(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, "', call.arguments)
        strings = self.strings(call)
        folders = folders if len(folders) == len(strings) else [""] * len(strings)
        return [self.inside(os.path.join(folder, text)) for folder, text in zip(folders, strings)]

    def on_openat(self, call):
        (path,) = self.paths(call)
        if not path or "O_DIRECTORY" in call.arguments or self.names.get(path, ...) is None:
            self.handles[call.result] = (path, 0)
            return
        file = self.names.get(path)
        if not file:
            file = File()
            self.rename_in((path, file))
        if "O_TRUNC" in call.arguments and file.size:
            file.change(call.end, 0, None)
        self.handles[call.result] = (file, file.size if "O_APPEND" in call.arguments else 0)

    def on_close(self, call):
        self.handles.pop(call.handle[0], None)

    def file(self, call):
        """The file of a call's handle, if it is one of the folder."""
        file, _ = self.handles.get(call.handle[0], (None, 0))
        return file if isinstance(file, File) and self.inside(call.handle[1] or "/") else None

    def on_write(self, call):
        file = self.file(call)
        if file:
            _, offset = self.handles[call.handle[0]]
            data = call.data()[: call.result]
            file.change(call.end, offset, data)
            self.handles[call.handle[0]] = (file, offset + len(data))

    on_writev = on_write

    def on_pwrite64(self, call):
        file = self.file(call)
        if file:
            file.change(call.end, int(call.arguments.rsplit(", ", 1)[1]), call.data()[: call.result])

    def on_lseek(self, call):
        file = self.file(call)
        if file:
            self.handles[call.handle[0]] = (file, call.result)

    def on_ftruncate(self, call):
        file = self.file(call)
        if file:
            file.change(call.end, int(call.arguments.rsplit(", ", 1)[1]), None)

    def on_fallocate(self, call):
        file = self.file(call)
        if file:
            _, mode, offset, length = call.arguments.rsplit(", ", 3)
            assert mode == "0", call
            if int(offset) + int(length) > file.size:
                file.change(call.end, int(offset) + int(length), None)

    def on_fsync(self, call):
        handle, _ = self.handles.get(call.handle[0], (None, 0))
        if isinstance(handle, File):
            handle.sync(call.start)
        elif handle:
            # Order is kept, so that all before the last change in this folder is safe with it.
            last = max(
                (number for number, changes in enumerate(self.pending_names) if any(path.parent == handle for path, _ in changes)),
                default=-1,
            )
            for changes in self.pending_names[: last + 1]:
                self.apply_names(self.safe_names, changes)
            del self.pending_names[: last + 1]

    on_fdatasync = on_fsync

    def on_mkdir(self, call):
        (path,) = self.paths(call)
        if path:
            self.rename_in((path, None))

    on_mkdirat = on_mkdir

    def on_unlink(self, call):
        (path,) = self.paths(call)
        if path:
            self.rename_in((path, ...))

    on_unlinkat = on_rmdir = on_unlink

    def on_rename(self, call):
        old, new = self.paths(call)
        if old and new:
            moved = [(path, file) for path, file in self.names.items() if path == old or old in path.parents]
            self.rename_in(
                *((path, ...) for path, _ in moved), *((new / path.relative_to(old), file) for path, file in moved)
            )

    on_renameat = on_renameat2 = on_rename

    def on_mmap(self, call):
        if "PROT_WRITE" in call.arguments and "MAP_SHARED" in call.arguments and str(self.folder) in call.arguments:
            raise NotImplementedError(f"writes through memory are not seen: {call}")

    def unknown(self, call):
        if re.search(rf"<{re.escape(str(self.folder))}", call.arguments):
            raise NotImplementedError(f"not followed: {call}")

    on_pwritev = on_pwritev2 = on_copy_file_range = on_sendfile = on_splice = on_link = on_linkat = unknown
    on_dup = on_dup2 = on_dup3 = unknown

    def lose_power(self, into, chance):
        """Writes what a power loss now may leave to a folder."""
        # Nothing that was not synced, all of it, or some.
        share = chance.choice([0, 0, 1, chance.random()])
        names = dict(self.safe_names)
        kept = chance.choice([0, len(self.pending_names), chance.randint(0, len(self.pending_names))])
        for changes in self.pending_names[:kept]:
            self.apply_names(names, changes)
        into = pathlib.Path(into)
        into.mkdir(exist_ok=True)
        for path, file in sorted(names.items(), key=lambda entry: entry[0]):
            path = into / path.relative_to(self.folder)
            if file is None:
                path.mkdir(parents=True, exist_ok=True)
            else:
                # A safe name in a folder whose own name is not safe cannot be reached.
                if path.parent.is_dir():
                    path.write_bytes(file.after_loss(chance, share))
        return f"{share:.2f} of unsynced writes, {kept} of {len(self.pending_names)} unsynced names"
