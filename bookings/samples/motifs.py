"""Why people come: the consultation types of a doctor."""

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


class Motif(NamedTuple):
    """`price` compares with the doctor's usual visit; `weight` says how often people come
    for it."""

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
    instructions: str = ""


FASTING = "Venir à jeun depuis minuit.\nApporter les dernières analyses."
ACTS: dict[str, tuple[Motif, ...]] = {
    "medecine-generale": (
        Motif("Certificat médical", 15, 0.8, instructions="Apporter le formulaire à remplir."),
        Motif("Vaccination", 15, 0.8, OLIVE, instructions="Apporter le vaccin et le carnet."),
        Motif("Bilan de santé annuel", 45, 1.6, AMBER, 0.4, on_request=True, notice_hours=48,
              instructions=FASTING),
    ),
    "cardiologie": (
        Motif("Échographie cardiaque", 45, 1.8, buffer=15, on_request=True, notice_hours=24),
        Motif("Électrocardiogramme (ECG)", 15, 0.6, AMBER),
        Motif("Épreuve d’effort", 60, 2.2, ROSE, 0.4, 15, 48, on_request=True,
              instructions="Tenue et chaussures de sport.\nPas de café le matin."),
    ),
    "dermatologie": (
        Motif("Contrôle des grains de beauté", 30, 1.0, instructions="Venir sans maquillage."),
        Motif("Petite chirurgie cutanée", 45, 2.2, ROSE, 0.4, 15, 48, on_request=True),
        Motif("Consultation acné", 15, 0.9, AMBER),
    ),
    "orthopedie": (
        Motif("Contrôle après opération", 15, 0.7, existing_only=True,
              instructions="Apporter les radios de contrôle."),
        Motif("Infiltration", 30, 1.6, ROSE, 0.5, 10, 24, on_request=True),
        Motif("Consultation genou et hanche", 30, 1.1, AMBER),
    ),
    "pediatrie": (
        Motif("Visite des nourrissons", 30, 1.1, instructions="Apporter le carnet de santé."),
        Motif("Vaccination de l’enfant", 15, 0.8, OLIVE,
              instructions="Apporter le vaccin et le carnet de santé."),
        Motif("Bilan du développement", 45, 1.6, AMBER, 0.5, notice_hours=48, on_request=True,
              instructions="Apporter le carnet de santé et les bulletins scolaires."),
    ),
    "medecine-interne": (
        Motif("Bilan approfondi", 60, 1.8, on_request=True, notice_hours=48, instructions=FASTING),
        Motif("Lecture d’analyses", 15, 0.6, AMBER),
    ),
    "gynecologie": (
        Motif("Suivi de grossesse", 30, 1.1, ROSE, instructions="Apporter les échographies."),
        Motif("Frottis de dépistage", 15, 0.9),
        Motif("Échographie pelvienne", 30, 1.6, AMBER, 0.7, 10, 24, on_request=True),
    ),
    "ophtalmologie": (
        Motif("Fond d’œil", 30, 1.3, instructions="Ne pas conduire dans les trois heures."),
        Motif("Renouvellement de lunettes", 15, 0.9, AMBER,
              instructions="Apporter les lunettes et la dernière ordonnance."),
        Motif("Contrôle du glaucome", 30, 1.2, OLIVE, existing_only=True),
    ),
    "orl": (
        Motif("Audiogramme", 30, 1.3, AMBER),
        Motif("Bilan des vertiges", 45, 1.5, on_request=True, notice_hours=24),
    ),
    "psychiatrie": (
        Motif("Séance de psychothérapie", 45, 1.0, buffer=10, existing_only=True, weight=2.0),
        Motif("Entretien familial", 60, 1.3, ROSE, 0.3, 10, 72, on_request=True),
    ),
    "neurologie": (
        Motif("Électroencéphalogramme (EEG)", 45, 1.7, ROSE, 0.6, 15, 48, on_request=True),
        Motif("Consultation migraine", 30, 1.0, AMBER),
    ),
    "endocrinologie": (
        Motif("Suivi du diabète", 30, 0.9, existing_only=True,
              instructions="Apporter le carnet de glycémie.\nAnalyses de moins de trois mois."),
        Motif("Échographie de la thyroïde", 30, 1.5, ROSE, 0.6, 10, on_request=True),
    ),
    "gastro-enterologie": (
        Motif("Consultation avant endoscopie", 30, 1.1, AMBER),
        Motif("Fibroscan", 30, 1.6, ROSE, 0.5, 10, 48, on_request=True,
              instructions="Venir à jeun depuis trois heures."),
    ),
    "pneumologie": (
        Motif("Spirométrie", 30, 1.4, AMBER, instructions="Pas de bronchodilatateur le matin."),
        Motif("Aide à l’arrêt du tabac", 30, 0.9, OLIVE),
        Motif("Bilan du sommeil", 45, 1.5, ROSE, 0.4, notice_hours=48, on_request=True),
    ),
    "rhumatologie": (
        Motif("Infiltration", 30, 1.5, ROSE, 0.6, 10, 24, on_request=True),
        Motif("Suivi d’ostéoporose", 30, 1.0, AMBER, existing_only=True),
    ),
    "urologie": (
        Motif("Échographie vésicale", 30, 1.5, on_request=True,
              instructions="Boire un demi-litre d’eau une heure avant."),
        Motif("Dépistage de la prostate", 15, 0.9, AMBER),
    ),
    "nephrologie": (
        Motif("Suivi de l’insuffisance rénale", 30, 1.0, existing_only=True, weight=1.5),
        Motif("Consultation hypertension", 30, 1.0, AMBER),
    ),
    "chirurgie-dentaire": (
        Motif("Détartrage", 30, 1.0, OLIVE, weight=2.0),
        Motif("Soin d’une carie", 45, 1.4),
        Motif("Pose de couronne", 60, 3.5, ROSE, 0.4, 15, 48, on_request=True),
    ),
    "allergologie": (
        Motif("Tests cutanés", 45, 1.4, notice_hours=48,
              instructions="Arrêter les antihistaminiques cinq jours avant."),
        Motif("Désensibilisation", 15, 0.6, AMBER, existing_only=True),
    ),
    "medecine-du-sport": (
        Motif("Certificat de sport", 15, 0.7, AMBER),
        Motif("Test d’effort", 60, 2.0, ROSE, 0.5, 15, 24, on_request=True,
              instructions="Tenue et chaussures de sport."),
        Motif("Échographie musculaire", 30, 1.5),
    ),
}  # fmt: skip

