"""Folders of this machine and of SFTP servers (rules FD1 to FD4)."""

import io

import paramiko
import pytest

from shop.connectors.api import ShopRefused, ShopUnreachable
from shop.connectors.contract import BadHeader, BadSignature, Context, Delivery
from shop.connectors.file_drop import CONNECTOR
from shop.connectors.file_drop.connector import place
from shop.connectors.file_drop.places import Dropped
from shop.connectors.packed import UnreadableFile
from shop.connectors.registry import connector
from tests.builders import NOW
from tests.doubles.shops.sftp import FakeSftp


@pytest.fixture
def root(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.fixture
def server(root):
    with FakeSftp(root) as running:
        yield running


@pytest.fixture(params=["folder", "sftp"])
def folder(request, root, settings):
    settings.SHOP_DROP_DIR = str(root)
    if request.param == "folder":
        yield place("", {"folder": "in"})
        return
    with FakeSftp(root) as running:
        found = opened(running)
        yield found
        found.close()


def opened(server, **changed):
    entered = {"folder": "in", "user": server.user, "password": server.password,
               "host_key": server.host_key, **changed}  # fmt: skip
    return place(server.address, entered)


def test_files_are_listed_fetched_written_moved_and_removed(folder, root):
    (root / "in" / "b.csv").write_bytes(b"two")
    (root / "in" / "a.csv").write_bytes(b"first" * 100_000)
    (root / "in" / ".hidden").write_bytes(b"")
    (root / "in" / "inside").mkdir()
    (root / "in" / "link.csv").symlink_to("/etc/hostname")

    assert list(folder.files()) == [
        Dropped(name="a.csv", size=500_000), Dropped(name="b.csv", size=3),
    ]  # fmt: skip
    into = io.BytesIO()
    folder.fetch("a.csv", into)
    assert into.getvalue() == b"first" * 100_000
    folder.write("b.csv", b"other")
    folder.move("b.csv", "done", "1-b.csv")
    folder.move("a.csv", "done", "1-a.csv")
    folder.remove("a.csv")

    assert (root / "in" / "done" / "1-b.csv").read_bytes() == b"other"
    assert list(folder.files()) == []


def test_a_file_that_is_larger_than_may_be_is_not_copied_whole(folder, root, settings):
    settings.SHOP_FILE_MOST_BYTES = 600_000
    (root / "in" / "a.csv").write_bytes(bytes(600_000))
    (root / "in" / "b.csv").write_bytes(bytes(900_000))

    folder.fetch("a.csv", io.BytesIO())
    into = io.BytesIO()
    with pytest.raises(UnreadableFile, match=r"larger than can be read: 0\.6 MB"):
        folder.fetch("b.csv", into)
    assert len(into.getvalue()) <= 600_000


def test_what_is_not_there_is_said(folder):
    with pytest.raises(ShopUnreachable):
        folder.fetch("no.csv", io.BytesIO())
    with pytest.raises(ShopUnreachable):
        folder.move("no.csv", "done", "no.csv")


@pytest.mark.parametrize("name", ["", ".", "..", "../in", "/etc", "in/..", ".in", "a/b", "x\n"])
def test_a_folder_of_this_machine_lies_below_the_one_of_the_settings(root, settings, name):
    settings.SHOP_DROP_DIR = str(root)

    with pytest.raises(ShopRefused, match="plain name"):
        place("", {"folder": name})


def test_a_link_out_of_the_folder_is_not_followed(root, settings, tmp_path_factory):
    settings.SHOP_DROP_DIR = str(root)
    (root / "out").symlink_to(tmp_path_factory.mktemp("elsewhere"))

    with pytest.raises(ShopRefused, match="plain name"):
        place("", {"folder": "out"})


def test_without_a_folder_in_the_settings_there_is_none(settings):
    settings.SHOP_DROP_DIR = ""

    with pytest.raises(ShopRefused, match="SHOP_DROP_DIR"):
        place("", {"folder": "in"})


def test_a_server_with_another_key_is_not_told_the_password(server):
    other = paramiko.ECDSAKey.generate()
    kinds = [f"ecdsa-sha2-nistp256 {other.get_base64()}"]
    rsa = paramiko.RSAKey.generate(2048)
    kinds.append(f"ssh-rsa {rsa.get_base64()}")

    for line in kinds:
        with pytest.raises((ShopRefused, ShopUnreachable)):
            opened(server, host_key=line)

    assert server.tried == []


@pytest.mark.parametrize("line", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "hello world", "ssh-x !!"])
def test_without_the_servers_key_nobody_is_called(server, line):
    with pytest.raises(ShopRefused, match="known|ssh-ed25519"):
        opened(server, host_key=line)

    assert server.tried == []


def test_a_line_of_known_hosts_is_a_key_too(server):
    opened(server, host_key=f"[127.0.0.1]:22 {server.host_key} comment").close()


def test_a_wrong_password_and_a_wrong_folder_are_said(server):
    with pytest.raises(ShopRefused, match="let us in"):
        opened(server, password="other")
    with pytest.raises(ShopUnreachable):
        opened(server, folder="nowhere")


def test_a_key_opens_it_as_well(root):
    key = paramiko.ECDSAKey.generate()
    text = io.StringIO()
    key.write_private_key(text)
    with FakeSftp(root, users_key=key) as server:
        opened(server, password="", private_key=text.getvalue()).close()
        with pytest.raises(ShopRefused, match="private key"):
            opened(server, password="", private_key="no key")


def test_nobody_there_and_a_machine_inside_are_said(server, settings):
    with pytest.raises(ShopUnreachable):
        place("sftp://127.0.0.1:1", {"host_key": server.host_key, "user": "x"})
    with pytest.raises(ShopRefused, match="sftp://"):
        place("https://127.0.0.1/", {"host_key": server.host_key})
    settings.SHOP_API_NETWORKS = []
    with pytest.raises(ShopRefused, match="not public"):
        opened(server)


def test_it_sends_nothing_and_has_no_api():
    with pytest.raises(BadSignature):
        CONNECTOR.check(Delivery({}, b""), secrets=["s"], now=NOW)
    with pytest.raises(BadHeader):
        CONNECTOR.arrival(Delivery({}, b""))
    context = Context(shop_code="atelier", currency="EUR")
    assert CONNECTOR.facts("x", b"", context).ignored
    assert CONNECTOR.poller("sftp://x", {}, context) is None
    assert connector("file_drop") is CONNECTOR
    secret = {field.name for field in CONNECTOR.fields if field.is_secret}
    assert secret == {"password", "private_key"}
