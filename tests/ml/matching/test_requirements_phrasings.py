"""How ads say what they ask for, phrasing by phrasing.

An expectation lists the requirements in the order of the text: ``java 5y`` is a skill with years, ``java or kotlin`` is
met by either, ``+`` stands before what is only preferred.
"""

from __future__ import annotations

import pytest

from ml.matching.requirements import read_requirements
from ml.resumes.taxonomy import read_taxonomy
from tests.ml.matching.requirement_words import in_words

YEARS = [
    ("At least 6 years of J2EE", "java ee 6y"),
    ("5+ yrs Java", "java 5y"),
    ("5 + yrs. of Java", "java 5y"),
    ("Three years' experience in SAP", "sap 3y"),
    ("3-5 years of experience with Python", "python 3y"),
    ("3 to 5 years' experience with Python", "python 3y"),
    ("2–4 years of hands-on experience in React", "react 2y"),
    ("Minimum of three (3) years of experience with SQL", "sql 3y"),
    ("Minimum 4 yrs exp in Selenium", "selenium 4y"),
    ("Java (5 years)", "java 5y"),
    ("Java: 5+ years", "java 5y"),
    ("Kubernetes - 2 yrs", "kubernetes 2y"),
    ("Over ten years of experience in C++", "c++ 10y"),
    ("Half a year of experience with Docker", "docker 0.5y"),
    ("18 months of experience with Terraform", "terraform 1.5y"),
    ("One and a half years of Django experience", "django 1.5y"),
    ("Experience with Kafka of two years or more", "apache kafka 2y"),
    ("Experience in Angular for at least 2 years", "angular 2y"),
    ("You have worked with Salesforce for four years or longer", "salesforce 4y"),
    ("5 years of experience with Java and Spring", "java 5y; spring 5y"),
    ("5 years of Java, 2 years of Kafka and some knowledge of Docker", "java 5y; apache kafka 2y; docker"),
    ("Strong Python skills and 3 years of SQL", "python; sql 3y"),
    ("5 years of combined experience in Java and Python", "experience 5y; java; python"),
    ("8+ years of professional experience", "experience 8y"),
    ("Minimum 7 years of total IT experience", "experience 7y"),
    ("Experience: 4-6 years", "experience 4y"),
    ("Exp: 3+ yrs", "experience 3y"),
    ("Experience required: 5 to 8 years", "experience 5y"),
    ("At least 5 years in a similar role", "experience 5y"),
    ("Two years of experience as a truck driver", "experience 2y"),
    ("A minimum of five years of relevant work experience", "experience 5y"),
    ("2 years of sales experience", "sales 2y"),
    ("3+ years' experience in project management", "project management 3y"),
    ("At least one year of warehouse experience", "warehouse 1y"),
    ("Up to 3 years of experience with Java", "java"),
    ("0-2 years of experience", ""),
    ("Several years of experience with SAP", "sap"),
    (
        "A minimum of 8+ years of overall IT experience with at least 5 years in Java/J2EE",
        "experience 8y; java or java ee 5y",
    ),
    ("Experience: Java: 3 years (Preferred), total work: 5 years (Required)", "+java 3y; experience 5y"),
    ("He or she has three to five years in procurement and holds a CIPS qualification", "procurement 3y; cips"),
]

