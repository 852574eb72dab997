"""What is made of O*NET's names."""

from __future__ import annotations

import pytest

from ml.resumes import build_taxonomy
from ml.resumes.build_taxonomy import skills_of

VENDOR = ["Adobe Acrobat", "Adobe FrameMaker", "Adobe Illustrator", "Adobe PageMaker", "Adobe Photoshop"]


def test_kinds_of_software_are_left_out():
    assert skills_of(
        [
            "Loan application processing software",
            "Tableau",
            "Reservation software",
            "Online reservation systems",
            "SAP software",
        ]
    ) == [
        "Tableau",
        "SAP",
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Geographic Information System GIS software", "Geographic Information System GIS\tGeographic Information System|GIS"),
        ("Microsoft SQL Server Reporting Services SSRS",
         "Microsoft SQL Server Reporting Services SSRS\tMicrosoft SQL Server Reporting Services|SSRS"),
        ("Adobe FIRE", "Adobe FIRE"),  # no acronym of what is before it
    ],
)  # fmt: skip
def test_an_acronym_becomes_a_name(name, line):
    assert skills_of([name]) == [line]


def test_the_maker_is_left_out_where_no_ordinary_word_is_left():
    lines = skills_of(VENDOR)
    # FrameMaker and PageMaker have capitals within; Photoshop may be a word like any other, for all that is known.
    assert [line for line in lines if "\t" in line] == ["Adobe FrameMaker\tFrameMaker", "Adobe PageMaker\tPageMaker"]
    assert skills_of(VENDOR[:4])[1] == "Adobe FrameMaker"  # four products make no maker


def test_the_script_writes_the_file(tmp_path, monkeypatch):
    source, output = tmp_path / "technology.csv", tmp_path / "onet.tsv"
    source.write_text("Example,Commodity Title\nTableau,Analytics\nTableau,Reporting\nApache Kafka,Messages\n")
    monkeypatch.setattr(build_taxonomy, "OUTPUT", output)
    monkeypatch.setattr("sys.argv", ["build_taxonomy", str(source)])
    build_taxonomy.main()
    assert output.read_text() == "Apache Kafka\nTableau\n"
