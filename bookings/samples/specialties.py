"""Twenty-one fields of medicine, in three languages."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A field of medicine. `slug` is its part of addresses; `audience` the group of its patients;
    `price` is relative to a general practitioner's fee; `minutes` the length of a first visit;
    `also` other names that patients use."""

    slug: str
    name_en: str
    name_fr: str
    name_ar: str
    practitioner_en: str
    practitioner_fr: str
    practitioner_ar: str
    audience: str = "adult"
    price: float = 2.0
    minutes: int = 30
    icon: str = "stethoscope"
    also: str = ""


GENERAL = "medecine-generale"

FIELDS = {
    field.slug: field
    for field in (
        Field(
            GENERAL,
            "General Practice", "Médecine générale", "الطب العام",
            "General practitioner", "Médecin généraliste", "طبيب عام",
            audience="all", price=1.0, minutes=20,
            also="généraliste, médecin de famille, médecin traitant, toubib, family doctor, GP",
        ),
        Field(
            "cardiologie",
            "Cardiology", "Cardiologie", "أمراض القلب",
            "Cardiologist", "Cardiologue", "طبيب القلب",
            audience="senior", minutes=45,
            icon="heart", also="cardio, médecin du cœur, heart doctor",
        ),
        Field(
            "dermatologie",
            "Dermatology", "Dermatologie", "الأمراض الجلدية",
            "Dermatologist", "Dermatologue", "طبيب الجلد",
            audience="all", price=2.1,
            icon="drop", also="dermato, dermatologiste, médecin de la peau, skin doctor",
        ),
        Field(
            "orthopedie",
            "Orthopedics", "Orthopédie", "جراحة العظام والمفاصل",
            "Orthopedist", "Orthopédiste", "طبيب العظام",
            price=2.3,
            icon="bone", also="chirurgien orthopédique, orthopedic surgeon",
        ),
        Field(
            "pediatrie",
            "Pediatrics", "Pédiatrie", "طب الأطفال",
            "Pediatrician", "Pédiatre", "طبيب الأطفال",
            audience="child", price=1.5,
            icon="child", also="médecin pour enfants, children’s doctor",
        ),
        Field(
            "medecine-interne",
            "Internal Medicine", "Médecine interne", "الطب الباطني",
            "Internist", "Interniste", "طبيب باطني",
            audience="senior", minutes=45,
        ),
        Field(
            "gynecologie",
            "Gynecology", "Gynécologie", "أمراض النساء والتوليد",
            "Gynecologist", "Gynécologue", "طبيب النساء والتوليد",
            audience="woman",
            icon="woman", also="gynéco, gynécologue obstétricien, médecin des femmes, obstetrician",
        ),
        Field(
            "ophtalmologie",
            "Ophthalmology", "Ophtalmologie", "طب العيون",
            "Ophthalmologist", "Ophtalmologue", "طبيب العيون",
            audience="all", price=1.9, minutes=20,
            icon="eye", also="ophtalmo, ophtalmologiste, oculiste, médecin des yeux, eye doctor",
        ),
        Field(
            "orl",
            "Otolaryngology", "ORL", "طب الأنف والأذن والحنجرة",
            "ENT specialist", "ORL", "طبيب الأنف والأذن والحنجرة",
            audience="all",
            icon="ear",
            also="oto-rhino, oto-rhino-laryngologue, nez gorge oreilles, ear nose and throat",
        ),
        Field(
            "psychiatrie",
            "Psychiatry", "Psychiatrie", "الطب النفسي",
            "Psychiatrist", "Psychiatre", "طبيب نفسي",
            price=2.4, minutes=45,
            icon="talk", also="psy, shrink",
        ),
        Field(
            "neurologie",
            "Neurology", "Neurologie", "طب الأعصاب",
            "Neurologist", "Neurologue", "طبيب الأعصاب",
            price=2.3, minutes=45,
            icon="brain", also="neurologiste",
        ),
        Field(
            "endocrinologie",
            "Endocrinology", "Endocrinologie", "أمراض الغدد والسكري",
            "Endocrinologist", "Endocrinologue", "طبيب الغدد والسكري",
            minutes=40,
            also="diabétologue, diabète, thyroïde",
        ),
        Field(
            "gastro-enterologie",
            "Gastroenterology", "Gastro-entérologie", "أمراض الجهاز الهضمي",
            "Gastroenterologist", "Gastro-entérologue", "طبيب الجهاز الهضمي",
            also="hépato-gastro-entérologue",
        ),
        Field(
            "pneumologie",
            "Pulmonology", "Pneumologie", "أمراض الصدر والجهاز التنفسي",
            "Pulmonologist", "Pneumologue", "طبيب الأمراض الصدرية",
            icon="lungs", also="médecin des poumons, lung doctor",
        ),
        Field(
            "rhumatologie",
            "Rheumatology", "Rhumatologie", "أمراض المفاصل والروماتيزم",
            "Rheumatologist", "Rhumatologue", "طبيب الروماتيزم",
            audience="senior",
            icon="bone",
        ),
        Field(
            "urologie",
            "Urology", "Urologie", "جراحة المسالك البولية",
            "Urologist", "Urologue", "طبيب المسالك البولية",
            price=2.2,
        ),
        Field(
            "nephrologie",
            "Nephrology", "Néphrologie", "أمراض الكلى",
            "Nephrologist", "Néphrologue", "طبيب الكلى",
            audience="senior", minutes=40,
            also="médecin des reins, kidney doctor",
        ),
        Field(
            "chirurgie-dentaire",
            "Dentistry", "Chirurgie dentaire", "طب الأسنان",
            "Dentist", "Chirurgien-dentiste", "طبيب الأسنان",
            audience="all", price=1.6,
            icon="tooth", also="dentiste, dental surgeon",
        ),
        Field(
            "allergologie",
            "Allergology", "Allergologie", "أمراض الحساسية",
            "Allergist", "Allergologue", "طبيب الحساسية",
            audience="all", minutes=40,
            icon="flower", also="allergologiste, allergies",
        ),
        Field(
            "medecine-du-sport",
            "Sports Medicine", "Médecine du sport", "الطب الرياضي",
            "Sports physician", "Médecin du sport", "طبيب رياضي",
            price=1.7,
        ),
        # Of no sample doctor.
        Field(
            "kinesitherapie",
            "Physiotherapy", "Kinésithérapie", "العلاج الطبيعي",
            "Physiotherapist", "Kinésithérapeute", "أخصائي العلاج الطبيعي",
            audience="all", price=0.8,
            also="kiné, masseur-kinésithérapeute, physio",
        ),
    )
}  # fmt: skip

# The fields of the doctors after the first five, in turn. Its length shares no factor with the
# length of the cities' cycle, so that every field comes to every city.
CYCLE = (
    "cardiologie", GENERAL, "pediatrie", "gynecologie", "dermatologie", "ophtalmologie",
    GENERAL, "chirurgie-dentaire", "orl", "psychiatrie", "endocrinologie", GENERAL,
    "gastro-enterologie", "rhumatologie", "neurologie", "pediatrie", "pneumologie", GENERAL,
    "medecine-du-sport", "urologie", "allergologie", "orthopedie", "cardiologie", GENERAL,
    "nephrologie", "gynecologie", "medecine-interne", "chirurgie-dentaire", "dermatologie",
)  # fmt: skip
