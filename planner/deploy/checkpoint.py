"""State files in a folder that a dead run, or a dead machine, left broken; and the copies that mend them.

With a backend of files Pulumi writes `.pulumi/stacks/PROJECT/STACK.json` beside a copy of the one before
(`.bak`), a copy after every run (`.pulumi/backups`), and the checkpoints of its history
(https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/diy/state.go). The file itself is written aside
and renamed; the attributes beside it (`.attrs`, of no use to Pulumi) are written in place
(https://github.com/google/go-cloud/blob/v0.45.0/blob/fileblob/attrs.go), and a run that is killed while it
does so leaves them empty: then Pulumi reads the state no more ("failed to load checkpoint: EOF"). So no
attributes are written (`place.quiet_url`), broken ones are put away, and a broken state is put back from
its newest whole copy. What is put away is kept beside it; nothing is deleted.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.deploy.errors import BrokenStateError, LockedError
from planner.deploy.locks import Lock, locks_in
from planner.deploy.place import PROJECT, Place

_ENDINGS = ("", ".gz", ".zst")
"""Pulumi compresses the state where it is told to; gzip can be looked into here, zstd cannot."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one stack in a backend of files; ``root`` is the backend's folder."""

    root: Path
    stack: str

    @property
    def _stacks(self) -> Path:
        return self.root / ".pulumi" / "stacks" / PROJECT

    @property
    def state(self) -> Path | None:
        """The state, which may be compressed: the one written last, as Pulumi chooses it."""
        there = [one for end in _ENDINGS if (one := self._stacks / f"{self.stack}.json{end}").is_file()]
        return max(there, key=lambda one: one.stat().st_mtime_ns, default=None)

    def attributes(self) -> Iterator[Path]:
        """Attributes beside what Pulumi reads to open the stack."""
        names = [f"{self.stack}.pulumi-tags", *(f"{self.stack}.json{end}" for end in _ENDINGS)]
        for read in (self.root / ".pulumi" / "meta.yaml", *map(self._stacks.joinpath, names)):
            if (attributes := read.with_name(f"{read.name}.attrs")).is_file():
                yield attributes

    def copies(self) -> Iterator[Path]:
        """Copies of the state, newest first: the one before, then those of ends of runs."""
        before = [one for end in _ENDINGS if (one := self._stacks / f"{self.stack}.json{end}.bak").is_file()]
        yield from sorted(before, key=lambda one: one.stat().st_mtime_ns, reverse=True)
        pulumi = self.root / ".pulumi"
        ended = [
            *(pulumi / "backups" / PROJECT / self.stack).glob(f"{self.stack}.*.json*"),
            *(pulumi / "history" / PROJECT / self.stack).glob(f"{self.stack}-*.checkpoint.json*"),
        ]
        whole = (one for one in ended if not one.name.endswith((".attrs", ".tmp")))
        yield from sorted(whole, key=_moment, reverse=True)

    def locks(self) -> tuple[Lock, ...]:
        """Who holds the stack."""
        return locks_in(self.root / ".pulumi" / "locks" / "organization" / PROJECT / self.stack)

    @property
    def behind(self) -> Path:
        """A file that is there from a mending until the next `up` has ended well."""
        return self._stacks / f"{self.stack}.mended"


def files_of(place: Place) -> Files | None:
    """The files of a place; None where its backend is no folder."""
    scheme, _, rest = place.backend.partition("://")
    if scheme != "file":
        return None
    folder = Path(rest.partition("?")[0]).expanduser()
    return Files(folder if folder.is_absolute() else (place.folder / folder), place.stack)


def locks_of(place: Place) -> tuple[Lock, ...]:
    """Who holds the stack of a place, as far as its backend is a folder."""
    files = files_of(place)
    return files.locks() if files is not None else ()


def is_behind(place: Place) -> bool:
    """Whether the state was put back from an older copy and no `up` has ended well since: what AWS
    has of the time between must be looked for by name and tag."""
    files = files_of(place)
    return files is not None and files.behind.exists()


def caught_up(place: Place) -> None:
    """An `up` ended well: the state knows everything again."""
    files = files_of(place)
    if files is not None:
        files.behind.unlink(missing_ok=True)


