"""Unknown tables of figures: the proposed spec reads them as they are."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from small_inspection import CITY, Result, clean_result

Look = Callable[..., Result]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return partial(clean_result, tmp_path)


def test_one_column_per_measure(look: Look) -> None:
    found = look(
        "Bezirk;Name;Einwohner;Ausländeranteil in %\n"
        "01;Hafen;1.234;12,5\n02;Markt;12.345;8,0\n03;Wald;987;-\n",
        "einwohner_2020.csv",
    )
    assert found.values[f"{CITY}-02", "2020", "einwohner"] == 12345
    assert found.values[f"{CITY}-01", "2020", "auslaenderanteil"] == 12.5
    assert found.values[f"{CITY}-03", "2020", "auslaenderanteil"] is None
    measures = {row["measure_code"]: row for row in found.spec.measures}
    assert measures["auslaenderanteil"]["unit_code"] == "percent"
    assert measures["auslaenderanteil"]["is_additive"] == "false"
    assert measures["einwohner"]["unit_code"] == "persons"
    assert "only the name of the file shows a period" in found.proposal.text


def test_one_column_per_year_and_areas_by_name(look: Look) -> None:
    found = look(
        "Stadtteil,2018,2019,2020\nHafen,1200,1250,1300\nMarkt,3400,3500,\n"
        "Stadt insgesamt,4600,4750,5000\n"
    )
    assert found.values[f"{CITY}-Hafen", "2019", "daten"] == 1250
    assert found.values[f"{CITY}-Markt", "2020", "daten"] is None
    assert found.values[CITY, "2020", "daten"] == 5000
    assert "check: areas are given by name" in found.proposal.text


def test_two_row_header_with_merged_cells_marks_and_footer(look: Look) -> None:
    found = look(
        "Einwohner der Stadt Musterstadt;;;;;\nStand: 31.12.;;;;;\n\n"
        "Stadtbezirk;;2019;;2020;\nNr.;Name;männlich;weiblich;männlich;weiblich\n"
        "1;Hafen;600;640;610;650\n2;Markt;1.700;1.800;1.710;1.820 p\n3;Wald;100;90;(95);x\n\n"
        "Quelle: Stadt Musterstadt, Melderegister\n"
        "Datenlizenz Deutschland - Namensnennung - Version 2.0\nStand: 03.02.2021\n",
        encoding="cp1252",
    )
    code = "einwohner_stadt_weiblich"
    assert found.values[f"{CITY}-2", "2019-12-31", code] == 1800
    assert found.values[f"{CITY}-3", "2020-12-31", code] is None
    assert found.spec.header.fill == (1,)
    assert found.spec.marks == {"p": "P", "()": "U"}
    assert found.spec.source.licence == "dl-de/by-2-0"
    assert found.spec.source.publisher == "Stadt Musterstadt"
    assert str(found.reading.published_on) == "2021-02-03"


def test_long_table_with_dimensions(look: Look) -> None:
    rows = [
        f"31.12.{year}\t{area}\tEinwohner\t{sex}\t{year - 1900 + area + len(sex)}"
        for year in (2019, 2020)
        for area in (101, 102)
        for sex in ("männlich", "weiblich")
    ]
    text = "\n".join(("Stichtag\tGebiet\tMerkmal\tGeschlecht\tWert", *rows)) + "\n"
    found = look(text, "lang.tsv")
    assert found.values[f"{CITY}-102", "2020-12-31", "einwohner_weiblich"] == 230
    assert found.spec.columns["value"].origins == ("column Wert",)
    assert found.spec.measures[0]["reference"] == "31.12."


def test_ages_as_a_column_are_a_dimension(look: Look) -> None:
    rows = [
        f"{year};0{area};{age};{100 * area + age}"
        for year in (2019, 2020)
        for area in (1, 2)
        for age in range(12)
    ]
    found = look("\n".join(("Jahr;Bezirk;Alter;Anzahl", *rows)) + "\n")
    assert len(found.spec.columns["measure_code"].mapping or {}) == 12
    assert found.spec.columns["value"].origins == ("column Anzahl",)
    assert len(found.values) == 48


def test_lost_leading_zeros_and_several_indicators(look: Look) -> None:
    found = look(
        "Kennziffer;Raumeinheit;Aggregat;Quote;Quote;Kaufkraft;Kaufkraft\n;;;2019;2020;2019;2020\n"
        "1001;Flensburg;Kreise;7,5;8,1;20100,5;20500\n5162;Kreis;Kreise;5,5;6,1;24100;24500,7\n"
    )
    assert found.values["05162", "2020", "quote"] == 6.1
    assert found.values["01001", "2019", "kaufkraft"] == 20100.5


def test_years_inside_labels(look: Look) -> None:
    found = look(
        "AGS;Gemeinde;Einwohner 2019;Einwohner 2020;Fläche 2019 (ha);Fläche 2020 (ha)\n"
        "05162024;Neuss;153796;152731;9953;9953\n05162004;Dormagen;64335;64340;8548;8549\n"
    )
    assert found.values["05162024", "2020", "einwohner"] == 152731
    assert found.values["05162004", "2020", "flaeche_ha"] == 8549


def test_number_and_name_in_one_cell_with_spaced_thousands(look: Look) -> None:
    found = look(
        "Bezirk;Jahr;Einwohner;Quote\n01 Hafen;2019;1 200;5,5 %\n02 Markt;2019;3 400;6,5 %\n"
        "01 Hafen;2020;1 250;5,4 %\n02 Markt;2020;3 500;6,1 %\n"
    )
    assert found.values[f"{CITY}-02", "2020", "einwohner"] == 3500
    assert found.values[f"{CITY}-01", "2019", "quote"] == 5.5
    assert found.spec.suffixes == {"%": 1}


def test_english_numbers_in_quotes_and_names_of_the_catalogue(look: Look) -> None:
    found = look(
        'Code,Name,Year,Population,Rate\n05162,Neuss,2019,"450,123",5.5\n'
        '05315,Köln,2019,"1,087,863",8.1\n05162,Neuss,2020,"451,007",5.9\n'
    )
    assert found.values["05315", "2019-12-31", "population"] == 1087863
    assert found.spec.numbers.thousands == ","


def test_ambiguous_separator_is_said(look: Look) -> None:
    found = look("Bezirk;Jahr;Einwohner\n1;2019;1.200\n2;2019;3.400\n")
    assert found.values[f"{CITY}-1", "2019", "einwohner"] == 1200
    assert "check: ambiguous: '.'" in found.proposal.text


def test_row_of_column_numbers_and_unit_row_are_no_labels(look: Look) -> None:
    found = look(
        "Tabelle 3: Wohnungen am 31.12.2021\n\nKennziffer;Gebiet;Wohnungen;darunter;\n"
        ";;insgesamt;in Mehrfamilienhäusern;in Einfamilienhäusern\n;;Anzahl;Anzahl;Anzahl\n"
        "1;2;3;4;5\n05162;Kreis;220.000;120.000;100.000\n05162024;Neuss;78.000;58.000;20.000\n"
        "____________\nQuelle: IT.NRW\n"
    )
    assert found.values["05162024", "2021-12-31", "wohnungen"] == 78000
    assert found.reading.account.records_footer == 2
    assert found.spec.columns["measure_code"].origins == ("header 1", "header 2")


GENESIS = (
    "GENESIS-Tabelle: 99999-01-01-4\nEinkommen der Haushalte;;;;\n"
    "- Jahressumme - regionale Tiefe: Kreise;;;;\nRechnung der Länder;;;;\n"
)
FOOTER = (
    '__________\n"Hinweis\nzu etwas"\n'
    '"© Statistische Ämter des Bundes und der Länder, Deutschland, 2017.\n'
    'Datenlizenz Deutschland\n- Namensnennung - Version 2.0."\nStand: 10.10.2017 / 12:00:00'
)
LAYOUTS = {
    "a": "2014;;;;\n;;Einkommen;Einkommen je Einwohner\n;;Tsd. EUR;EUR\n"
    "DG;Deutschland;1710094000;21117\n05;  Land;370094000;21000\n05162;      Kreis;10094000;-\n",
    "b": ";;;Einkommen;Einkommen je Einwohner\n;;;Tsd. EUR;EUR\n"
    "2014;DG;Deutschland;1710094000;21117\n2014;05;  Land;370094000;21000\n"
    "2014;05162;      Kreis;10094000;-\n2013;05162;      Kreis;9094000;20000\n",
    "c": ";;2014;2014;2013\n;;Einkommen;Einkommen je Einwohner;Einkommen\n;;Tsd. EUR;EUR;Tsd. EUR\n"
    "DG;Deutschland;1710094000;21117;1\n05;  Land;370094000;21000;2\n05162;   Kreis;10094000;-;3\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_genesis_layouts(look: Look, layout: str) -> None:
    found = look(GENESIS + LAYOUTS[layout] + FOOTER, "99999.csv", "latin-1")
    assert found.values["05162", "2014", "einkommen"] == 10094000
    assert found.values["05162", "2014", "einkommen_je_einwohner"] is None
    assert found.values["DE", "2014", "einkommen"] == 1710094000
    assert str(found.reading.published_on) == "2017-10-10"
    units = {row["measure_code"]: row["unit_code"] for row in found.spec.measures}
    assert units == {"einkommen": "eur_thousand", "einkommen_je_einwohner": "eur"}
    assert found.spec.match.first_line == "GENESIS-Tabelle: 99999-01-01-4"


def test_genesis_with_two_dimensions(look: Look) -> None:
    rows = [
        f"{year};{key};  Name;{sex};{kind};{number}"
        for year in (2014, 2013)
        for number, key in enumerate(("DG", "05", "05162"), 1)
        for sex in ("männlich", "weiblich")
        for kind in ("Insgesamt", "Ältere")
    ]
    text = GENESIS + ";;;;;Empfänger\n;;;;;Anzahl\n" + "\n".join(rows) + "\n" + FOOTER
    found = look(text)
    assert found.spec.columns["measure_code"].origins == ("header 1", "column 4", "column 5")
    assert found.values["05162", "2013", "empfaenger_maennlich_aeltere"] == 3
