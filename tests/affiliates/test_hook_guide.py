"""The guide's snippets check signatures as we make them: in Python, PHP and JavaScript."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from affiliates.domain.sending import signature

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "webhooks.md").read_text()
AT = 1_767_225_600
BODY = b'{"id":"1","type":"ping","said":"\xc3\xa9t\xc3\xa9"}'
GOOD = signature(["whsec_new", "whsec_old"], timestamp=AT, body=BODY)
#: header, body, secret, now, is it ours
ASKED = [
    (GOOD, BODY.decode(), "whsec_new", AT, True),
    (GOOD, BODY.decode(), "whsec_old", AT + 299, True),
    (GOOD, BODY.decode(), "whsec_new", AT - 299, True),
    (GOOD, BODY.decode(), "whsec_other", AT, False),
    (GOOD, BODY.decode() + " ", "whsec_new", AT, False),
    (GOOD, BODY.decode(), "whsec_new", AT + 301, False),
    (GOOD, BODY.decode(), "whsec_new", AT - 301, False),
    (GOOD.replace(f"t={AT}", f"t={AT + 1}"), BODY.decode(), "whsec_new", AT, False),
    (GOOD.split(",")[0], BODY.decode(), "whsec_new", AT, False),
    ("", BODY.decode(), "whsec_new", AT, False),
    ("t=x,v1=y", BODY.decode(), "whsec_new", AT, False),
    ("v1", BODY.decode(), "whsec_new", AT, False),
    (
        "t=1767225600,v1=3040c79580e2e4df44f93e2d8d602bbf6be8fe84f0451fcfa7dec07dfbe7e1ca",
        '{"id":"1","type":"ping"}', "whsec_test", AT, True,
    ),
]  # fmt: skip


def snippet(language):
    return re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[1]


def answers(command, code, tmp_path, suffix):
    if shutil.which(command) is None:
        pytest.skip(f"no {command} on this machine")
    file = tmp_path / f"check.{suffix}"
    file.write_text(code)
    asked = json.dumps([row[:4] for row in ASKED])
    done = subprocess.run(
        [command, file], input=asked, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


EXPECTED = [row[4] for row in ASKED]


def test_python():
    space = {}
    exec(snippet("python"), space)  # noqa: S102 - our own guide
    check = space["is_from_apport"]
    said = [check(header, body.encode(), secret, now) for header, body, secret, now, _ in ASKED]
    assert said == EXPECTED


def test_php(tmp_path):
    code = f"""<?php
{snippet("php")}
$said = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $one) {{
    $said[] = is_from_apport(...$one);
}}
echo json_encode($said);
"""
    assert answers("php", code, tmp_path, "php") == EXPECTED


def test_node(tmp_path):
    code = f"""
{snippet("javascript")}
const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map((one) => isFromApport(...one))));
"""
    assert answers("node", code, tmp_path, "cjs") == EXPECTED
