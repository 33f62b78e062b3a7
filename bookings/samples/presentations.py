"""The texts by which doctors present themselves on the public page."""

from __future__ import annotations

from bookings.samples.chance import Chance
from bookings.samples.names import Name

FOCUS = {
    "medecine-generale": (
        "suit les familles de tous âges, de la prévention aux maladies chroniques",
        "reçoit pour les soins courants, les vaccins et le suivi au long cours",
    ),
    "cardiologie": (
        "suit l’hypertension, les troubles du rythme et la prévention après un accident cardiaque",
        "reçoit pour le dépistage, l’échographie et le suivi de l’insuffisance cardiaque",
    ),
    "dermatologie": (
        "prend en charge l’acné, l’eczéma et le psoriasis, de l’enfance à l’âge adulte",
        "dépiste les cancers de la peau et pratique la petite chirurgie au cabinet",
    ),
    "orthopedie": (
        "soigne les genoux, les hanches et les traumatismes du sport",
        "opère la main et l’épaule, et accompagne la rééducation",
    ),
    "pediatrie": (
        "suit les enfants de la naissance à seize ans",
        "accompagne les nourrissons, les vaccins et les troubles du sommeil",
    ),
    "medecine-interne": (
        "prend en charge les maladies rares et les diagnostics difficiles",
        "suit les maladies auto-immunes et les situations à plusieurs maladies",
    ),
    "gynecologie": (
        "accompagne la contraception, la grossesse et la ménopause",
        "suit les grossesses et dépiste les cancers féminins",
    ),
    "ophtalmologie": (
        "contrôle la vue, le glaucome et la rétine des personnes diabétiques",
        "reçoit pour les lunettes, les lentilles et la cataracte",
    ),
    "orl": (
        "soigne l’audition, les vertiges et les voies respiratoires hautes",
        "reçoit enfants et adultes pour l’oreille, le nez et la gorge",
    ),
    "psychiatrie": (
        "accompagne l’anxiété, la dépression et le burn-out",
        "propose un suivi régulier, avec ou sans traitement",
    ),
    "neurologie": (
        "suit les migraines, l’épilepsie et la maladie de Parkinson",
        "reçoit pour les troubles de la mémoire et les douleurs nerveuses",
    ),
    "endocrinologie": (
        "suit le diabète, la thyroïde et l’obésité",
        "accompagne les diabètes de type 1 et 2, pompe comprise",
    ),
    "gastro-enterologie": (
        "soigne l’estomac, l’intestin et le foie",
        "suit les maladies inflammatoires et pratique les endoscopies à la clinique",
    ),
    "pneumologie": (
        "suit l’asthme, la BPCO et les apnées du sommeil",
        "accompagne l’arrêt du tabac et les toux qui durent",
    ),
    "rhumatologie": (
        "soigne l’arthrose, l’ostéoporose et les rhumatismes inflammatoires",
        "reçoit pour le dos, les mains et les infiltrations sous échographie",
    ),
    "urologie": (
        "prend en charge la prostate, la vessie et les calculs",
        "opère à la clinique et suit au cabinet",
    ),
    "nephrologie": (
        "suit l’insuffisance rénale et l’hypertension",
        "prépare à la dialyse et à la greffe, ou aide à les éviter",
    ),
    "chirurgie-dentaire": (
        "soigne les dents et les gencives de toute la famille",
        "pratique soins, couronnes et détartrages dans un fauteuil récent",
    ),
    "allergologie": (
        "teste et traite les allergies respiratoires et alimentaires",
        "pratique tests cutanés et désensibilisations",
    ),
    "medecine-du-sport": (
        "soigne les blessures du sport et prépare la reprise",
        "suit sportifs amateurs et confirmés, tests d’effort compris",
    ),
}
SCHOOLS = {
    "FR": ("Paris", "Lyon", "Montpellier", "Lille", "Bordeaux"),
    "BE": ("Bruxelles", "Liège", "Louvain"),
    "MA": ("Rabat puis à Lyon", "Casablanca", "Fès", "Rabat puis à Bordeaux"),
    "DZ": ("Alger", "Oran", "Constantine puis à Paris"),
    "TN": ("Tunis", "Sfax", "Monastir puis à Marseille"),
    "CH": ("Genève", "Lausanne"),
    "CA": ("Montréal", "Québec", "Sherbrooke"),
}
MANNERS = (
    "{Pronoun} prend le temps d’expliquer chaque examen et remet un compte rendu le jour même.",
    "{Pronoun} reçoit sans retard, ou presque, et rappelle lorsque les résultats arrivent.",
    "Les premières visites sont longues : venez avec vos questions, elles sont bienvenues.",
    "{Pronoun} écrit après chaque visite au médecin traitant, et à vous.",
    "Le cabinet est accessible en fauteuil, et l’accueil parle plusieurs langues.",
    "Des créneaux restent libres chaque jour pour les situations qui ne peuvent pas attendre.",
    "{Pronoun} préfère les mots simples aux termes savants, et les écoute dans les deux sens.",
)


def presentation_of(name: Name, specialty: str, country: str, chance: Chance) -> str:
    """A presentation of two or three sentences and, for some doctors, a second paragraph."""
    pronoun, trained = ("Elle", "Formée") if name.is_woman else ("Il", "Formé")
    focus, school = chance.choice(FOCUS[specialty]), chance.choice(SCHOOLS[country])
    years = chance.randint(4, 28)
    manners = [text.format(Pronoun=pronoun) for text in chance.few(MANNERS, 1, 2)]
    first = f"Le Dr {name.last} {focus}. {trained} à {school}, {pronoun.lower()} exerce depuis "
    return "\n\n".join((f"{first}{years} ans. {manners[0]}", *manners[1:]))