ALTERNATIVES = [
    ("Experience with Java or Kotlin", "java or kotlin"),
    ("3 years of Java or Kotlin", "java or kotlin 3y"),
    ("Experience with Java, Kotlin or Scala", "java or kotlin or scala"),
    ("Experience with Java, Kotlin and/or Scala", "java or kotlin or scala"),
    ("Experience with Java, Kotlin and Scala", "java; kotlin; scala"),
    ("Knowledge of either Angular or React", "angular or react"),
    ("Experience with at least one of Python, Ruby, Go", "python or ruby or go"),
    ("Experience in one or more of the following languages: Java, C#, Python", "java or c# or python"),
    ("Databases such as PostgreSQL, MySQL", "postgresql or mysql"),
    ("Experience with a cloud provider (AWS, Azure or GCP)", "aws or azure or google cloud"),
    ("Experience with CI tools, e.g. Jenkins, GitLab", "jenkins or gitlab"),
    ("Experience with message brokers like Kafka or RabbitMQ", "apache kafka or rabbitmq"),
    ("Java/Kotlin", "java or kotlin"),
    ("Docker & Kubernetes", "docker; kubernetes"),
    ("Java and Docker, and React or Angular", "java; docker; react or angular"),
    ("Experience with Kubernetes (K8s)", "kubernetes"),
    ("Knowledge of Python or a similar language", "python"),
    ("Java 8+, Spring 5, Angular 12+", "java; spring; angular"),
]

DEGREES = [
    ("Bachelor's degree in Computer Science", "degree bachelor"),
    ("Bachelor's degree in CS or equivalent experience", "degree bachelor or experience"),
    ("BSc/MSc in Engineering", "degree bachelor or master"),
    ("Bachelor's or Master's degree in Statistics, Mathematics or a related field", "degree bachelor or master"),
    ("B.Tech / B.E. / MCA", "degree bachelor or master"),
    ("Master preferred", "+degree master"),
    ("PhD a plus", "+degree doctorate"),
    ("Bachelor's degree required, Master's degree preferred", "degree bachelor; +degree master"),
    ("University degree in a relevant subject", "degree bachelor"),
    ("Completed vocational training as an electrician", "degree vocational"),
    ("High school diploma or GED", "degree secondary"),
    ("Bachelor's degree or 4 years of experience", "degree bachelor or experience 4y"),
    ("You hold a degree in computer science or have comparable experience", "degree bachelor or experience"),
    ("Bachelor's degree and 5+ years of experience with Java", "degree bachelor; java 5y"),
    ("Educated to degree level", "degree bachelor"),
    ("A degree is not required", ""),
    ("A high degree of independence", ""),
    ("Certified Scrum Master", "scrum"),
]

STRENGTH = [
    ("Must have: Java, Spring and SQL", "java; spring; sql"),
    ("Nice to have: Docker", "+docker"),
    ("Docker is a plus", "+docker"),
    ("Knowledge of Docker would be an advantage", "+docker"),
    ("Ideally you know Terraform", "+terraform"),
    ("Python required, Go preferred", "python; +go"),
    ("Java is a must, Scala is nice to have", "java; +scala"),
    ("Strong knowledge of SQL; exposure to Spark desirable", "sql; +apache spark"),
    ("Proficient in Excel, familiarity with Tableau a bonus", "excel; +tableau"),
    ("Experience with AWS (preferred)", "+aws"),
    ("Preferably 3+ years of Python", "+python 3y"),
    ("Good to have: exposure to Hadoop", "+hadoop"),
    ("Bonus points for Rust", "+rust"),
    ("First experience with Ansible is welcome", "+ansible"),
    ("Newcomers are welcome", ""),
    ("Knowledge of Docker would be nice, but is not a requirement", "+docker"),
    ("Familiarity with any of the following is a plus: Terraform, Ansible, Puppet", "+terraform or ansible or puppet"),
    ("We ask for sound knowledge of SQL", "sql"),
    ("Previous cleaning experience preferred but not essential as full training will be provided", "+cleaning"),
    ("Must have\n- Java\n- SQL\n\nNice to have\n- Kafka", "java; sql; +apache kafka"),
    ("What you bring:\n* 3 years of Python\n* Docker\nWhat we offer:\n* 30 days holiday\n* Free Slack emojis", "python 3y; docker"),
    ("YOUR PROFILE\n• Sound knowledge of SAP\n• Excel\nBENEFITS\n• Training in Tableau", "sap; excel"),
    ("Minimum Qualifications\n- Java\nPreferred Qualifications\n- Kotlin", "java; +kotlin"),
    ("**Requirements**\n1. Git\n2. Linux\n\n**Desirable**\n1. Perl", "git; linux; +perl"),
    ("Responsibilities:\n- Build services in Java\nRequirements:\n- Python", "+java; python"),
    ("You will build services in Go", "+go"),
    ("We are looking for a Java developer.", "java"),
    ("Desired Candidate Profile\nMandatory Skills: Java, Spring Boot\nGood to have: Angular", "java; spring boot; +angular"),
    ("Essential:\n- Full UK driving licence\nDesirable:\n- Forklift licence", "driving; +forklift"),
]  # fmt: skip

