"""What the guide tells people to type works as it stands there."""

import io
import re
import shlex
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "api.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def calls():
    """Every curl of the guide, as method, path and body."""
    for block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["curl"]:
                body = words[words.index("-d") + 1] if "-d" in words else None
                yield words[-1].removeprefix("$APPORT/"), body


def test_every_call_of_the_guide_is_answered(world, ada):
    asked = 0
    for path, body in calls():
        path = path.replace("<id>", str(world.payout.public_id))
        if body is not None:
            body = body.replace("https://shop.example.com", "https://shop.example")
        answer = ada.get(path) if body is None else ada.post(path, body)
        assert answer.status_code in {200, 201}, (path, answer.content)
        asked += 1
    assert asked >= 6


def test_the_program_of_the_guide_lists_the_sales(world, ada, monkeypatch, capsys):
    def urlopen(request):
        parts = urlsplit(request.full_url)
        answer = ada.client.get(
            f"{parts.path}?{parts.query}",
            headers={"authorization": request.get_header("Authorization")},
        )
        assert answer.status_code == 200, answer.content
        return io.BytesIO(answer.content)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setenv("APPORT", "https://partners.example.com/api/v1")
    monkeypatch.setenv("APPORT_KEY", ada.key)
    (program,) = blocks("python")

    exec(compile(program, "guide", "exec"), {})

    assert f"S-{world.approved.credit_id} " in capsys.readouterr().out
