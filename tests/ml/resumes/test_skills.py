"""Skills with their years."""

from __future__ import annotations

import datetime as dt

from ml.resumes.facts import read_facts
from ml.resumes.taxonomy import Taxonomy

TAXONOMY = Taxonomy([("Java", ("J2SE",)), ("SQL", ()), ("Oracle", ()), ("Excel", ()), ("German", ())], ["Excel"])


def skills(text, tagger=None):
    facts = read_facts(text, received_on=dt.date(2025, 6, 10), taxonomy=TAXONOMY, tagger=tagger)
    return {fact.skill: (fact.years, fact.found_by, text[fact.span.start : fact.span.end]) for fact in facts.skills}


def test_years_are_the_union_of_the_months_of_the_jobs_that_mention_it():
    text = (
        "SKILLS\nJava, Excel\nEXPERIENCE\nA Ltd, Clerk, Jan 2015 - Dec 2016\n- J2SE and SQL\n"
        "B Ltd, Clerk, Jan 2016 - Dec 2017\n- Java\n"
    )
    # Java: 2015 to 2017, 3 years, 2016 once; SQL: two years; Excel is only listed.
    assert skills(text) == {
        "java": (3.0, "taxonomy", "Java"),
        "sql": (2.0, "taxonomy", "SQL"),
        "excel": (None, "taxonomy", "Excel"),
    }


def test_stated_years_come_before_counted_ones():
    text = "SKILLS\nJava (5 years)\nSQL - 2 yrs\nEXPERIENCE\nA Ltd, Clerk, Jan 2015 - Dec 2016\n- Java\n"
    assert skills(text) == {"java": (5.0, "taxonomy", "Java (5 years"), "sql": (2.0, "taxonomy", "SQL - 2 yrs")}


def test_unknown_items_of_a_list_are_skills():
    text = "TECHNICAL SKILLS\nBuild tools: Frobnicator, Java\n- Widget turning (expert)\nI also like to walk in the park a lot\n"
    assert skills(text) == {
        "frobnicator": (None, "list", "Frobnicator"),
        "java": (None, "taxonomy", "Java"),
        "widget turning": (None, "list", "Widget turning"),
    }


def test_a_known_ordinary_word_needs_no_context_in_a_list():
    assert skills("SKILLS\nexcel\n")["excel"] == (None, "taxonomy", "excel")
    assert skills("PROFILE\nI excel.\n") == {}


def test_languages_are_skills_if_they_are_known():
    assert skills("Languages: German (native), Klingon\n") == {"german": (None, "taxonomy", "German")}


def test_employers_hobbies_and_headings_are_no_skills():
    text = "EXPERIENCE\nOracle, Java Developer, 2015 - 2018\nINTERESTS\nSQL, Excel\n"
    assert skills(text) == {"java": (3.0, "taxonomy", "Java")}


class Fixed:
    """Finds what it is told to find."""

    def __init__(self, *parts):
        self.parts = parts

    def find(self, line):
        places = [(line.find(part), len(part)) for part in self.parts]
        return [(at, at + length) for at, length in places if at >= 0]


def test_the_tagger_reads_sentences_only():
    text = "PROFILE\nWell versed in kiln drying.\nEDUCATION\nkiln drying school\n"
    assert skills(text, Fixed("kiln drying")) == {"kiln drying": (None, "model", "kiln drying")}


def test_what_the_tagger_finds_is_a_name_or_nothing():
    text = "PROFILE\nVersed in (kiln drying), Java, and in all that one may do with wood.\n"
    tagger = Fixed("(kiln drying)", ", J", "Java", "all that one may do with wood")
    assert set(skills(text, tagger)) == {"java", "kiln drying"}