LISTS = [
    ("Must have: forklift licence, cold calling and dispatching", "forklift; cold calling; dispatching"),
    ("Experience in dispatching, route planning", "dispatching; route planning"),
    ("Experience in wound care or palliative care", "wound care or palliative care"),
    ("You have proven experience in cold calling and excellent negotiation skills", "cold calling; negotiation"),
    ("Proficient in double-entry bookkeeping", "bookkeeping"),
    (
        "Requirements:\n- Food hygiene certificate\n- Menu planning\n- Team player",
        "food safety; menu planning; team player",
    ),
    ("Fluent in German and English", "german; english"),
    ("Very good command of English, French is a plus", "english; +french"),
    ("You have experience with financial modelling and are a native speaker of Dutch", "financial modeling; dutch"),
    ("Knowledge of HACCP as well as stock control", "food safety; inventory management"),
    ("Valid forklift license required", "forklift"),
    ("Experience in the hospitality industry", "hospitality"),
    ("Able to demonstrate experience of safeguarding and first aid", "safeguarding; first aid"),
    ("You want to gain experience", ""),
    ("Understanding of GAAP and month-end closing.", "us gaap; month-end closing"),
]

NOTHING_ASKED = [
    "No experience with Kubernetes needed",
    "No prior Python experience required.",
    "Java not required",
    "Knowledge of COBOL is not necessary",
    "You do not need to know SAP",
    "You don't need any Salesforce experience",
    "Training in SAP is provided",
    "We will teach you Rust",
    "Full training on Salesforce will be given",
    "You will not work with PHP",
    "We moved away from Perl",
    "Docker is not a must",
    "You can learn Scala on the job",
    "Founded 20 years ago, we are market leader",
    "5 years in a row best employer",
    "For 30 years we have built software for hospitals",
    "30 days holiday",
    "Must be 18 years or older",
    "Applicants must be at least 21 years of age",
    "We are an equal opportunity employer and do not discriminate by race, religion or age.",
    "Our customers use Salesforce",
    "Our founders left Oracle in 2012",
    "We have over 15 years of experience in Java consulting",
    "The contract is limited to 2 years",
    "Salary: 60,000 to 80,000 EUR, 13 months",
    "What we offer:\n- Training in Python\n- 2 years of parental leave",
    "About us\nWe make tools for Java developers.",
]  # fmt: skip

MIXED_WITH_NEGATION = [
    ("Unlike Java, Kotlin is required", "kotlin"),
    ("Python; no Java", "python"),
    ("Strong SQL, but no Tableau experience needed", "sql"),
    ("Experience with React rather than Angular", "react"),
    ("Java is required. Knowledge of Scala is not required.", "java"),
    ("Not only Java but also Kotlin", "java; kotlin"),
    ("Git (SVN is not needed)", "git"),
    ("You know SQL without being a database administrator", "sql"),
]

TABLE = [
    *YEARS,
    *ALTERNATIVES,
    *DEGREES,
    *STRENGTH,
    *LISTS,
    *MIXED_WITH_NEGATION,
    *((text, "") for text in NOTHING_ASKED),
]


@pytest.fixture(scope="module")
def taxonomy():
    return read_taxonomy()


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text[:60] for text, _ in TABLE])
def test_phrasing(text: str, expected: str, taxonomy) -> None:
    assert in_words(read_requirements(text, taxonomy=taxonomy)) == expected
