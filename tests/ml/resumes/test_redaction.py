"""A person's own data is dropped, and nothing else."""

from __future__ import annotations

import random
import re

import pytest

from ml.resumes.redaction import BAR, redact

REST = "\nEXPERIENCE\nAcme Inc, Clerk, 07/2015 - 06/2016\n- Saved 1,200,000 USD in 2016.\nSKILLS\nJava, SQL\n"


@pytest.mark.parametrize("label", ["Age: 34", "Phone: 555", "Mobile phone: 555", "D.O.B.: 1.2.", "* Sex: f"])
@pytest.mark.parametrize("padding", [*range(20), 2_000])
def test_padding_before_a_label_changes_nothing(label: str, padding: int) -> None:
    # At most eight of the signs before a label go with it; spaces stay in any case.
    dropped = redact(f"{REST}{label}\n{REST}")
    padded = redact(f"{REST}{' ' * padding}{label}\n{REST}")
    assert padded == dropped.replace(BAR, " " * padding + BAR)


@pytest.mark.parametrize(
    ("header", "dropped"),
    [
        ("John Smith", "John|Smith"),
        ("JANE A. DOE, PhD", "JANE|DOE"),
        ("Curriculum Vitae\nDr. Marie-Claire Dupont", "Marie|Dupont"),
        ("Resume of Ludwig van der Meer", "Ludwig|Meer"),
        ("Name: Erika Mustermann", "Erika|Mustermann"),
        ("john.smith@mail.example", "john|mail"),
        ("john (at) mail (dot) example", "john"),
        ("(217) 555-0199", "555"),
        ("+44 20 7946 0958", "7946"),
        ("Tél : 06 12 34 56 78", "12 34"),
        ("12 Main Street, Apt 4", "Main"),
        ("221B Baker Street, London", "221B|Baker"),
        ("D.O.B. - 1990-02-01", "1990"),
        ("Passport size photograph", "Passport|photo"),
        ("Springfield, IL 62704", "62704"),
        ("Musterstraße 12, 80331 München", "Muster|80331"),
        ("12 rue de la Paix, 75002 Paris", "Paix|75002"),
        ("Address: Flat 3, The Mews", "Mews"),
        ("linkedin.com/in/johnsmith", "johnsmith"),
        ("https://github.com/jsmith | www.jsmith.example", "jsmith"),
        ("skype: cool-id", "cool"),
        ("DOB: 12/08/1964", "1964"),
        ("Geburtsdatum: 12.08.1964", "1964"),
        ("born on 3 May 1985", "1985"),
        ("34 years old", "34"),
        ("Age: 34", "34"),
        ("Marital Status: Married", "(?i)married"),
        ("Leeds | Married | two children", "Married|children"),
        ("Nationality: French", "French"),
        ("Status:Green Card Holder", "Green"),
        ("Sex: Female", "Female"),
        ("Religion: none", "none"),
        ("Father's Name: Bob Jones", "Bob"),
        ("she/her", "she"),
        ("[photo]", "photo"),
        ("portrait.jpg", "portrait"),
    ],
)
def test_what_is_dropped(header, dropped):
    redacted = redact(header + "\n" + REST)
    assert not re.search(dropped, redacted)
    assert BAR in redacted
    assert redacted.endswith(REST)


@pytest.mark.parametrize(
    "kept",
    [
        "Acme Inc, Software Engineer, 07/2015 - 06/2016",
        "2015-2018 Foo Ltd, Manager",
        "01.02.2015 - 31.03.2018 Siemens AG, München",
        "Java (5 years), C++, .NET, Node.js, ISO 27001, SAP S/4HANA",
        "Led 10 people in one place on the way to 99.99% uptime",
        "Handled 12000 calls and 1,000,000 records",
        "B.Tech, University of Leeds, 2011 - 2015",
        "Single sign-on, male-to-female connectors, web, mobile",
        "Address validation and name matching for 3 banks",
        "Phone support, e-mail marketing, website design",
        "Head of Sales, Green Street Ltd",
        "Managed the visa process of 40 employees",
        "React Native, Ruby on Rails, Spring Boot",
    ],
)
def test_what_is_kept(kept):
    text = f"PROFILE\nGood.\n\nEXPERIENCE\n{kept}\n- {kept}\n"
    assert redact(text) == text


def test_a_name_is_dropped_wherever_it_stands():
    text = "Ann Lee\n\nPROFILE\nAnn Lee writes Java. LEE, ANN\n\nEXPERIENCE\nLee Valley Ltd, Clerk, 2015 - 2016\n"
    assert (
        redact(text)
        == f"{BAR}\n\nPROFILE\n{BAR} writes Java. {BAR}\n\nEXPERIENCE\nLee Valley Ltd, Clerk, 2015 - 2016\n"
    )


def test_a_title_at_the_top_is_no_name():
    text = "Senior Software Engineer\nLeeds\n\nSKILLS\nJava\n"
    assert redact(text) == text


def test_sections_of_personal_data_and_references_are_emptied():
    text = "Personal Details\nHeight 1.80\nLanguages: German\nSKILLS\nJava\nREFERENCES\nJane Doe, Acme\n"
    assert redact(text) == f"Personal Details\n{BAR}\nLanguages: German\n\nSKILLS\nJava\nREFERENCES\n{BAR}\n\n"


PIECES = [
    "John Smith", "New York", "Java, SQL", "john@x.example", "EXPERIENCE", "REFERENCES", "Personal Details", "Skills:",
    "+44 20 7946 0958", "12 Main Street", "Name: Bob", "Married | Leeds", "DOB: 1.1.1990", "Acme Inc, Clerk, 2015 - 2018",
    "Senior Engineer", "Mary Jane Watson | linkedin.com/in/mj", "", "- wrote code", "Address: 5 High Road", BAR, "Leeds 62704",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_redacting_again_changes_nothing(seed):
    generator = random.Random(seed)
    text = "".join(
        generator.choice(PIECES) + generator.choice(["\n", "\n\n", " ", ", ", " | ", "\t"]) for _ in range(20)
    )
    assert redact(redact(text)) == redact(text)