URGENT = Motif("Urgence", 15, 1.2, CORAL, 0.5, emergency_only=True)
VIDEO = Motif(
    "Consultation vidéo",
    15,
    0.8,
    SLATE,
    0.8,
    instructions="Un lien arrive par e-mail.\nS’installer au calme, avec l’ordonnance.",
)
PLAIN = Motif("Consultation", 30, 1.0, GREEN, 2.0, instructions=PAPERS)
"""What the five known doctors offer first: half an hour, no condition attached."""


def motifs_of(field: Field, chance: Chance, *, plain: bool, video: bool) -> list[Motif]:
    """Three to six types: a first visit (or `PLAIN`), follow-ups, acts of the field, and
    on some an emergency or a video visit."""
    acts = chance.few(ACTS[field.slug], 1, 3)
    if plain:
        # One that can be had at once, and one that the practice must confirm.
        acts = [
            *[act for act in ACTS[field.slug] if not act.on_request][:1],
            *[act._replace(weight=1.0) for act in ACTS[field.slug] if act.on_request][:1],
        ]
    follow_up = Motif(
        "Consultation de suivi",
        30 if plain else chance.choice((15, 20, 30)),
        0.8,
        BLUE,
        2.5,
        buffer=0 if plain else chance.choice((0, 0, 0, 5)),
        existing_only=plain or chance.happens(0.5),
    )
    first = Motif(
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
    # Pauses would spoil the known doctors' half-hour grid.
    acts = [act._replace(buffer=0) for act in acts] if plain else acts
    return [PLAIN if plain else first, follow_up, *acts, *extras][:6]


def price_of(motif: Motif, field: Field, country: Country) -> Decimal:
    """In the country's money, rounded as fees are there."""
    exact = country.visit * field.price * motif.price
    return Decimal(max(1, round(exact / country.rounding)) * country.rounding)
