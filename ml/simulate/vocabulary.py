"""The words of the simulated world: job families with their skills, places, titles, sources."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JobFamily:
    """A kind of work: its department, its titles, and the skills that its jobs ask for."""

    name: str
    department: str
    title: str
    field_of_study: str
    salary: int
    skills: tuple[str, ...]


FAMILIES: tuple[JobFamily, ...] = (
    JobFamily(
        "software", "Engineering", "Software Engineer", "Computer Science", 62_000,
        ("Java", "Spring Boot", "Python", "Django", "JavaScript", "TypeScript", "React", "Kubernetes", "Docker",
         "PostgreSQL", "REST APIs", "Git", "Jenkins", "Microservices"),
    ),
    JobFamily(
        "data", "Engineering", "Data Analyst", "Statistics", 58_000,
        ("SQL", "Python", "pandas", "Tableau", "Power BI", "Apache Spark", "Airflow", "dbt", "Statistics",
         "Machine learning", "Snowflake", "Excel", "ETL", "Data modelling"),
    ),
    JobFamily(
        "infrastructure", "Engineering", "Systems Administrator", "Information Technology", 52_000,
        ("Linux", "Windows Server", "AWS", "Azure", "Terraform", "Ansible", "Networking", "Active Directory", "VMware",
         "Bash", "Monitoring", "Kubernetes", "Docker", "Backup"),
    ),
    JobFamily(
        "sales", "Commercial", "Account Manager", "Business Administration", 45_000,
        ("Salesforce", "Negotiation", "Lead generation", "Account management", "Cold calling", "CRM", "Presentations",
         "Forecasting", "B2B sales", "Customer retention", "Pipeline management", "Excel", "Contracts", "Tendering"),
    ),
    JobFamily(
        "support", "Operations", "Customer Service Agent", "Communication", 31_000,
        ("Customer service", "Zendesk", "Complaint handling", "Telephone support", "Live chat", "CRM", "Typing",
         "Ticketing", "Conflict resolution", "Upselling", "Microsoft Office", "Spanish", "French", "German"),
    ),
    JobFamily(
        "finance", "Finance", "Accountant", "Accounting", 50_000,
        ("SAP", "General ledger", "Accounts payable", "Accounts receivable", "IFRS", "Tax returns", "Excel",
         "Budgeting", "Auditing", "Payroll", "Reconciliation", "Financial reporting", "Cost accounting", "QuickBooks"),
    ),
    JobFamily(
        "marketing", "Commercial", "Marketing Specialist", "Marketing", 43_000,
        ("Google Analytics", "SEO", "Content marketing", "Social media", "Email campaigns", "Adobe Photoshop",
         "Copywriting", "Google Ads", "Market research", "Branding", "HubSpot", "WordPress", "Events", "Video editing"),
    ),
    JobFamily(
        "logistics", "Operations", "Logistics Coordinator", "Supply Chain Management", 38_000,
        ("Inventory management", "SAP", "Forklift", "Route planning", "Warehouse management", "Customs", "Procurement",
         "Excel", "Lean", "Shipping", "Dispatching", "Quality control", "Scheduling", "Vendor management"),
    ),
)  # fmt: skip

SENIORITIES = ("junior", "mid", "senior", "lead")
TITLE_PREFIX = {"junior": "Junior ", "mid": "", "senior": "Senior ", "lead": "Lead "}
MINIMUM_YEARS = (0, 2, 5, 8)
SALARY_FACTOR = (0.75, 1.0, 1.35, 1.7)

LOCATIONS = ("Leeds", "Lyon", "Porto", "Gdansk", "Graz", "Malmo", "Turin", "Ghent")
COUNTRIES = ("GB", "FR", "PT", "PL", "AT", "SE", "IT", "BE")
DEGREES = ("none", "vocational", "bachelor", "master", "doctorate")

SOURCES = ("direct", "employee_referral", "agency", "campus", "social", "other")
SOURCE_SHARES = (0.36, 0.1, 0.2, 0.09, 0.2, 0.05)

EMPLOYER_FIRST = ("North", "Blue", "Grand", "River", "Stone", "Silver", "Bright", "Union", "Harbour", "Summit",
                  "Cedar", "Atlas", "Delta", "Prime", "Iron", "Clear", "Green", "Royal", "Metro", "Swift")  # fmt: skip
EMPLOYER_SECOND = ("works", " Systems", " Foods", " Logistics", " Bank", " Media", " Retail", " Energy", " Care",
                   " Labs", " Partners", " Insurance", " Mobility", " Textiles", " Telecom", " Analytics", " Hotels",
                   " Motors", " Pharma", " Consulting")  # fmt: skip
DETAIL_KINDS = ("board", "agency", "campus", "fair", "newsletter", "referrer")


def employers() -> list[str]:
    """Names of 400 employers."""
    return [first + second for second in EMPLOYER_SECOND for first in EMPLOYER_FIRST]


def source_details() -> list[str]:
    """Names of 240 channels, 40 of each kind."""
    return [f"{kind}-{number:02d}" for number in range(1, 41) for kind in DETAIL_KINDS]


def all_skills() -> list[str]:
    """Every skill once, in alphabetical order."""
    return sorted({skill for family in FAMILIES for skill in family.skills})
