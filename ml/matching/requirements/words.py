"""The words that say that something is asked for, and those that say nothing of what; all in lower case."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ASKING_NOUNS = _words("""
    experience experiences exp expertise knowledge understanding command proficiency familiarity exposure background
    skill skills grounding competence competency fluency mastery qualification qualifications knowhow know-how speaker
""")
# Only before a preposition: "experienced in dispatching", not "our experienced colleagues".
ASKING_ADJECTIVES = _words("""
    proficient skilled experienced versed familiar comfortable competent adept knowledgeable certified trained qualified
""")
PREPOSITIONS = _words("in with at of on using")
ASKING_OTHERS = _words("fluent valid speak hold possess")
# "Exposure to Spark" goes on; "experience, to build on" does not.
PREPOSITIONS_OF_NOUNS = _words("to within")
# What ends with one of these is asked for wherever it stands.
CREDENTIALS = _words("""
    licence license licences licenses certificate certificates certification certifications accreditation
""")

# Say how well, how long or how much.
FILLERS = _words("""
    and or a an the some any all both either of in with using on within your their its least more than minimum min at
    strong good great excellent very solid sound proven deep in-depth profound basic advanced extensive broad
    demonstrated hands first prior previous relevant practical hands-on working professional outstanding exceptional
    thorough fundamental significant demonstrable native full clear current fluently well high own general initial
    additional further intermediate expert expert-level fluency written spoken verbal oral currently together including
    include includes incl especially particularly mainly required preferred must following recent various several
    multiple combined total overall completed successful know knows knowing year years yrs yr months etc level e.g i.e
    eg also
""")
NOT_ADVERBS = _words("family assembly supply reply anomaly italy")
# What follows them says more of the skill before, or is no skill.
STOPS = _words("""
    to for as that which who whom whose where when while if because so from by into through during across between
    towards toward per about is are was were be been being will would can could may should do does have has had you we
    our they it he she this these those i us them not than whether how what why whilst but such every each throughout
    alongside there here having let don
""")
# Contractions stop as well: "we're", "don't", "you'll".
CONTRACTIONS = tuple(mark + ending for mark in "'’" for ending in ("re", "ve", "ll", "t", "m", "d"))
# What has no other words than these is no skill; "or similar" holds a place in a list.
GENERIC = _words("""
    role roles position positions environment environments field fields area areas team teams company companies industry
    industries sector similar comparable equivalent equivalents related other others degree technologies technology
    tools tool language languages framework frameworks database databases system systems work job practice candidate
    candidates ability abilities willingness passion desire interest attitude mindset sense eye drive right person
    people one two time track record variety range aspects concepts principles best practices subject topic topics
    provider providers platform platforms software solutions solution services projects project setting settings country
    world day days part new large small big plus bonus building developing developers engineers developer engineer age
    euro eur usd business need needs way ways like licence license certificate certification graduate state
    post-qualification newcomers beginners graduates starters
    changers applicants applications returners trainees
""")
# Left out where a run of words begins, or ends, with them.
LEADING = _words("""
    building developing working managing designing writing leading creating implementing maintaining running supporting
    utilizing delivering applying performing providing handling operating
""")
TRAILING = _words("industry sector field environment ability abilities level")
