"""The headings of job descriptions, and what each says of what stands below it."""

from __future__ import annotations

import re
from enum import Enum


class Section(Enum):
    """What a passage is about, by the heading above it or by its own subject."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    DUTIES = "duties"
    COMPANY = "company"
    UNHEADED = "unheaded"


_HEADINGS = {
    Section.PREFERRED: r"""
        (?:nice|good|great)[- ]to[- ]ha(?:ve|s)s?(?:\ skills)? | nice-to-haves? | pluses | bonus(?:\ points)?
            | desirables? | advantageous
        | (?:preferred|desired|desirable|additional|bonus|optional|secondary)\ (?:and\ \w+\ )?
          (?:qualifications?|skills?|experience|requirements?|criteria|attributes|knowledge|education)
        | (?:it(?:'s|\ is|\ would\ be)\ )?(?:a\ )?(?:plus|bonus|great|ideal)\ if\ you(?:\ \w+)?
        | what\ would\ be\ (?:nice|great)
        | even\ better\ if(?:\ you\ have)? | preferred | would\ be\ (?:a\ plus|nice|an\ advantage)
    """,
    Section.COMPANY: r"""
        (?:our\ |your\ |the\ )?(?:benefits?|perks|compensation|salary|remuneration|package)(?:\ (?:and
            |&)\ \w+)?(?:\ package)?
        | (?:what\ )?we(?:'ll|\ can|\ will)?\ (?:offer|provide|give)(?:\ you)? | (?:what|why)\ (?:you(?:'ll
        |\ will)?\ (?:get|receive)|join\ us|us).*
        | what(?:'s|\ is)\ in\ it\ for\ you | why\ (?:work|you|join|us)\b.* | our\ offer
        | you\ can\ (?:look\ forward\ to|expect)
        | about\ (?:us|the\ (?:company|team|client|department)|our\ .*)
        | (?:who\ we\ are|the\ company|our\ (?:company|story|mission|values|culture|clients?|customers?)
        |company\ (?:profile|description|overview))
        | (?:equal\ (?:employment\ )?opportunity|diversity|eeo|privacy)\b.* | how\ to\ apply
        | (?:further\ )?(?:contact|interview|information|questions)(?:\ \w+)? | the\ interview
        | (?:job|your|employee|additional)\ (?:benefits|perks) | salary\ and\ .* | application\ procedure
        | company\ (?:size|type) | industry
        | application(?:\ (?:process|deadline))? | (?:we\ look\ forward|interested)\b.* | next\ steps
    """,
    Section.DUTIES: r"""
        (?:key\ |main\ |your\ |the\ |primary\ |core\ |essential\ )*(?:responsibilities|duties|tasks
            |accountabilities|assignments)
          (?:\ (?:and|&)\ \w+)?(?:\ include)?
        | (?:roles?\ (?:and|&)\ )responsibilities | your\ (?:role|mission|job|impact|day) | day[- ]to[- ]day(?:\ \w+)?
        | what\ (?:you(?:'ll|\ will|'re\ going\ to|\ are\ going\ to)?\ (?:be\ )?(?:do(?:ing)?|work(?:ing)?\ on)
        |awaits\ you)
        | in\ this\ (?:role|position)(?:,?\ you(?:'ll|\ will))?(?:\ be)? | you\ will | (?:our\s+
        |the\s+)?(?:tech(?:nology)?|technical)\ stack
    """,
    Section.REQUIRED: r"""
        (?:(?:minimum|basic|key|core|essential|mandatory|required|technical|general|must[- ]have|professional
            |personal|primary|other|your|our|job|
            candidate|desired|ideal|hard|soft|the|position|role|education(?:al)?|relevant|necessary|special|skill
                |language|entry)\ )*
          (?:requirements?|qualifications?|skills?(?:\ set)?|skillset|competenc(?:y|ies|es)|criteria
              |(?:candidate\ )?profile|background|expertise|
            education|essentials?|mandatory|knowledge|experience|prerequisites?|certifications?|languages?
                |licen[cs]es?)
          (?:\ (?:and|&|/)\ (?:\w+\ )?(?:requirements?|qualifications?|skills|experience|education|competencies
              |expertise|abilities|certifications?
            |background|knowledge|profile))?
          (?:\ (?:required|needed|requirements?|for\ (?:this|the)\ \w+))?
        | must[- ]haves? | required | must
        | what\ (?:you(?:'ll|\ will)?\ (?:bring|need|have|should\ have)(?:\ (?:with\ you|to\ \w+|along))?|we(?:'re
        |\ are)?\ (?:look(?:ing)?\ for|expect|need|require)
            (?:\ (?:in|from)\ you)?|makes\ you\ .*|it\ takes)
        | (?:who|what)\ (?:you\ are|are\ we\ looking\ for|we\ want) | about\ you | you(?:'ll)?\ (?:have|bring|are
        |need|should\ have|offer|possess)
        | your\ (?:strengths|qualities|toolbox|skills\ and\ experience) | the\ (?:ideal|successful
        |right)\ (?:candidate|person|applicant)(?:\ (?:has|will\ have|is|should\ have))?
        | (?:we(?:'re|\ are)\ )?looking\ for | to\ (?:be\ successful|succeed).* | we\ (?:expect|require)
    """,
    Section.UNHEADED: r"""
        (?:job|position|role)\ (?:description|summary|overview|details) | (?:about\ )?(?:the|this)\ (?:role|job
            |position|opportunity) | overview | summary
        | about\ the\ (?:role|job|position) | job\ type | location(?:\ options)? | department | (?:experience
        |seniority)\ level | date\ posted | role
    """,
}  # fmt: skip
_HEADING = {section: re.compile(pattern, re.VERBOSE | re.IGNORECASE) for section, pattern in _HEADINGS.items()}

_DECORATION = " \t*#_=~-–—:•·>?!.…\xa0"


def heading_section(text: str) -> Section | None:
    """Give the section that a heading opens; None if the text is no known heading."""
    plain = " ".join(text.strip(_DECORATION).replace("’", "'").split())
    if not plain or len(plain) > 60:
        return None
    return next((section for section, pattern in _HEADING.items() if pattern.fullmatch(plain)), None)
