"""The consultation types of the sample doctors."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from bookings.samples.chance import Chance
from bookings.samples.places import Country
from bookings.samples.specialties import Field

GREEN, BLUE, VIOLET, ROSE = "#129d82", "#2f7fd0", "#8465d2", "#c95684"
CORAL, AMBER, OLIVE, SLATE = "#d2623f", "#b07d15", "#748a35", "#5d808d"

PAPERS = "Carte d’identité et carte d’assuré.\nOrdonnances et comptes rendus récents."
PRICE_NOTES = {
    "FR": ("Secteur 1, remboursé à 70 %", "Secteur 2, dépassement mesuré", ""),
    "BE": ("Conventionné INAMI", "Partiellement conventionné", ""),
    "MA": ("CNSS et CNOPS acceptées", "Feuille de soins remise sur place", ""),
    "DZ": ("Carte Chifa acceptée", ""),
    "TN": ("Conventionné CNAM", ""),
    "CH": ("Tarif TARDOC", ""),
    "CA": ("RAMQ acceptée", "Clinique privée"),
}


class TypePlan(NamedTuple):
    """The plan of one consultation type.

    `price` is relative to the doctor's usual visit; `weight` says how often the type is booked.
    """

    name: str
    minutes: int
    price: float = 1.0
    color: str = VIOLET
    weight: float = 1.0
    buffer: int = 0
    notice_hours: int = 0
    horizon_days: int = 180
    existing_only: bool = False
    emergency_only: bool = False
    on_request: bool = False
    for_new: bool = False
    is_video: bool = False
    instructions: str = ""


FASTING = "Venir à jeun depuis minuit.\nApporter les dernières analyses."
ACTS: dict[str, tuple[TypePlan, ...]] = {
    "medecine-generale": (
        TypePlan("Certificat médical", 15, 0.8, instructions="Apporter le formulaire à remplir."),
        TypePlan("Vaccination", 15, 0.8, OLIVE, instructions="Apporter le vaccin et le carnet."),
        TypePlan("Bilan de santé annuel", 45, 1.6, AMBER, 0.4, on_request=True, notice_hours=48,
                 instructions=FASTING),
    ),
    "cardiologie": (
        TypePlan("Échographie cardiaque", 45, 1.8, buffer=15, on_request=True, notice_hours=24),
        TypePlan("Électrocardiogramme (ECG)", 15, 0.6, AMBER),
        TypePlan("Épreuve d’effort", 60, 2.2, ROSE, 0.4, 15, 48, on_request=True,
                 instructions="Tenue et chaussures de sport.\nPas de café le matin."),
    ),
    "dermatologie": (
        TypePlan("Contrôle des grains de beauté", 30, 1.0, instructions="Venir sans maquillage."),
        TypePlan("Petite chirurgie cutanée", 45, 2.2, ROSE, 0.4, 15, 48, on_request=True),
        TypePlan("Consultation acné", 15, 0.9, AMBER),
    ),
    "orthopedie": (
        TypePlan("Contrôle après opération", 15, 0.7, existing_only=True,
                 instructions="Apporter les radios de contrôle."),
        TypePlan("Infiltration", 30, 1.6, ROSE, 0.5, 10, 24, on_request=True),
        TypePlan("Consultation genou et hanche", 30, 1.1, AMBER),
    ),
    "pediatrie": (
        TypePlan("Visite des nourrissons", 30, 1.1, instructions="Apporter le carnet de santé."),
        TypePlan("Vaccination de l’enfant", 15, 0.8, OLIVE,
                 instructions="Apporter le vaccin et le carnet de santé."),
        TypePlan("Bilan du développement", 45, 1.6, AMBER, 0.5, notice_hours=48, on_request=True,
                 instructions="Apporter le carnet de santé et les bulletins scolaires."),
    ),
    "medecine-interne": (
        TypePlan("Bilan approfondi", 60, 1.8, on_request=True, notice_hours=48,
                 instructions=FASTING),
        TypePlan("Lecture d’analyses", 15, 0.6, AMBER),
    ),
    "gynecologie": (
        TypePlan("Suivi de grossesse", 30, 1.1, ROSE, instructions="Apporter les échographies."),
        TypePlan("Frottis de dépistage", 15, 0.9),
        TypePlan("Échographie pelvienne", 30, 1.6, AMBER, 0.7, 10, 24, on_request=True),
    ),
    "ophtalmologie": (
        TypePlan("Fond d’œil", 30, 1.3, instructions="Ne pas conduire dans les trois heures."),
        TypePlan("Renouvellement de lunettes", 15, 0.9, AMBER,
                 instructions="Apporter les lunettes et la dernière ordonnance."),
        TypePlan("Contrôle du glaucome", 30, 1.2, OLIVE, existing_only=True),
    ),
    "orl": (
        TypePlan("Audiogramme", 30, 1.3, AMBER),
        TypePlan("Bilan des vertiges", 45, 1.5, on_request=True, notice_hours=24),
    ),
    "psychiatrie": (
        TypePlan("Séance de psychothérapie", 45, 1.0, buffer=10, existing_only=True, weight=2.0),
        TypePlan("Entretien familial", 60, 1.3, ROSE, 0.3, 10, 72, on_request=True),
    ),
    "neurologie": (
        TypePlan("Électroencéphalogramme (EEG)", 45, 1.7, ROSE, 0.6, 15, 48, on_request=True),
        TypePlan("Consultation migraine", 30, 1.0, AMBER),
    ),
    "endocrinologie": (
        TypePlan("Suivi du diabète", 30, 0.9, existing_only=True,
                 instructions="Apporter le carnet de glycémie.\nAnalyses de moins de trois mois."),
        TypePlan("Échographie de la thyroïde", 30, 1.5, ROSE, 0.6, 10, on_request=True),
    ),
    "gastro-enterologie": (
        TypePlan("Consultation avant endoscopie", 30, 1.1, AMBER),
        TypePlan("Fibroscan", 30, 1.6, ROSE, 0.5, 10, 48, on_request=True,
                 instructions="Venir à jeun depuis trois heures."),
    ),
    "pneumologie": (
        TypePlan("Spirométrie", 30, 1.4, AMBER, instructions="Pas de bronchodilatateur le matin."),
        TypePlan("Aide à l’arrêt du tabac", 30, 0.9, OLIVE),
        TypePlan("Bilan du sommeil", 45, 1.5, ROSE, 0.4, notice_hours=48, on_request=True),
    ),
    "rhumatologie": (
        TypePlan("Infiltration", 30, 1.5, ROSE, 0.6, 10, 24, on_request=True),
        TypePlan("Suivi d’ostéoporose", 30, 1.0, AMBER, existing_only=True),
    ),
    "urologie": (
        TypePlan("Échographie vésicale", 30, 1.5, on_request=True,
                 instructions="Boire un demi-litre d’eau une heure avant."),
        TypePlan("Dépistage de la prostate", 15, 0.9, AMBER),
    ),
    "nephrologie": (
        TypePlan("Suivi de l’insuffisance rénale", 30, 1.0, existing_only=True, weight=1.5),
        TypePlan("Consultation hypertension", 30, 1.0, AMBER),
    ),
    "chirurgie-dentaire": (
        TypePlan("Détartrage", 30, 1.0, OLIVE, weight=2.0),
        TypePlan("Soin d’une carie", 45, 1.4),
        TypePlan("Pose de couronne", 60, 3.5, ROSE, 0.4, 15, 48, on_request=True),
    ),
    "allergologie": (
        TypePlan("Tests cutanés", 45, 1.4, notice_hours=48,
                 instructions="Arrêter les antihistaminiques cinq jours avant."),
        TypePlan("Désensibilisation", 15, 0.6, AMBER, existing_only=True),
    ),
    "medecine-du-sport": (
        TypePlan("Certificat de sport", 15, 0.7, AMBER),
        TypePlan("Test d’effort", 60, 2.0, ROSE, 0.5, 15, 24, on_request=True,
                 instructions="Tenue et chaussures de sport."),
        TypePlan("Échographie musculaire", 30, 1.5),
    ),
}  # fmt: skip

URGENT = TypePlan("Urgence", 15, 1.2, CORAL, 0.5, emergency_only=True)
VIDEO = TypePlan(
    "Consultation vidéo",
    15,
    0.8,
    SLATE,
    0.8,
    instructions="S’installer au calme, avec l’ordonnance.",
    is_video=True,
)
PLAIN = TypePlan("Consultation", 30, 1.0, GREEN, 2.0, instructions=PAPERS)
"""The first type of the five known doctors: half an hour, without any condition."""


def consultation_types_of(
    field: Field, chance: Chance, *, plain: bool, video: bool
) -> list[TypePlan]:
    """Three to six types: a first visit (or `PLAIN`), a follow-up, acts of the field, and for
    some doctors an emergency or a video visit."""
    acts = chance.few(ACTS[field.slug], 1, 3)
    if plain:
        # One act that is booked at once, and one that the practice must confirm.
        acts = [
            *[act for act in ACTS[field.slug] if not act.on_request][:1],
            *[act._replace(weight=1.0) for act in ACTS[field.slug] if act.on_request][:1],
        ]
    follow_up = TypePlan(
        "Consultation de suivi",
        30 if plain else chance.choice((15, 20, 30)),
        0.8,
        BLUE,
        2.5,
        buffer=0 if plain else chance.choice((0, 0, 0, 5)),
        existing_only=plain or chance.happens(0.5),
    )
    first = TypePlan(
        "Première consultation",
        field.minutes,
        1.0,
        GREEN,
        1.5,
        notice_hours=chance.choice((0, 0, 0, 2, 12, 24)),
        horizon_days=chance.choice((60, 90, 180, 180)),
        for_new=True,
        instructions=PAPERS,
    )
    extras = [VIDEO] if video else []
    if plain or chance.happens(0.4):
        extras.append(URGENT)
    # The known doctors have a grid of half hours, so their acts have no pause.
    acts = [act._replace(buffer=0) for act in acts] if plain else acts
    return [PLAIN if plain else first, follow_up, *acts, *extras][:6]


def price_of(consultation_type: TypePlan, field: Field, country: Country) -> Decimal:
    """The price in the country's currency, rounded like fees in that country."""
    exact = country.visit * field.price * consultation_type.price
    return Decimal(max(1, round(exact / country.rounding)) * country.rounding)
