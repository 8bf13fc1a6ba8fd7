"""Reads clusters and VPCs of several regions and accounts at once: what cannot be read is told, the rest goes on."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from planner.cli import streams
from planner.cli.exits import CliError
from planner.cli.live import NO_REGION, Live
from planner.design import Unknown
from planner.diagnostics import printable
from planner.observe.raw import Raw

if TYPE_CHECKING:
    from boto3.session import Session

    from planner.observe.calls import Calls

S = TypeVar("S")
T = TypeVar("T")

MOST = 32
"""Threads of a run that read clusters and VPCs, however many accounts there are."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read from AWS, and as whom."""

    clusters: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    everything: bool = False
    regions: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    external_id: str | None = None
    timeout: int | None = None
    max_time: int | None = None
    concurrency: int = 4
    """Clusters and VPCs of one account that are read at the same time."""
    keep: str | None = None
    """Folder of snapshots: what is there is not read again, what is read is put there."""

    @property
    def wanted(self) -> bool:
        """Whether anything live is meant."""
        return bool(self.clusters or self.vpcs or self.everything)


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read: the call that failed, and why."""

    what: str
    call: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A region as one account sees it."""

    session: Session
    region: str
    name: str
    """For people: profile and role, where there are several, and the region."""
    account: str = ""


@dataclass(frozen=True, slots=True)
class _Target:
    place: _Place
    cluster: str = ""
    vpc: str = ""

    @property
    def name(self) -> str:
        what = f"cluster {self.cluster}" if self.cluster else self.vpc
        return f"{what} in {self.place.name}"


