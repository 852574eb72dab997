"""Words that tell a job title, an employer and a school apart."""

from __future__ import annotations

import re

_TITLE_WORDS = (
    "accountant actuary administrator advisor adviser agent analyst analyste architect architekt artist assistant "
    "assistent assistentin associate attorney auditor author baker bartender berater beraterin bookkeeper broker "
    "buchhalter buchhalterin buyer captain caregiver carpenter cashier ceo cfo chef chemist cio clerk coach comptable "
    "conducteur consultant consultante contractor controller cook coordinator coordinateur copywriter counselor "
    "counsellor cto curator dba dentist designer desarrollador developer développeur développeuse director directeur "
    "dispatcher doctor driver economist editor educator electrician employee engineer entwickler entwicklerin "
    "estimator "
    "executive expert fellow foreman freelancer geologist guard handler head hostess housekeeper illustrator "
    "ingenieur ingenieurin ingénieur ingeniero inspector instructor intern interpreter investigator journalist "
    "kaufmann kauffrau laborer labourer laboratory lawyer lead leader lecturer leiter leiterin librarian machinist "
    "manager mechanic mechaniker mentor merchandiser midwife miller musician nurse officer operator owner paralegal "
    "partner pharmacist photographer physician physicist physiotherapist pilot planner plumber postdoc president "
    "principal producer professor programmer projektleiter promoter psychologist receptionist recruiter registrar "
    "repairer reporter representative researcher responsable sachbearbeiter sachbearbeiterin salesperson scientist "
    "secretary sergeant serveur server specialist spezialist stagiaire statistician stylist supervisor surgeon "
    "surveyor teacher technician technicien techniker tester therapist trader trainee trainer translator tutor "
    "underwriter vendeur vendeuse veterinarian volunteer waiter waitress warehouseman welder werkstudent worker writer "
    "praktikant praktikantin gerente analista ingegnere programmatore sre qa vp co-founder founder apprentice"
)
TITLE = re.compile(rf"(?<![\w-])(?:{'|'.join(_TITLE_WORDS.split())})s?(?![\w-])", re.IGNORECASE)
EMPLOYER = re.compile(
    r"\b(?:inc|incorporated|llc|l\.l\.c|ltd|limited|plc|corp|corporation|company|gmbh|ag|kg|se|sa|sas|sarl|srl|spa|bv|"
    r"nv|"
    r"oy|ab|pvt|pty|llp|group|groupe|gruppe|holdings?|bank|university|college|school|institute|hospital|clinic|"
    r"technologies|solutions|systems|services|consulting|partners|labs|laboratories|industries|associates|agency|"
    r"ministry|department of|council|insurance|logistics|retail|energy|foundation|hotel|hotels|motors|airlines|"
    r"universität|klinik|krankenhaus|stiftung|université|bank of)\b(?!\s+(?:engineer|analyst|administrator|manager|"
    r"developer))",
    re.IGNORECASE,
)
INSTITUTION = re.compile(
    r"\b(?:university|universit\w+|universidad\w*|univ\.?|college|institute|institut\w*|school of|business school|"
    r"hochschule|"
    r"fachhochschule|academy|akademie|polytechnic\w*|politecnico|politécnica|école|ecole|eth|epfl|mit|iit|nit|iiit|"
    r"bits|"
    r"faculty|faculté|conservatory|seminary|tu|fh|lmu|rwth|ucl|lse|mba school|insead|hec)\b",
    re.IGNORECASE,
)
_COUNTRIES = (
    "usa|us|u\\.s\\.a\\.|united states|uk|u\\.k\\.|united kingdom|england|scotland|wales|ireland|germany|deutschland|"
    "france|spain|españa|italy|italia|portugal|poland|austria|österreich|switzerland|schweiz|suisse|belgium|"
    "netherlands|"
    "sweden|norway|denmark|finland|india|china|japan|singapore|hong kong|australia|canada|mexico|brazil|argentina|"
    "chile|colombia|south africa|nigeria|kenya|egypt|israel|turkey|uae|dubai|qatar|saudi arabia|pakistan|bangladesh|"
    "sri lanka|nepal|philippines|malaysia|indonesia|vietnam|thailand|south korea|taiwan|new zealand|russia|ukraine|"
    "belarus|romania|bulgaria|hungary|czech republic|czechia|slovakia|slovenia|croatia|serbia|greece|remote|california|"
    "texas|new york|florida|illinois|washington|massachusetts|georgia|ohio|michigan|virginia|colorado|arizona|oregon|"
    "pennsylvania|new jersey|north carolina|minnesota|utah|nevada|maryland|london|paris|berlin|bangalore|bengaluru|"
    "hyderabad|mumbai|pune|chennai|delhi|new delhi|noida|gurgaon|kolkata|munich|münchen|hamburg|zurich|zürich|vienna|"
    "wien"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
PLACE = re.compile(rf"(?:(?:{_STATES})(?:\s+\d{{5}})?|(?i:{_COUNTRIES}))[.\s]*")
# "Pleasant Hill, CA"
TOWN = re.compile(rf"[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){{0,2}}\s*,\s*(?:{_STATES})\b(?:\s+\d{{5}})?\.?")
