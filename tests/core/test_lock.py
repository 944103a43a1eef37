"""The locks name exactly what is needed, each file of it by its hash (bin/lock)."""

import hashlib
import re
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core.supply_chain import pins

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements", "requirements-dev")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
#: Where we run: a package that none of these needs has nothing to do in a lock.
SYSTEMS = [
    {"sys_platform": system, "python_version": python, "python_full_version": f"{python}.0"}
    for system in ("linux", "darwin", "win32")
    for python in ("3.11", "3.14")
]


def required(file):
    """What a file of requirements asks for, and the files that it reads in."""
    for line in (ROOT / file).read_text().splitlines():
        said = line.partition("#")[0].strip()
        if said.startswith("-r "):
            yield from required(said[3:])
        elif said:
            yield Requirement(said)


def needs_of(requirement):
    """What a package that is installed here needs on any of the systems, with what was asked."""
    try:
        said = distribution(requirement.name).requires or []
    except PackageNotFoundError:  # For another system; what it needs shows there.
        return
    for one in map(Requirement, said):
        surroundings = [
            system | {"extra": extra}
            for system in SYSTEMS
            for extra in {"", *requirement.extras}
        ]  # fmt: skip
        if one.marker is None or any(map(one.marker.evaluate, surroundings)):
            yield one


def reached_from(requirements):
    seen, waiting = set(), list(requirements)
    while waiting:
        one = waiting.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key not in seen:
            seen.add(key)
            waiting += needs_of(one)
    return {name for name, _extras in seen}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_is_required_in_that_version(name):
    locked = pins(ROOT / f"{name}.lock")

    for one in required(f"{name}.txt"):
        assert str(one.specifier) == f"=={locked.get(canonicalize_name(one.name))}", one


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_all_that_is_needed_and_nothing_else(name):
    """After a change of a requirement: ``bin/lock``."""
    locked = pins(ROOT / f"{name}.lock")

    assert set(locked) == reached_from(required(f"{name}.txt"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_an_exact_version_and_hashes(name):
    lines = (ROOT / f"{name}.lock").read_text().splitlines()
    lines = [line for line in lines if not line.lstrip().startswith("#")]

    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if HASH.fullmatch(line):
            assert line.endswith("\\") == following.startswith(" "), line
        else:
            assert re.fullmatch(r"[a-z0-9-]+==[a-z0-9.]+( ; .+)? \\", line), line
            assert HASH.fullmatch(following), line


def test_tests_and_the_product_have_the_same_versions():
    product, everything = (pins(ROOT / f"{name}.lock") for name in LOCKS)

    assert product.items() <= everything.items()


def planted_wheel(folder):
    """A package that installs, if nobody asks for its hash."""
    file = folder / "planted-1.0-py3-none-any.whl"
    about = "planted-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("planted.py", "")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return file


@pytest.mark.parametrize("is_real", [True, False])
def test_a_file_of_another_hash_is_not_installed(tmp_path, is_real):
    digest = hashlib.sha256(planted_wheel(tmp_path).read_bytes()).hexdigest()
    lock = tmp_path / "some.lock"
    lock.write_text(f"planted==1.0 \\\n    --hash=sha256:{digest if is_real else '0' * 64}\n")
    uv = Path(sys.executable).with_name("uv")

    done = subprocess.run(
        [uv, "pip", "install", "--offline", "--no-index", "--no-cache", "--find-links", tmp_path,
         "--target", tmp_path / "there", "--require-hashes", "--requirement", lock],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode == 0) is is_real, done.stderr
    assert ("Hash mismatch" in done.stderr) is not is_real
    assert (tmp_path / "there" / "planted.py").exists() is is_real


def test_whatever_installs_asks_for_hashes():
    listed = [
        *(path for path in (ROOT / "bin").iterdir() if path.is_file()),
        *(ROOT / "docs" / "operations").glob("*file"),
        ROOT / ".ci" / "run",
    ]
    installs = [
        command
        for path in listed
        for command in path.read_text().replace("\\\n", "").splitlines()
        if "pip install" in command or '/pip" install' in command
    ]

    assert len(installs) == 4
    assert all("--require-hashes" in command for command in installs)