@dataclass
class Reader:
    """Reads everything that was asked for, into ``raws`` and ``unread``, in the order of the question."""

    asked: Reading
    raws: list[Raw] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    until: float | None = None
    _turns: dict[str, threading.Semaphore] = field(default_factory=dict)

    def read(self) -> None:
        """Raises CliError for a wrong question; what AWS does not answer goes into ``unread``."""
        asked = self.asked
        self.until = time.monotonic() + asked.max_time if asked.max_time else None
        self._turns = defaultdict(lambda: threading.Semaphore(asked.concurrency))
        places = self._places()
        self._read([_Target(place, cluster=one) for place in places for one in asked.clusters])
        self._read([_Target(place, vpc=one) for place in places for one in asked.vpcs])
        if not asked.everything:
            return
        from planner.observe import find

        self._read([_Target(place, cluster=one) for place, one in self._listed(places, find.clusters)])
        # a VPC that a cluster was read with is judged with it
        seen = {(raw.account, raw.region, _vpc_of(raw)) for raw in self.raws}
        tagged = self._listed(places, find.tagged_vpcs)
        alone = [(place, one) for place, one in tagged if (place.account, place.region, one) not in seen]
        self._read([_Target(place, vpc=one) for place, one in alone])

    def _places(self) -> list[_Place]:
        """A place for each account and region. An account that cannot be entered is told."""
        from planner.observe.find import account

        asked, places = self.asked, []
        several = len(asked.profiles) > 1 or len(asked.roles) > 1
        for profile, role in itertools.product(asked.profiles or (None,), asked.roles or (None,)):
            who = [one for one in (profile, role) if one and several]
            for region in asked.regions or (None,):
                try:
                    session = Live(None, region, profile, role, asked.external_id, asked.timeout).session()
                except CliError as error:
                    if str(error) == NO_REGION:
                        raise
                    self._fail(" ".join([*who, region or ""]).strip() or "AWS", "sts:AssumeRole", str(error))
                    continue
                places.append(_Place(session, session.region_name, " ".join([*who, session.region_name])))
        return _at_once(places, lambda one: replace(one, account=account(self._calls(one))))

    def _calls(self, place: _Place) -> Calls:
        from planner.observe.calls import Calls

        return Calls(place.session, Raw(place.region, ""), until=self.until)

    def _listed(
        self, places: list[_Place], find: Callable[[Calls], tuple[str, ...] | Unknown]
    ) -> list[tuple[_Place, str]]:
        """What there is in every place. A place that does not say is told."""
        found: list[tuple[_Place, str]] = []
        for place, names in zip(places, _at_once(places, lambda one: find(self._calls(one))), strict=True):
            if isinstance(names, Unknown):
                self._fail(place.name, names.call, names.reason)
            else:
                found += [(place, one) for one in names]
        return found

    def _read(self, targets: list[_Target]) -> None:
        for target, found in zip(targets, _at_once(targets, self._one), strict=True):
            if isinstance(found, Unknown):
                self._fail(target.name, found.call, found.reason)
            else:
                self.raws.append(found)

    def _one(self, target: _Target) -> Raw | Unknown:
        """Everything about a cluster or VPC, without secrets; or why there is nothing."""
        from botocore.exceptions import BotoCoreError

        from planner.cli.writing import write_text
        from planner.observe.collect import collect, collect_vpc
        from planner.observe.secrets import without_secrets
        from planner.observe.snapshot import write_snapshot

        place = target.place
        kept = self._kept(target)
        if kept is not None and kept.exists():
            return _again(kept)
        with self._turns[place.account or place.name]:
            streams.note(printable(f"reading {target.name}"))
            try:
                if target.cluster:
                    raw = collect(place.session, place.region, target.cluster, until=self.until)
                else:
                    raw = collect_vpc(place.session, place.region, target.vpc, until=self.until)
            except BotoCoreError as error:  # no credentials, no such region
                return Unknown("AWS", str(error))
        needed = ("eks:DescribeCluster",) if target.cluster else ()
        for call in (*needed, "ec2:DescribeVpcs", "ec2:DescribeSubnets"):
            missing = raw.get(call)
            if isinstance(missing, Unknown):
                return missing
        taken = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        clean = without_secrets(replace(raw, account=place.account, taken=taken))
        if kept is not None and not self._late():
            write_text(write_snapshot(clean), kept)
        return clean

    def _kept(self, target: _Target) -> Path | None:
        """The file of a snapshot that is kept; None where none shall be. Raises CliError without the folder."""
        if self.asked.keep is None:
            return None
        folder = Path(self.asked.keep)
        if not folder.is_dir():
            raise CliError(f"--keep {folder}: is no folder; make it first")
        parts = filter(None, (target.place.account, target.place.region, target.cluster or target.vpc))
        return folder / f"{re.sub(r'[^a-zA-Z0-9_.-]', '_', '-'.join(parts))}.snapshot.json"

    def _late(self) -> bool:
        """Whether time ran out while it was read, so that answers may be missing."""
        return self.until is not None and time.monotonic() >= self.until

    def _fail(self, what: str, call: str, reason: str) -> None:
        streams.note(printable(f"not read: {what}: {reason}"))
        self.unread.append(Unread(what, call, reason))


def _again(file: Path) -> Raw:
    """A snapshot that an earlier run kept. Raises CliError for a file that is none."""
    from planner.observe.snapshot import SnapshotError, read_snapshot

    try:
        raw = read_snapshot(file.read_bytes(), str(file))
    except (SnapshotError, OSError) as error:
        raise CliError(f"{error}; delete {file} to read it from AWS again") from None
    streams.note(printable(f"from {file}, of {raw.taken}"))
    return raw


def _vpc_of(raw: Raw) -> str:
    vpc = raw.get("ec2:DescribeVpcs")
    return "" if isinstance(vpc, Unknown) else str(vpc["VpcId"])


def _at_once(items: Iterable[S], work: Callable[[S], T]) -> list[T]:
    """The results of ``work`` in the order of the items, which run at the same time."""
    every = list(items)
    if len(every) < 2:
        return [work(one) for one in every]
    with ThreadPoolExecutor(min(MOST, len(every))) as pool:
        return list(pool.map(work, every))
