"""A scenario is checked completely before any work, and each failure is one typed line."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import toy_model

from voltcore.errors import (
    DuplicateKeyError,
    LimitError,
    MissingKeyError,
    ScenarioError,
    UnknownKeyError,
)
from voltcore.sim import load_scenario, parse_scenario
from voltcore.sim.scenario import parse_override, restore_scenario

BASE = toy_model.SCENARIO


def with_line(line: str, text: str = BASE) -> str:
    """The toy scenario with a line at its top level."""
    return text.replace('title = "a toy"', f'title = "a toy"\n{line}')


REFUSED = [
    # (text, class, code, field, part of the message)
    ("a = [1, 2", ScenarioError, "E201", "t.toml", "not valid TOML"),
    ("x = 1\ny = ?", ScenarioError, "E201", "t.toml line 2, column 5", "not valid TOML"),
    (with_line('s = "unterminated'), ScenarioError, "E201", "t.toml line 4", "not valid TOML"),
    (with_line("d = 2020-13-45"), ScenarioError, "E201", "t.toml line 4", "not valid TOML"),
    (BASE + "\n[volt]\n", DuplicateKeyError, "E204", "t.toml line ", "twice"),
    (with_line('title = "b"'), DuplicateKeyError, "E204", "t.toml line 4", "twice"),
    (with_line("x = {a = 1, a = 2}"), DuplicateKeyError, "E204", "t.toml line 4", "twice"),
    (with_line("tile = 1"), UnknownKeyError, "E202", "tile", "did you mean 'title'?"),
    (
        BASE.replace("target_leverage", "targt_leverage"),
        UnknownKeyError,
        "E202",
        "volt.targt_leverage",
        "did you mean 'target_leverage'?",
    ),
    (BASE.replace("[volt]", "[vault]"), UnknownKeyError, "E202", "vault", "is not a key"),
    (BASE.replace("start_price = 100", ""), MissingKeyError, "E203", "market.start_price", ""),
    (BASE.replace('kind = "toy"', ""), MissingKeyError, "E203", "kind", "is missing"),
    (BASE.replace('"toy"', '"tory"'), ScenarioError, "E206", "kind", "did you mean 'toy'?"),
    (BASE.replace('"toy"', "5"), ScenarioError, "E206", "kind", "5 is not one of"),
    (
        BASE.replace("-0.5 ", "-2.5 "),
        ScenarioError,
        "E206",
        "volt.target_leverage",
        "-2.5 is not in (-2, 0)",
    ),
    (
        BASE.replace("-0.5 ", '"-0.5" '),
        ScenarioError,
        "E206",
        "volt.target_leverage",
        "'-0.5' is text, not a number; write it without quotes",
    ),
    (
        BASE.replace("-0.5 ", "true "),
        ScenarioError,
        "E206",
        "volt.target_leverage",
        "True is true or false, not a number",
    ),
    (BASE.replace("-0.5 ", "nan "), ScenarioError, "E206", "volt.target_leverage", "not a finite"),
    (BASE.replace("-0.5 ", "-inf "), ScenarioError, "E206", "volt.target_leverage", "not a finite"),
    (BASE.replace("-0.5 ", "-1e999 "), ScenarioError, "E206", "volt.target_leverage", "finite"),
    (
        BASE.replace("= 100\n", "= 100.0\n", 1),
        ScenarioError,
        "E206",
        "market.start_price",
        "100.0 is a number, not an integer",
    ),
    (
        BASE.replace("= 100\n", "= 0\n", 1),
        ScenarioError,
        "E206",
        "market.start_price",
        "0 is not in [1, ∞)",
    ),
    (
        BASE.replace("= 100\n", "= 18446744073709551616\n", 1),
        ScenarioError,
        "E206",
        "market.start_price",
        "18446744073709551616 is outside the integers of TOML",
    ),
    (BASE.replace("= 100\n", "= " + "9" * 79 + "\n", 1), LimitError, "E205", "line 7", "79 digits"),
    (BASE.replace("= 100\n", "= " + "9" * 10**6 + "\n", 1), LimitError, "E205", "line 7", "digits"),
    (
        with_line("[[market]]\nstart_price = 1\n[unused]").replace("[market]\n", "", 1),
        ScenarioError,
        "E206",
        "market",
        "is an array, not a table",
    ),
    (
        BASE.replace("[volt]", "bands = [1, 2, -3]\n[volt]"),
        ScenarioError,
        "E206",
        "market.bands[2]",
        "-3 is not in [0, ∞)",
    ),
    (
        BASE.replace("[volt]", '[volt]\nexecution = "boook"'),
        ScenarioError,
        "E206",
        "volt.execution",
        "'boook' is not one of book, quoted; did you mean 'book'?",
    ),
    (
        BASE.replace("[volt]", '[volt]\nexecution = "book"\nhedge_ratio = 0'),
        ScenarioError,
        "E206",
        "volt.execution",
        "'book' needs a hedge",
    ),
    (BASE.replace("paths = 100", "paths = 0"), ScenarioError, "E206", "run.paths", "0 is not in"),
    (BASE.replace("paths = 100", "paths = 2020-01-01"), ScenarioError, "E206", "run.paths", ""),
    (with_line(f'title2 = "{"x" * 257}"'), LimitError, "E205", "title2", "257 characters"),
    (with_line("x = " + "[" * 33 + "]" * 33), LimitError, "E205", "line 4", "32 levels"),
    (with_line("x = " + "[" * 100_000), LimitError, "E205", "line 4", "32 levels"),
    (with_line("x = " + "{a=" * 100_000), LimitError, "E205", "line 4", "32 levels"),
    (with_line("x" + ".x" * 100_000 + " = 1"), LimitError, "E205", "line 4", "32 levels"),
    (with_line("[x" + ".x" * 100_000 + "]"), LimitError, "E205", "line 4", "32 levels"),
    (
        with_line("\n".join(f"x{i} = 1" for i in range(100_001))),
        LimitError,
        "E205",
        "scenario",
        "100,000 keys",
    ),
    (
        with_line("\n".join(f"[x{i}]" for i in range(100_001))),
        LimitError,
        "E205",
        "scenario",
        "100,000 keys",
    ),
]


@pytest.mark.parametrize(("text", "error", "code", "field", "part"), REFUSED)
def test_a_bad_scenario_is_refused_by_key_value_and_bound(
    text: str, error: type[ScenarioError], code: str, field: str, part: str
) -> None:
    begin = time.perf_counter()
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "t.toml")
    assert time.perf_counter() - begin < 2
    assert type(caught.value) is error
    assert caught.value.code == code
    assert caught.value.field is not None
    assert caught.value.field.startswith(field)
    message = str(caught.value)
    assert part in message
    assert len(message) <= 300
    assert "\n" not in message


ALLOWED = [
    BASE.replace("\n", "\r\n"),
    BASE.replace("-0.5 ", "-5e-1 "),
    BASE.replace("-0.5   # of equity", "-0.50"),
    BASE.replace("start_price = 100", "start_price = 1_00 # [[[[" + "[" * 100),
    BASE.replace("start_price = 100", "start_price = 0x64"),
    BASE.replace("[market]\nstart_price = 100", 'market = { "start_price" = 100 }').replace(
        "variants = 1\n\nmarket", "variants = 1\nmarket"
    ),
    BASE.replace("[volt]", "[volt]\nhedge_ratio = 10000"),
    with_line("# " + "x" * 10_000),
    with_line("# \"\"\" ''' " + '"'),
    BASE.replace('"a toy"', '"""another [[[ title"""'),
    BASE.replace('"a toy"', "'[{=.'"),
    BASE.replace("paths = 100", "paths = 5\nseed = 8"),
]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_does_not_change_a_path_does_not_change_the_digest(text: str) -> None:
    assert parse_scenario(text).digest == parse_scenario(BASE).digest


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace("-0.5 ", "-0.51 "),
        BASE.replace("start_price = 100", "start_price = 101"),
        with_line("steps = 6"),
        BASE.replace("[volt]", "[volt]\nhedge_ratio = 9999"),
    ],
)
def test_what_changes_a_path_changes_the_digest(text: str) -> None:
    assert parse_scenario(text).digest != parse_scenario(BASE).digest


def test_the_order_of_keys_and_tables_does_not_change_the_digest() -> None:
    text = """
[volt]
target_leverage = -0.5
[run]
traces = 10
[market]
start_price = 100
""".replace("[volt]", 'variants = 1\nkind = "toy"\n[volt]', 1)
    assert parse_scenario(text).digest == parse_scenario(BASE).digest


def test_random_damage_gives_a_typed_error_or_a_valid_scenario() -> None:
    generator = random.Random(7)
    data = bytearray(BASE.encode())
    valid = 0
    refused = 0
    for _ in range(2000):
        damaged = bytearray(data)
        for _ in range(generator.randint(1, 4)):
            at = generator.randrange(len(damaged))
            choice = generator.randrange(4)
            if choice == 0:
                damaged[at] = generator.randrange(256)
            elif choice == 1:
                del damaged[at : at + generator.randint(1, 30)]
            elif choice == 2:
                damaged[at:at] = bytes(generator.choices(b"[]{}=.\"'#\n-_eE9", k=3))
            else:
                start = generator.randrange(len(damaged))
                damaged[at:at] = damaged[start : start + 20]
        try:
            text = damaged.decode()
        except UnicodeDecodeError:
            continue
        # Either outcome is right; any other exception is not.
        try:
            parse_scenario(text)
            valid += 1
        except ScenarioError:
            refused += 1
    assert valid > 20
    assert refused > 1000


def test_every_default_is_filled_in_and_every_setting_listed(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(BASE)
    scenario = load_scenario(path)
    rows = {row.key: row for row in scenario.rows()}
    assert scenario.name == "mine"
    assert rows["volt.target_leverage"].value == -0.5
    assert not rows["volt.target_leverage"].default
    assert rows["volt.target_leverage"].basis == "documented"
    assert rows["volt.target_leverage"].unit == "1"
    assert rows["volt.hedge_ratio"].default
    assert scenario.text == BASE
    assert load_scenario(str(path)).digest == load_scenario(path).digest


def test_a_scenario_is_restored_from_its_settings() -> None:
    import json

    from voltcore.sim.scenario import canonical_settings

    scenario = parse_scenario(BASE)
    kept = json.loads(canonical_settings(scenario.settings))
    again = restore_scenario("again", kept, {})
    assert again.settings == scenario.settings
    assert again.digest == scenario.digest


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("volt.target_leverage=-0.4", "volt.target_leverage", -0.4),
        (" run.paths = 5 ", "run.paths", 5),
        ("volt.execution=book", "volt.execution", "book"),
        ('title="a b"', "title", "a b"),
        ("title=k = 1", None, None),
        ("market.bands=[1, 2]", "market.bands", [1, 2]),
        ("volt.on=true", "volt.on", True),
    ],
)
def test_an_override_is_read_as_toml_or_as_a_plain_name(
    text: str, key: str | None, value: object
) -> None:
    if key is None:
        with pytest.raises(ScenarioError):
            parse_override(text)
    else:
        assert parse_override(text) == (key, value)


@pytest.mark.parametrize("text", ["", "=", "a", "a=", "=1", "a=\n1", "a=1\nb=2", "a=[", "a='"])
def test_an_override_that_is_no_key_and_value_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        parse_override(text)


def test_overrides_are_checked_like_the_file() -> None:
    scenario = parse_scenario(BASE)
    assert load_scenario(scenario, {"volt.hedge_ratio": 5}).settings.volt.hedge_ratio == 5  # type: ignore[attr-defined]
    with pytest.raises(UnknownKeyError, match=r"volt\.hedge_ratoi.*hedge_ratio"):
        load_scenario(scenario, {"volt.hedge_ratoi": 5})
    with pytest.raises(ScenarioError, match=r"volt\.hedge_ratio: 10001 is not in \[0, 10000\]"):
        load_scenario(scenario, {"volt.hedge_ratio": 10_001})
    with pytest.raises(ScenarioError, match="not a table"):
        load_scenario(scenario, {"volt.hedge_ratio.x": 1})
    with pytest.raises(ScenarioError, match="finite"):
        load_scenario(scenario, {"volt.target_leverage": float("nan")})


# --- files ----------------------------------------------------------------------------------------
