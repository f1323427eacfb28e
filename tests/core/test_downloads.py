"""A download is conditional, resumable and bounded, and never spoils the file we hold."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from levier.core import downloads
from levier.core.downloads import DownloadError, download

BODY = b"NoSIREN,RAISON_SOCIALE\n" * 5_000


class Handler(BaseHTTPRequestHandler):
    """Serves BODY with an ETag and ranges; `cut` drops the first transfer half way."""

    cut = False
    version = '"v1"'
    seen: list[str] = []

    def do_GET(self) -> None:
        type(self).seen.append(self.headers.get("Range") or self.headers.get("If-None-Match") or "")
        if self.path == "/absent":
            self.send_error(404)
            return
        if self.headers.get("If-None-Match") == '"v1"':
            self.send_response(304)
            self.end_headers()
            return
        if self.headers.get("If-Range") not in {None, type(self).version}:
            del self.headers["Range"]
        start = int((self.headers.get("Range") or "bytes=0-")[6:].rstrip("-"))
        self.send_response(206 if start else 200)
        self.send_header("ETag", type(self).version)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        if type(self).cut and not start:
            self.wfile.write(BODY[: len(BODY) // 2])
            return
        self.wfile.write(BODY[start:])

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(downloads.time, "sleep", lambda seconds: None)
    Handler.cut, Handler.version, Handler.seen = False, '"v1"', []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_second_download_only_asks(address: str, tmp_path: Path) -> None:
    first = download(f"{address}/ess.csv", tmp_path / "ess.csv")
    second = download(f"{address}/ess.csv", tmp_path / "ess.csv")
    assert (first.is_new, second.is_new) == (True, False)
    assert second.path.read_bytes() == BODY
    assert Handler.seen[-1] == '"v1"'


def test_a_cut_transfer_goes_on_where_it_stopped(address: str, tmp_path: Path) -> None:
    Handler.cut = True
    assert download(f"{address}/ess.csv", tmp_path / "ess.csv").path.read_bytes() == BODY
    assert Handler.seen[-1] == f"bytes={len(BODY) // 2}-"


def test_a_file_that_changed_meanwhile_is_taken_from_its_beginning(address: str, tmp_path: Path) -> None:
    Handler.cut = True
    download(f"{address}/ess.csv", tmp_path / "ess.csv")
    (tmp_path / "ess.csv.en-cours").write_bytes(b"le debut d'hier")
    (tmp_path / "ess.csv.en-cours.memoire").write_text(
        '{"etag": "\\"v1\\"", "last_modified": "", "sha256": ""}'
    )
    Handler.cut, Handler.version = False, '"v2"'
    assert download(f"{address}/ess.csv", tmp_path / "ess.csv").path.read_bytes() == BODY


def test_a_beginning_of_unknown_origin_is_not_gone_on_with(address: str, tmp_path: Path) -> None:
    (tmp_path / "ess.csv.en-cours").write_bytes(b"d'on ne sait quand")
    assert download(f"{address}/ess.csv", tmp_path / "ess.csv").path.read_bytes() == BODY


def test_a_folder_that_cannot_be_written_is_a_sentence(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloads, "_receive", full)
    with pytest.raises(DownloadError, match="vérifiez la place"):
        download(f"{address}/ess.csv", tmp_path / "ess.csv")


def test_an_absent_file_says_so_and_keeps_yesterdays(address: str, tmp_path: Path) -> None:
    (tmp_path / "ess.csv").write_bytes(b"hier")
    with pytest.raises(DownloadError, match=r"404.*hier restent"):
        download(f"{address}/absent", tmp_path / "ess.csv")
    assert (tmp_path / "ess.csv").read_bytes() == b"hier"


def test_a_file_too_large_is_refused_before_it_comes(address: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="trop gros"):
        download(f"{address}/ess.csv", tmp_path / "ess.csv", largest=1_000)
    assert not (tmp_path / "ess.csv").exists()


def test_no_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads.time, "sleep", lambda seconds: None)
    with pytest.raises(DownloadError, match="pas de réponse du serveur"):
        download("http://127.0.0.1:1/ess.csv", tmp_path / "ess.csv")


def test_only_https_leaves_the_machine(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="https"):
        download("http://exemple.invalid/ess.csv", tmp_path / "ess.csv")
