"""The taxonomy finds skills however they are written, and ordinary words only where they mean a skill."""

from __future__ import annotations

import itertools
import random

import pytest

from ml.resumes.taxonomy import DATA, Mention, Taxonomy, key_of, read_taxonomy

TAXONOMY = read_taxonomy()


def found(text, taxonomy=TAXONOMY):
    return [mention.skill for mention in taxonomy.find(text)]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("k8s, Kubernetes and KUBERNETES", ["kubernetes"] * 3),
        ("J2EE, Java EE, Jakarta EE", ["java ee"] * 3),
        ("C#, C++ and Objective-C", ["c#", "c++", "objective-c"]),
        (".NET, ASP.NET and VB.NET", [".net", "asp.net", "visual basic"]),
        ("Node.js, NodeJS and node js", ["node.js"] * 3),
        ("amazon-web-services", ["aws"]),
        ("CI/CD with PL/SQL", ["ci/cd", "pl/sql"]),
        ("Java/Python", ["java", "python"]),
        ("the job of machine\nlearning", ["machine learning"]),
        ("Java\n\nScript", ["java"]),
        ("Spring Boot", ["spring boot"]),
        ("Microsoft SQL Server Reporting Services", ["ssrs"]),
        ("Adobe PageMaker, PageMaker", ["adobe pagemaker"] * 2),
        ("Javanese, Pythonic and mysqld", []),
        ("ＪＡＶＡ", ["java"]),  # full-width letters, as some PDFs have
    ],
)
def test_a_skill_is_one_however_it_is_written(text, skills):
    assert found(text) == skills


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Go, Java, R", ["go", "java", "r"]),
        ("java, go, python", ["java", "go", "python"]),
        ("Go to market, ready to go", []),
        ("Languages: C and C++", ["c", "c++"]),
        ("John C. Smith of the C-level", []),
        ("R&D in Leeds", []),
        ("statistics in R", ["statistics", "r"]),
        ("R (3 years)", ["r"]),
        ("a Go developer", ["go"]),
        ("Microsoft Word, Excel, Access", ["word", "excel", "access"]),
        ("Proficient in Excel and Word", ["excel", "word"]),
        ("Worked with Teams, Slack", ["microsoft teams", "slack"]),
        ("You excel in teams with access to word of mouth", []),
        ("Excel in a fast world. Teams of ten.", []),
        ("Sales Manager, Access Bank", []),
        ("Fluent in German and English.", ["german", "english"]),
        ("our German customers", []),
        ("English (native)", ["english"]),
        ("Velvet and cloth", []),  # a genome assembler of O*NET, too
    ],
)
def test_an_ordinary_word_is_a_skill_only_where_the_context_says_so(text, skills):
    assert found(text) == skills


def test_an_item_of_a_list_of_skills_needs_no_context():
    assert TAXONOMY.skill_named("Excel") == "excel"
    assert TAXONOMY.skill_named("go") == "go"
    assert TAXONOMY.skill_named("underwater basket weaving") is None


def test_the_longest_name_wins_and_says_where_it_stands():
    taxonomy = Taxonomy([("SQL", ()), ("SQL Server", ("MSSQL",))])
    assert taxonomy.find("SQL and SQL Server") == [Mention("sql", 0, 3), Mention("sql server", 8, 18)]


def test_a_name_keeps_its_first_skill():
    taxonomy = Taxonomy([("Kubernetes", ("k8s",)), ("K8s", ("Kubes",))])
    assert found("k8s Kubes Kubernetes", taxonomy) == ["kubernetes"] * 3


@pytest.mark.parametrize("seed", range(10))
def test_mentions_never_overlap_and_quote_a_name_of_their_skill(seed):
    generator = random.Random(seed)
    names = [line.partition("\t")[0] for line in (DATA / "skills.tsv").read_text().splitlines() if line[0] != "#"]
    separators = [", ", " ", "\n", "/", ". ", " and ", "-"]
    text = "".join(generator.choice(names) + generator.choice(separators) for _ in range(200))
    mentions = TAXONOMY.find(text)
    assert len(mentions) > 50
    assert all(before.end <= after.start for before, after in itertools.pairwise(mentions))
    assert all(TAXONOMY.skill_named(text[mention.start : mention.end]) == mention.skill for mention in mentions)


def test_a_name_of_our_own_list_stands_in_it_once():
    lines = [line for line in (DATA / "skills.tsv").read_text().splitlines() if not line.startswith("# ")]
    keys = [[key_of(name) for name in line.replace("\t", "|").split("|")] for line in lines]
    first_of = {}
    twice = [(key, number, first_of[key]) for number, line in enumerate(keys) for key in set(line)
             if first_of.setdefault(key, number) != number]  # fmt: skip
    assert twice == []


def test_every_ambiguous_name_is_a_name():
    names = [line for line in (DATA / "ambiguous.txt").read_text().splitlines() if not line.startswith("# ")]
    assert [name for name in names if TAXONOMY.skill_named(name) is None] == []
