"""The texts of visits and files: patients' reasons, private notes, blocks, absences."""

REASONS = {
    "medecine-generale": (
        "Fièvre et toux depuis trois jours", "Renouvellement d’ordonnance", "Fatigue persistante",
        "Mal de dos", "Résultats d’analyses", "Certificat pour la salle de sport",
    ),
    "cardiologie": (
        "Palpitations le soir", "Contrôle de la tension", "Essoufflement à l’effort",
        "Suivi après pose de stent", "Bilan avant opération", "Antécédents familiaux",
    ),
    "dermatologie": (
        "Grain de beauté qui a changé", "Eczéma aux mains", "Acné", "Chute de cheveux",
        "Plaques rouges sur les coudes", "Verrue plantaire",
    ),
    "orthopedie": (
        "Douleur au genou droit", "Entorse de la cheville", "Contrôle après plâtre",
        "Mal à l’épaule depuis un mois", "Avis pour une prothèse de hanche",
    ),
    "pediatrie": (
        "Fièvre depuis hier soir", "Visite des 9 mois", "Vaccins des 11 mois", "Toux la nuit",
        "Otite à répétition", "Certificat pour le judo",
    ),
    "medecine-interne": (
        "Perte de poids inexpliquée", "Avis sur des analyses", "Fatigue et douleurs articulaires",
        "Suivi d’un lupus", "Fièvre prolongée",
    ),
    "gynecologie": (
        "Suivi de grossesse, 5e mois", "Frottis", "Contraception", "Règles douloureuses",
        "Résultats d’échographie",
    ),
    "ophtalmologie": (
        "Baisse de la vue de loin", "Œil rouge", "Contrôle annuel", "Renouvellement de lunettes",
        "Mouches devant l’œil gauche",
    ),
    "orl": (
        "Baisse de l’audition", "Vertiges le matin", "Angines à répétition", "Nez bouché",
        "Acouphènes",
    ),
    "psychiatrie": (
        "Troubles du sommeil", "Suivi", "Anxiété au travail", "Adaptation du traitement",
        "Première demande d’aide",
    ),
    "neurologie": (
        "Migraines fréquentes", "Fourmillements dans la main", "Suivi d’épilepsie",
        "Tremblements", "Oublis récents",
    ),
    "endocrinologie": (
        "Suivi du diabète", "Nodule de la thyroïde", "Bilan hormonal", "Prise de poids",
        "Réglage de l’insuline",
    ),
    "gastro-enterologie": (
        "Brûlures d’estomac", "Douleurs après les repas", "Suivi d’une hépatite",
        "Résultats de coloscopie",
    ),
    "pneumologie": (
        "Asthme mal contrôlé", "Toux depuis deux mois", "Apnées du sommeil",
        "Arrêt du tabac",
    ),
    "rhumatologie": (
        "Douleurs aux mains le matin", "Sciatique", "Suivi de polyarthrite", "Mal au cou",
    ),
    "urologie": (
        "Calculs rénaux", "Infections à répétition", "Contrôle annuel", "Envies fréquentes",
    ),
    "nephrologie": (
        "Suivi de créatinine", "Hypertension résistante", "Œdèmes aux jambes", "Bilan annuel",
    ),
    "chirurgie-dentaire": (
        "Rage de dents", "Détartrage", "Couronne descellée", "Contrôle annuel",
        "Gencives qui saignent",
    ),
    "allergologie": (
        "Rhume des foins", "Allergie aux arachides", "Urticaire", "Asthme au printemps",
    ),
    "medecine-du-sport": (
        "Tendinite du coude", "Reprise après blessure", "Certificat marathon",
        "Douleur au mollet",
    ),
}  # fmt: skip

PRIVATE_NOTES = (
    "Tension 14/8 en fin de consultation, à contrôler dans un mois.",
    "Bien soulagé par le traitement. Poursuivre, revoir dans six semaines.",
    "S’inquiète pour sa mère ; prendre le temps d’en reparler.",
    "Ne supporte pas l’ibuprofène. Penser au paracétamol.",
    "Courrier au médecin traitant à faire.",
    "Examen normal. Rassurer, pas d’imagerie pour l’instant.",
    "Demander le compte rendu de l’hôpital avant la prochaine visite.",
    "Observance difficile : proposer une seule prise le matin.",
    "Préfère les rendez-vous après 16 h 30.",
    "Bilan sanguin prescrit, résultats attendus sous huit jours.",
)

BLOCK_REASONS = (
    "Trois absences sans prévenir",
    "Propos déplacés envers l’accueil",
    "Réserve plusieurs créneaux et les annule le matin même",
    "Suivi repris par un autre cabinet, à voir avec le médecin",
)

ABSENCES = ("Congés", "Congrès", "Vacances en famille", "Formation", "Congés")
HALF_DAYS = ("Formation continue", "Réunion à l’hôpital", "Rendez-vous personnel", "Garde")
