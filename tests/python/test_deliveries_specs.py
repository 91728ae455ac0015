"""What a spec says is taken as it is written, or refused with its place and what is allowed."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from figures_spec import (
    CODES,
    KNOWN,
    TIDY_COLUMNS,
    figures_of,
    figures_spec,
    quarantine_of,
    read_bytes,
)
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.deliveries import plain_yaml
from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.spec import Spec, parse_spec
from datenlabor.errors import DatenlaborError

MEASURE = {"measure_code": "a", "name_de": "A", "unit_code": "persons"}
TIDY = "area_code;period;measure_code;value\n"
BASE = """
name: base
title: Base
dataset: figure
source: {code: base, publisher: P, title: T, licence: L, attribution: A}
format: {type: csv}
body: {starts: {line: 2}}
header: {rows: 1}
columns:
  area_code: {from: column 1}
  period: {from: column 2}
  measure_code: {constant: population}
  value: {from: column 3}
"""


def based(*changes: tuple[str, str]) -> Spec:
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_spec(text, "base.yml")


@pytest.mark.parametrize(
    "text",
    ["05162024", "1:30", "2015-13-40", "31.12.", "no", "on", "1_000", "1.10", "0x1F", "=", "true"],
)
def test_scalars_are_the_texts_that_are_written(text: str) -> None:
    assert plain_yaml.load(f"{text}: [{text}]", "x") == {text: [text]}


@given(st.text("0123456789.:-+_eox", min_size=1).filter(lambda text: text.strip(":-? ")))
def test_what_looks_like_a_number_is_never_changed(text: str) -> None:
    try:
        found = plain_yaml.load(f"[{text}]", "x")
    except DatenlaborError:
        return
    # `1: 2` and the like are mappings.
    assert found == [text] or not isinstance(found[0], str)


def test_texts_of_a_spec_are_in_the_form_files_have() -> None:
    assert plain_yaml.load(unicodedata.normalize("NFD", "ü: ö"), "x") == {"ü": "ö"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "spec x, line 3 cannot be read: the key 'a'"),
        ("a:\n  b: 1\n  b: 1", "line 3 cannot be read: the key 'b'"),
        ("a: [", "spec x, line 1 cannot be read"),
        ("a: !!timestamp 2015-13-40", "month must be in"),
        ("a: !!python/object:os.system x", "line 1 cannot be read"),
        ("\x00", "special characters"),
        ("? [a]\n: 1", "unhashable"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DatenlaborError, match=message):
        plain_yaml.load(text, "spec x")


def test_a_key_keeps_its_zero_without_quotes(tmp_path: Path) -> None:
    spec = based(("{from: column 1}", "{from: column 1, map: {Neuss: 05162024}}"))
    read_bytes(tmp_path, b"k;p;v\nNeuss;2015;7\n", spec)
    assert figures_of(tmp_path) == {("05162024", "2015", "population"): (7, "A")}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{line: 2}", "{pattern: '('}", "starts.pattern: '\\(' is no regular expression"),
        (
            "{starts: {line: 2}}",
            "{starts: {line: 2}, skip: [{column: 1, pattern: '(', why: x}]}",
            "skip.0.pattern: '\\(' is no regular",
        ),
        ("column 1}", "column 1, pattern: '['}", "columns.area_code.pattern: '\\['"),
        ("column 1}", "column 1, as: '{2}'}", "columns.area_code: as '.2.': allowed in braces"),
        ("column 1}", "column 1, as: '{0'}", "columns.area_code: as '.0' cannot be used"),
        ("column 1}", "column 1, as: '{x}'}", "allowed in braces are 0"),
        ("column 1}", "column 1, pattern: '(.)', as: '{2}'}", "allowed in braces are 0, 1"),
        ("column 1}", "column 1, map: {Neuss: }}", "'Neuss' has nothing beside it"),
        ("column 1}", "cells 1-2}", "columns.area_code: only `value`"),
        ("column 3}", "column 3, map: {a: 1}}", "columns.value: map cannot be used for numbers"),
        ("column 3}", "column 3, digits: 3}", "columns.value: digits cannot"),
        ("column 3}", "column 3, ignore: x, pattern: y}", "columns.value: pattern, ignore cannot"),
        ("header: {rows: 1}", "factors: {income: 1000}", "factors: income is no measure"),
        ("header: {rows: 1}", "factors: {population: 0}", "greater than 0"),
        ("header: {rows: 1}", "published_on: {from: foter}", "published_on.*'foter' is no place"),
        ("header: {rows: 1}", "published_on: {from: header 1}", "write `line 6`, `footer`"),
        ("header: {rows: 1}", "published_on: {from: footer, pattern: x}", "has no group"),
        ("type: csv", "type: cvs", "format.type: Input should be 'csv', .* \\(found 'cvs'\\)"),
        ("name: base", "name: ../../x y", "name: String should match .*found"),
    ],
)
def test_a_wrong_word_is_named_with_what_is_allowed(old: str, new: str, message: str) -> None:
    with pytest.raises(DatenlaborError, match=f"(?s)base.yml cannot be used.*{message}"):
        based((old, new))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"factors": {"capacity": 2}}, "`factors` is for figures"),
        ({"required_areas": "district"}, "`required_areas` is for figures"),
        ({"capacity": {"from": "column 4", "map": {"a": "1"}}}, "columns.capacity: map cannot"),
        ({"capacity": {"from": "file name"}}, "columns.capacity: a number stands in one"),
        ({"street": {"from": "header 1"}}, "columns.street: header is for figures"),
    ],
)
def test_a_register_refuses_what_is_for_figures(parts: dict[str, Any], message: str) -> None:
    columns = {
        name: {"from": f"column {number}"}
        for number, name in enumerate(
            ("facility_code", "facility_name", "category", "longitude", "latitude"), 1
        )
    }
    own = {name: part for name, part in parts.items() if name in ("capacity", "street")}
    others = {name: part for name, part in parts.items() if name not in own}
    with pytest.raises(ValueError, match=message):
        figures_spec(dataset="facility", columns=columns | own, **others)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"marks": {"p": "Z"}}, "marks: 'Z' is not in the list of 'obs_status'"),
        ({"required_areas": "distrikt"}, "required_areas: 'distrikt' is not in the list"),
        ({"factors": {"popluation": 2}}, "factors: 'popluation' is not in the list"),
        (
            {"measures": [{"measure_code": "a", "name_de": "A", "unit_code": "meow"}]},
            "measures, unit_code: 'meow' is not in the list of 'unit'",
        ),
        (
            {"measures": [{**MEASURE, "sum_of": "rate@-1 - popluation"}]},
            "measures, sum_of: 'popluation' is not in the list of 'measure'",
        ),
        (
            {"measures": [{**MEASURE, "sum_of": "rate +"}]},
            "measure 'a', sum_of: not_a_sum",
        ),
    ],
)
def test_codes_of_a_spec_must_be_in_their_lists(
    tmp_path: Path, parts: dict[str, Any], message: str
) -> None:
    known = Known({**CODES, "unit": {"persons"}}, KNOWN.ranges)
    with pytest.raises(DatenlaborError, match=message) as caught:
        read_bytes(tmp_path, f"{TIDY}05;2015;rate;7\n".encode(), figures_spec(**parts), known=known)
    assert caught.value.hint


def test_a_group_that_is_not_there_is_empty(tmp_path: Path) -> None:
    area = {"from": "column 1", "pattern": "([0-9]{2})(-[0-9]{3})?.*", "as": "051{1}{2}"}
    spec = figures_spec(columns={**TIDY_COLUMNS, "area_code": area})
    read_bytes(tmp_path, f"{TIDY}62;2015;rate;7\n62-012;2015;rate;8\n".encode(), spec)
    assert {key[0] for key in figures_of(tmp_path)} == {"05162", "05162-012"}


def test_a_skip_is_a_regular_expression_of_python(tmp_path: Path) -> None:
    """The engine has another dialect, which knows no lookahead."""
    skip = [{"column": "area_code", "pattern": "(?!05).*", "why": "elsewhere"}]
    spec = figures_spec(body={"starts": {"line": 2}, "skip": skip})
    text = f"{TIDY}05;2015;rate;7\n 06 ;2015;rate;7\n"
    account = read_bytes(tmp_path, text.encode(), spec).account
    assert (account.records_loaded, account.records_skipped) == (1, 1)


@pytest.mark.parametrize("place", ["cells 4-2", "cells 5-"])
def test_cells_that_are_not_there_refuse_the_file(tmp_path: Path, place: str) -> None:
    spec = figures_spec(columns={**TIDY_COLUMNS, "value": {"from": place}})
    with pytest.raises(DatenlaborError, match=r"has no c(ells|olumn)"):
        read_bytes(tmp_path, f"{TIDY}05;2015;rate;7\n".encode(), spec)


def test_a_cell_named_twice_is_read_once(tmp_path: Path) -> None:
    spec = figures_spec(columns={**TIDY_COLUMNS, "value": {"from": "cells 4,4-4"}})
    assert read_bytes(tmp_path, f"{TIDY}05;2015;rate;7\n".encode(), spec).rows["figure"] == 1
    assert quarantine_of(tmp_path) == []


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"dataset": "figures"}, "is none of"),
        ({"columns": {"area_code": {"from": "column 1"}}}, "are required by contract"),
        ({"symbols": {"-": "nothing"}}, "neither a number"),
        ({"marks": {"p": "O"}}, "say that there is none"),
        ({"numbers": {"decimal": ",", "thousands": ","}}, "same"),
        ({"body": None}, "where the data begin"),
        ({"surprise": 1}, "Extra inputs"),
        ({"body": {"starts": {}}}, "either `line` or `pattern`"),
    ],
)
def test_a_wrong_spec_says_what_is_wrong(parts: dict[str, Any], message: str) -> None:
    with pytest.raises((DatenlaborError, ValueError), match=message):
        figures_spec(**parts)


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no place"):
        figures_spec(columns={**TIDY_COLUMNS, "area_code": {"from": "colum 1"}})
