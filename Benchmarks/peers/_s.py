"""Anki syncing a collection shaped like a trading journal, with its own server, on loopback.

One JSON line for each step and run. Every step checks that the data arrived; one that did not fails the run.
What is timed is what a user waits for: the whole of Anki's sync call, login apart (it is done before).

Anki's server counts for what it is: it answers from a collection kept open, and does not fsync images.
"""

import argparse
import hashlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anki.collection
from anki.collection import Collection
from anki.sync_pb2 import SyncCollectionResponse
from support import HERE, CountingProxy, emit, log, memory_bytes, percentile

USERS = {"first": "SYNC_USER1", "second": "SYNC_USER2"}
CHANGED_COUNT = 100
NOOP_COUNT = 20
SECOND_USER_EVERY_SECONDS = 0.01
SECOND_USER_NOTES = 100
SERVER_STARTS_WITHIN_SECONDS = 30
IMAGES_SYNC_WITHIN_SECONDS = 300


# The collection


def read_trades(path):
    with open(path, encoding="utf-8") as file:
        columns = file.readline().rstrip("\n").split("\t")
        return columns, [line.rstrip("\n").split("\t") for line in file]


def build_collection(path, columns, trades):
    """One note for each trade, one field for each column; tags are Anki's own tags."""
    col = Collection(str(path))
    fields = [name for name in columns if name != "tags"]
    kind = col.models.new("Trade")
    for name in fields:
        col.models.add_field(kind, col.models.new_field(name))
    template = col.models.new_template("Card")
    template["qfmt"] = "{{id}} {{symbol}}"
    template["afmt"] = "{{note}}"
    col.models.add_template(kind, template)
    col.models.add(kind)
    kind = col.models.by_name("Trade")
    deck = col.decks.id("Journal")
    positions = [columns.index(name) for name in fields]
    tags = columns.index("tags")

    for start in range(0, len(trades), 5_000):
        requests = []
        for trade in trades[start : start + 5_000]:
            note = col.new_note(kind)
            note.fields = [trade[position] for position in positions]
            note.tags = trade[tags].split()
            requests.append(anki.collection.AddNoteRequest(note=note, deck_id=deck))
        col.add_notes(requests)
    col.close()


def cached_collection(work, trades_path):
    """Building takes longer than measuring, so the built file is kept, named by what it was built from."""
    name = hashlib.sha256(Path(trades_path).read_bytes()).hexdigest()[:16]
    made = work / f"anki-{name}.anki2"
    if not made.exists():
        columns, trades = read_trades(trades_path)
        log(f"building a collection of {len(trades)} notes")
        with tempfile.TemporaryDirectory(dir=work) as folder:
            building = Path(folder) / "collection.anki2"
            build_collection(building, columns, trades)
            building.rename(made)
    return made


# The server and its clients


