"""The table of docs/rules/teams.md, read as a person would."""

from pathlib import Path

from affiliates.domain.abilities import Ability, TeamRole

RULES = Path(__file__).parents[2] / "docs" / "rules" / "teams.md"
COLUMNS = (*TeamRole, "visitor")


def abilities_table():
    """Return, for each ability, which roles have it by the rules (E1)."""
    lines = RULES.read_text().split("**E2.**")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    assert rows[0][1 : len(TeamRole) + 1] == [one.value for one in TeamRole]
    return {
        Ability(name): {role for role, cell in zip(COLUMNS, cells, strict=True) if cell == "yes"}
        for name, *cells in rows[2:]
    }