def mend(place: Place, *, unlock: bool, adopt: bool = False) -> tuple[str, ...]:
    """Put right what a dead run broke; returns what was done, in words.

    A full disk can leave the state and every copy broken; then ``adopt`` agrees to begin an empty one.
    Nothing is touched while a lock is held, but with ``unlock``, and never while the holder is seen to live.
    Raises LockedError then, where something is to be mended, and BrokenStateError where no copy is whole.
    """
    files = files_of(place)
    if files is None:
        return ()
    state = files.state
    torn = [one for one in files.attributes() if not _is_object(one)]
    broken = [state] if state is not None and _is_broken(state) else []
    if not torn and not broken:
        return ()
    _refuse_while_held((*broken, *torn)[0], files.locks(), unlock=unlock)
    return (*map(_without_attributes, torn), *(_put_back(files, one, adopt=adopt) for one in broken))


def _refuse_while_held(broken: Path, locks: tuple[Lock, ...], *, unlock: bool) -> None:
    holders = "; ".join(map(str, locks))
    if any(lock.living for lock in locks):
        raise LockedError(f"{broken} cannot be read, and the stack is held by {holders}: wait for its end, or end it")
    if locks and not unlock:
        raise LockedError(
            f"{broken} cannot be read, and the stack is held by {holders}. If that run is gone (its process was "
            "killed), run `eksplan up` with --unlock, which mends the file too"
        )


def _without_attributes(attributes: Path) -> str:
    kept = _aside(attributes)
    attributes.rename(kept)
    return f"{attributes} was left half-written by a killed run; nothing needs it, and it is now called {kept.name}"


def _put_back(files: Files, state: Path, *, adopt: bool) -> str:
    size = state.stat().st_size
    how = f"not whole ({size} bytes)" if size else "empty"
    same = (one for one in files.copies() if _compression(one) == _compression(state))
    copy = next((one for one in same if not _is_broken(one)), None)
    if copy is None and adopt:
        kept = _aside(state)
        files.behind.write_text(f"{state.name} had no whole copy\n", "utf-8")
        state.rename(kept)
        return (
            f"{state} was {how}, and no copy of it is whole: it is kept as {kept.name}, the stack begins anew, and what "
            "was made is looked for by name and tag"
        )
    if copy is None:
        raise BrokenStateError(
            f"{state} is {how}, and no copy of it below {files.root} is whole. Put one back from a backup of your "
            "own; or run `eksplan up` with --adopt, which keeps the broken file aside and looks by name and tag for "
            "what was made"
        )
    kept, fresh = _aside(state), state.with_name(f"{state.name}.new")
    shutil.copyfile(state, kept)
    shutil.copyfile(copy, fresh)
    files.behind.write_text(f"{state.name} was put back from {copy}\n", "utf-8")
    fresh.replace(state)  # never a moment without a state: Pulumi would begin an empty one
    return (
        f"{state} was {how}: put back from {copy.relative_to(files.root)}; the broken one is kept as {kept.name}. "
        "`eksplan up` looks by name and tag for what was made after that copy"
    )


def _aside(file: Path) -> Path:
    """A name beside a broken file that nothing reads and nothing has."""
    names = (f"{file.name}.broken", *(f"{file.name}.broken-{number}" for number in range(2, 10_000)))
    return next(one for one in map(file.with_name, names) if not one.exists())


def _is_broken(file: Path) -> bool:
    """Whether a state cannot be read. What is compressed in a way that cannot be looked into counts as whole."""
    if _compression(file) == ".zst":
        return not file.stat().st_size
    return not _is_object(file)


def _is_object(file: Path) -> bool:
    content = file.read_bytes()
    try:
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        return isinstance(json.loads(content), dict)
    except (OSError, EOFError, ValueError):
        return False


def _compression(file: Path) -> str:
    """How a state or a copy of it is compressed, by its name."""
    ending = Path(file.name.removesuffix(".bak")).suffix
    return ending if ending in _ENDINGS else ""


def _moment(copy: Path) -> int:
    """When a copy was made: the nanoseconds in its name."""
    digits = [part for part in copy.name.replace("-", ".").split(".") if part.isdigit()]
    return int(digits[-1]) if digits else 0