class Server:
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = os.environ | {name: f"{user}:password" for user, name in USERS.items()}
        environment |= {
            "SYNC_BASE": str(self.folder), "SYNC_HOST": "127.0.0.1", "SYNC_PORT": str(self.port), "RUST_LOG": "error",
        }  # fmt: skip
        self.process = subprocess.Popen(
            ["strace","-f","-e","trace=fsync,fdatasync,sync_file_range","-o",".build/s/anki",sys.executable,"-m","anki.syncserver"], env=environment, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + SERVER_STARTS_WITHIN_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Anki's sync server did not start") from None
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Device:
    """One collection with a login."""

    def __init__(self, path, port, user="first"):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.col = Collection(str(path))
        self.auth = self.col.sync_login(user, "password", f"http://127.0.0.1:{port}/")

    def sync(self):
        outcome = self.col.sync_collection(self.auth, sync_media=False)
        if outcome.required != SyncCollectionResponse.NO_CHANGES:
            name = SyncCollectionResponse.ChangesRequired.Name(outcome.required)
            raise RuntimeError(f"expected an incremental sync, Anki wants {name}")

    def sync_whole(self, upload):
        outcome = self.col.sync_collection(self.auth, sync_media=False)
        wanted = SyncCollectionResponse.FULL_UPLOAD if upload else SyncCollectionResponse.FULL_DOWNLOAD
        if outcome.required not in (wanted, SyncCollectionResponse.FULL_SYNC):
            raise RuntimeError(f"expected a full sync, Anki wants {outcome.required}")
        self.col.close_for_full_sync()
        self.col.full_upload_or_download(auth=self.auth, server_usn=None, upload=upload)
        self.col.reopen(after_full_sync=True)

    def sync_images(self):
        self.col.sync_media(self.auth)
        deadline = time.monotonic() + IMAGES_SYNC_WITHIN_SECONDS
        while self.col.media_sync_status().active:
            if time.monotonic() > deadline:
                raise RuntimeError("the images did not arrive in time")
            time.sleep(0.002)

    def note_texts(self):
        return self.col.db.all("select guid, flds, tags from notes order by guid")

    def close(self):
        self.col.close()


class Stopwatch:
    """Times one step and says what passed the proxy meanwhile."""

    def __init__(self, run, proxy):
        self.run, self.proxy = run, proxy

    def step(self, name, work, **more):
        self.proxy.counts()
        start = time.perf_counter()
        work()
        wall = time.perf_counter() - start
        emit(peer="anki", run=self.run, step=name, wall_s=wall, **self.proxy.counts(), **more)
        return wall

    def repeated(self, name, work, count):
        self.proxy.counts()
        walls = []
        for _ in range(count):
            start = time.perf_counter()
            work()
            walls.append(time.perf_counter() - start)
        each = {key: value / count for key, value in self.proxy.counts().items()}
        emit(peer="anki", run=self.run, step=name, wall_s=statistics.median(walls), samples=count, **each)


# The steps


def change(device, ids, suffix):
    """One field of each note, as a trader who writes an afterthought."""
    notes = [device.col.get_note(id) for id in ids]
    for note in notes:
        note["note"] = f"{note['note']} {suffix}"
    device.col.update_notes(notes)


def check_same(left, right, what):
    if left.note_texts() != right.note_texts():
        raise RuntimeError(f"the devices differ after {what}")


def measure_sync(run, made, folder, images):
    with Server(folder / "server") as server, CountingProxy(server.port) as proxy:
        watch = Stopwatch(run, proxy)
        (folder / "a").mkdir()
        shutil.copy(made, folder / "a" / "collection.anki2")
        a = Device(folder / "a" / "collection.anki2", proxy.port)
        b = Device(folder / "b" / "collection.anki2", proxy.port)

        watch.step("first_upload", lambda: a.sync_whole(upload=True))
        watch.step("fresh_device", lambda: b.sync_whole(upload=False))
        check_same(a, b, "the first download")

        ids = a.col.db.list("select id from notes order by id")
        every = max(1, len(ids) // CHANGED_COUNT)
        for name, chosen in ((f"changed_{CHANGED_COUNT}", ids[::every][:CHANGED_COUNT]), ("changed_1", ids[-1:])):
            change(a, chosen, f"after {name}")
            watch.step(f"{name}_push", a.sync)
            watch.step(f"{name}_pull", b.sync)
            check_same(a, b, name)

        # Anki stamps the server anew when one device pulls, so another's next sync looks at the changes once more.
        a.sync()
        watch.repeated("no_op", a.sync, NOOP_COUNT)
        measure_images(watch, a, b, images)
        a.close()
        b.close()


def measure_images(watch, a, b, images):
    if not images:
        return
    for index, image in enumerate(images):
        a.col.media.write_data(f"chart-{index:04}.jpg", image)
    watch.step("images_up", a.sync_images, images=len(images))
    watch.step("images_down", b.sync_images, images=len(images))
    for index, image in enumerate(images):
        if (Path(b.col.media.dir()) / f"chart-{index:04}.jpg").read_bytes() != image:
            raise RuntimeError(f"image {index} arrived changed")


def measure_second_user(run, made, trades_path, folder):
    """The second user's no-ops while the first user's first upload runs, each in a process of its own.

    Nothing is counted here, so there is no proxy. Memory is the server's, at its highest, above what it had with
    two users signed in and nothing uploaded.
    """
    with Server(folder / "server") as server:
        (folder / "a").mkdir()
        shutil.copy(made, folder / "a" / "collection.anki2")
        a = Device(folder / "a" / "collection.anki2", server.port)
        idle = memory_bytes(server.process.pid)
        command = [
            sys.executable, __file__, "--trades", str(trades_path), "--second-user", str(folder / "c" / "collection.anki2"),
            "--port", str(server.port),
        ]  # fmt: skip
        other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if other.stdout.readline() != "ready\n":
            raise RuntimeError("the second user did not start")
        time.sleep(2)
        start = time.monotonic()
        a.sync_whole(upload=True)
        end = time.monotonic()
        out, _ = other.communicate()
        peak = memory_bytes(server.process.pid, "VmHWM")
        a.close()
        samples = [tuple(map(float, line.split())) for line in out.splitlines()]
        during = [took for due, took in samples if due < end and due + took > start]
        before = [took for due, took in samples if due + took <= start]
        emit(
            peer="anki", run=run, step="second_user_no_op", samples=len(during), first_upload_s=end - start,
            p50_s=percentile(during, 0.5), p99_s=percentile(during, 0.99), max_s=max(during),
            undisturbed_p50_s=percentile(before, 0.5), undisturbed_p99_s=percentile(before, 0.99),
            idle_bytes=idle, peak_bytes=peak, above_idle_bytes=peak - idle,
        )  # fmt: skip


def be_second_user(path, port, trades_path):
    """Sync every 10 ms until stdin ends; then print when each was due and how long after that it was done.

    Counting from when it was due, not from when it could begin, is what makes a stall of the server show up in
    every sync that waited behind it instead of in one.
    """
    columns, trades = read_trades(trades_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    build_collection(path, columns, trades[:SECOND_USER_NOTES])
    device = Device(path, port, "second")
    device.sync_whole(upload=True)
    device.sync()
    os.set_blocking(0, False)
    print("ready", flush=True)
    samples = []
    due, stop = time.monotonic(), None
    while stop is None or due < stop:
        time.sleep(max(0, due - time.monotonic()))
        device.sync()
        samples.append((due, time.monotonic() - due))
        due += SECOND_USER_EVERY_SECONDS
        if stop is None and sys.stdin.buffer.raw.read(1) is not None:
            stop = time.monotonic()  # those already due are still made
    device.close()
    for due, took in samples:
        print(due, took)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trades", type=Path, required=True, help="TSV of make_trades.py")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--image-bytes", type=int, default=200_000)
    parser.add_argument("--parts", nargs="+", choices=["sync", "second-user"], default=["sync", "second-user"])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--work", type=Path, default=HERE / ".build", help="where files are written: a real disk")
    parser.add_argument("--second-user", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()

    if options.second_user:
        return be_second_user(options.second_user, options.port, options.trades)
    options.work.mkdir(parents=True, exist_ok=True)
    made = cached_collection(options.work, options.trades)
    images = [os.urandom(options.image_bytes) for _ in range(options.images)]
    for run in range(1, options.runs + 1):
        if "sync" in options.parts:
            with tempfile.TemporaryDirectory(dir=options.work) as folder:
                measure_sync(run, made, Path(folder), images)
        if "second-user" in options.parts:
            with tempfile.TemporaryDirectory(dir=options.work) as folder:
                measure_second_user(run, made, options.trades, Path(folder))


if __name__ == "__main__":
    main()
