"""Sections are found however they are headed."""

from __future__ import annotations

import pytest

from ml.resumes.sections import heading_kind, read_sections


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("EXPERIENCE", "experience"),
        ("Work Experience:", "experience"),
        ("Employment Scan", "experience"),
        ("1. Work History", "experience"),
        ("W O R K  E X P E R I E N C E", "experience"),
        ("Berufserfahrung", "experience"),
        ("Expérience professionnelle", "experience"),
        ("Technical Skill", "skills"),
        ("=== SKILLS ===", "skills"),
        ("skills:", "skills"),
        ("Core Competencies", "skills"),
        ("Technology", "skills"),
        ("Programming Languages", "skills"),
        ("Compétences informatiques", "skills"),
        ("E D U C A T I O N", "education"),
        ("Education and Training", "education"),
        ("Academic Background", "education"),
        ("Training & Certifications", "certifications"),
        ("Languages", "languages"),
        ("Professional Summary", "profile"),
        ("Career Objective", "profile"),
        ("About me", "profile"),
        ("Persönliche Daten", "personal"),
        ("References", "references"),
        ("Hobbies and Interests", "other"),
        ("- Education", None),
        ("experience", None),
        ("Work", None),
        ("Software Engineer", None),
        ("Experience with Java", None),
        ("Java", None),
        ("", None),
    ],
)
def test_the_kind_of_a_heading(line, kind):
    assert heading_kind(line) == kind


def kinds(text):
    return [(section.kind, text[section.start : section.end].strip()) for section in read_sections(text)]


def test_a_text_is_divided_at_its_headings():
    text = "Jo\n\nProfile\n-------\nGood.\nSKILLS:\nJava\nEducation\nBSc"
    assert kinds(text) == [
        ("header", "Jo"),
        ("profile", "-------\nGood."),
        ("skills", "Java"),
        ("education", "BSc"),
    ]


def test_a_list_after_a_label_lies_within_its_section():
    text = "Experience\nAcme, Clerk, 2019 - 2020\nTools: Excel,\nWord\nTyped.\n"
    assert kinds(text) == [
        ("header", ""),
        ("experience", "Acme, Clerk, 2019 - 2020\nTools: Excel,\nWord\nTyped."),
        ("skills", "Excel,\nWord"),
    ]


def test_a_labelled_list_ends_where_another_begins():
    assert kinds("Skills: Java,\nLanguages: English") == [
        ("header", "Skills: Java,\nLanguages: English"),
        ("skills", "Java,"),
        ("languages", "English"),
    ]


def test_a_paragraph_after_a_label_is_a_section():
    assert kinds("Objective: to work.\nEDUCATION: BSc\n") == [
        ("header", ""),
        ("profile", "to work."),
        ("education", "BSc"),
    ]


def test_curriculum_vitae_heads_everything():
    assert kinds("Curriculum Vitae\nJo\n") == [("header", "Curriculum Vitae\nJo")]
