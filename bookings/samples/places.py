"""Countries and cities: currency, workdays, time zones, streets, and phone numbers of nobody.

France reserves ranges for fiction (01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49), Canada
555-01xx. The French mobile range, 06 39 98, is not used: libphonenumber calls it invalid, and a
patient could not save a form with it. Other countries use the all-zero block of a prefix.
"""

from __future__ import annotations

from typing import NamedTuple


class PhoneRange(NamedTuple):
    prefix: str
    digits: int

    def number(self, at: int) -> str:
        return f"{self.prefix}{at % 10**self.digits:0{self.digits}d}"


class Country(NamedTuple):
    """`visit` is a general practitioner's fee; all fees are multiples of `rounding`."""

    code: str
    currency: str
    visit: int
    rounding: int
    workdays: tuple[int, ...]
    languages: tuple[str, ...]
    phones: tuple[PhoneRange, ...]
    streets: tuple[str, ...]


class SampleCity(NamedTuple):
    name: str
    country: str
    zone: str
    latitude: float
    longitude: float
    postal_codes: tuple[str, ...]
    landline: PhoneRange
    quarters: tuple[str, ...]
    stops: tuple[str, ...]


FICTION = tuple(PhoneRange(f"+33{start}", 4) for start in (19900, 26191, 35301, 46571, 53649))
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)

FRENCH_STREETS = (
    "rue de la République", "avenue Jean-Jaurès", "rue Victor-Hugo", "boulevard Gambetta",
    "rue Pasteur", "place du Marché", "rue des Lilas", "avenue de la Gare", "rue du Moulin",
    "cours Lafayette", "rue Marie-Curie", "quai de la Loire",
)  # fmt: skip
COUNTRIES = {
    country.code: country
    for country in (
        Country("FR", "EUR", 30, 5, MONDAY_TO_FRIDAY, ("fr",), FICTION, FRENCH_STREETS),
        Country(
            "BE", "EUR", 32, 1, MONDAY_TO_FRIDAY, ("fr", "nl"), (PhoneRange("+3249900", 4),),
            ("rue Neuve", "chaussée d’Ixelles", "rue de la Loi", "avenue Louise", "rue du Midi",
             "place du Jeu de Balle", "rue des Guillemins", "boulevard d’Avroy", "rue Haute"),
        ),
        Country(
            "MA", "MAD", 200, 50, MONDAY_TO_FRIDAY, ("fr", "ar"), (PhoneRange("+21260000", 4),),
            ("boulevard Mohammed-V", "avenue Hassan-II", "rue Ibn-Sina", "avenue des FAR",
             "rue de Fès", "boulevard Zerktouni", "rue Al-Farabi", "avenue Allal-Ben-Abdellah",
             "rue des Orangers", "boulevard Moulay-Youssef"),
        ),
        Country(
            "DZ", "DZD", 2000, 500, SUNDAY_TO_THURSDAY, ("fr", "ar"),
            (PhoneRange("+21355000", 4),),
            ("rue Didouche-Mourad", "boulevard Zighoud-Youcef", "rue Larbi-Ben-M’hidi",
             "avenue de l’ALN", "rue Hassiba-Ben-Bouali", "rue Abane-Ramdane",
             "boulevard de la Soummam", "rue des Frères-Bouadou"),
        ),
        Country(
            "TN", "TND", 50, 10, MONDAY_TO_FRIDAY, ("fr", "ar"), (PhoneRange("+2162000", 4),),
            ("avenue Habib-Bourguiba", "rue de Marseille", "avenue de Carthage",
             "rue du Lac Léman", "avenue de la Liberté", "rue Ibn-Khaldoun", "rue de Palestine",
             "avenue Farhat-Hached"),
        ),
        Country(
            "CH", "CHF", 120, 10, MONDAY_TO_FRIDAY, ("fr", "de"), (PhoneRange("+4179000", 4),),
            ("rue du Rhône", "rue de Carouge", "boulevard Georges-Favon", "rue de Lausanne",
             "chemin des Crêts", "place du Bourg-de-Four"),
        ),
        Country(
            "CA", "CAD", 90, 10, MONDAY_TO_FRIDAY, ("fr", "en"), (PhoneRange("+143855501", 2),),
            ("rue Sainte-Catherine Ouest", "avenue du Mont-Royal Est", "rue Saint-Denis",
             "boulevard Saint-Laurent", "rue Sherbrooke Est", "avenue Laurier Ouest"),
        ),
    )
}  # fmt: skip

PARIS, CASABLANCA = "Paris", "Casablanca"
CITIES = {
    city.name: city
    for city in (
        SampleCity(
            PARIS, "FR", "Europe/Paris", 48.8606, 2.3522,
            ("75003", "75009", "75011", "75012", "75014", "75015", "75018", "75020"), FICTION[0],
            ("République", "Bastille", "Nation", "Montparnasse", "Batignolles", "Belleville"),
            ("Métro République, lignes 3, 5, 8, 9 et 11, 4 min à pied",
             "Métro Nation, lignes 1, 2, 6 et 9, 3 min à pied",
             "Bus 91 et 96, arrêt Oberkampf – Filles du Calvaire"),
        ),
        SampleCity(
            "Lyon", "FR", "Europe/Paris", 45.7606, 4.8357,
            ("69002", "69003", "69006", "69007"), FICTION[3],
            ("Part-Dieu", "Croix-Rousse", "Bellecour", "Monplaisir", "Vaise"),
            ("Métro B, Part-Dieu, 5 min à pied", "Tram T1, arrêt Liberté, 2 min à pied"),
        ),
        SampleCity(
            "Marseille", "FR", "Europe/Paris", 43.2965, 5.3766,
            ("13001", "13005", "13006", "13008"), FICTION[3],
            ("Castellane", "Vieux-Port", "La Timone", "Prado", "Longchamp"),
            ("Métro 1 et 2, Castellane, 3 min à pied", "Tram T3, arrêt Rome-Davso"),
        ),
        SampleCity(
            "Lille", "FR", "Europe/Paris", 50.6311, 3.0594, ("59000", "59800"), FICTION[2],
            ("Wazemmes", "Vieux-Lille", "Moulins", "Vauban"),
            ("Métro 1, Wazemmes, 4 min à pied", "Gare Lille-Flandres, 8 min à pied"),
        ),
        SampleCity(
            "Nantes", "FR", "Europe/Paris", 47.2156, -1.5541, ("44000", "44200"), FICTION[1],
            ("Graslin", "Île de Nantes", "Chantenay", "Doulon"),
            ("Tram 1, arrêt Médiathèque, 2 min à pied", "Busway 4, arrêt Duchesse Anne"),
        ),
        SampleCity(
            "Bordeaux", "FR", "Europe/Paris", 44.8410, -0.5810, ("33000", "33800"), FICTION[4],
            ("Chartrons", "Saint-Michel", "Bastide", "Caudéran"),
            ("Tram B, arrêt Chartrons, 3 min à pied", "Tram C, arrêt Saint-Michel"),
        ),
        SampleCity(
            "Strasbourg", "FR", "Europe/Paris", 48.5839, 7.7455, ("67000", "67100"), FICTION[2],
            ("Neudorf", "Krutenau", "Orangerie", "Petite France"),
            ("Tram A et D, arrêt Étoile Bourse, 4 min à pied", "Tram C, arrêt Esplanade"),
        ),
        SampleCity(
            "Saint-Denis de La Réunion", "FR", "Indian/Reunion", -20.8789, 55.4481, ("97400",),
            PhoneRange("+26226200", 4), ("Le Barachois", "Le Butor", "Bellepierre"),
            ("Bus 6, arrêt Hôtel de Ville", "Parking du Barachois, 5 min à pied"),
        ),
        SampleCity(
            "Fort-de-France", "FR", "America/Martinique", 14.6037, -61.0731, ("97200",),
            PhoneRange("+59659600", 4), ("Terres-Sainville", "Didier", "Bellevue"),
            ("TCSP, arrêt Mahault, 6 min à pied", "Parking Lafcadio-Hearn"),
        ),
        SampleCity(
            "Bruxelles", "BE", "Europe/Brussels", 50.8467, 4.3525,
            ("1000", "1050", "1060", "1180"), PhoneRange("+3222000", 3),
            ("Ixelles", "Saint-Gilles", "Uccle", "Schaerbeek", "Sablon"),
            ("Métro Louise, lignes 2 et 6, 4 min à pied", "Tram 81, arrêt Bailli"),
        ),
        SampleCity(
            "Liège", "BE", "Europe/Brussels", 50.6412, 5.5718, ("4000", "4020"),
            PhoneRange("+3242000", 3), ("Guillemins", "Outremeuse", "Longdoz"),
            ("Gare de Liège-Guillemins, 6 min à pied", "Tram, arrêt Opéra"),
        ),
        SampleCity(
            "Genève", "CH", "Europe/Zurich", 46.2044, 6.1432, ("1201", "1205", "1207"),
            PhoneRange("+41220000", 3), ("Plainpalais", "Eaux-Vives", "Pâquis", "Carouge"),
            ("Tram 12, arrêt Plainpalais, 2 min à pied", "Léman Express, Eaux-Vives"),
        ),
        SampleCity(
            CASABLANCA, "MA", "Africa/Casablanca", 33.5883, -7.6114,
            ("20000", "20060", "20100", "20250"), PhoneRange("+212522000", 3),
            ("Gauthier", "Maârif", "Anfa", "Bourgogne", "Racine", "Aïn Diab"),
            ("Tram T1, Place Mohammed-V, 6 min à pied", "Tram T1, arrêt Faculté de médecine",
             "Parking Place des Nations-Unies"),
        ),
        SampleCity(
            "Rabat", "MA", "Africa/Casablanca", 34.0209, -6.8416, ("10000", "10080"),
            PhoneRange("+212537000", 3), ("Agdal", "Hassan", "Hay Riad", "Souissi"),
            ("Tram L1, arrêt Agdal – Avenue de France", "Gare Rabat-Ville, 7 min à pied"),
        ),
        SampleCity(
            "Fès", "MA", "Africa/Casablanca", 34.0372, -4.9998, ("30000", "30050"),
            PhoneRange("+212535000", 3), ("Ville Nouvelle", "Narjiss", "Atlas"),
            ("Place Florence, 3 min à pied", "Gare de Fès, 10 min à pied"),
        ),
        SampleCity(
            "Marrakech", "MA", "Africa/Casablanca", 31.6340, -8.0100, ("40000", "40020"),
            PhoneRange("+212524000", 3), ("Guéliz", "Hivernage", "Daoudiate"),
            ("Bus 1, arrêt Place du 16-Novembre", "Parking Carré Eden"),
        ),
        SampleCity(
            "Tanger", "MA", "Africa/Casablanca", 35.7780, -5.8125, ("90000", "90060"),
            PhoneRange("+212539300", 3), ("Iberia", "Malabata", "Marshan"),
            ("Gare Tanger-Ville, 9 min à pied", "Place des Nations, 4 min à pied"),
        ),
        SampleCity(
            "Alger", "DZ", "Africa/Algiers", 36.7660, 3.0550, ("16000", "16035", "16040"),
            PhoneRange("+21321000", 3), ("Hydra", "El Biar", "Bab Ezzouar", "Kouba"),
            ("Métro Tafourah – Grande Poste, 5 min à pied", "Téléphérique d’El Biar"),
        ),
        SampleCity(
            "Oran", "DZ", "Africa/Algiers", 35.6987, -0.6349, ("31000", "31025"),
            PhoneRange("+21341000", 3), ("Akid Lotfi", "Miramar", "Gambetta"),
            ("Tramway, arrêt Place du 1er-Novembre", "Bus 11, arrêt Front de mer"),
        ),
        SampleCity(
            "Constantine", "DZ", "Africa/Algiers", 36.3650, 6.6147, ("25000",),
            PhoneRange("+21331000", 3), ("Sidi Mabrouk", "Bellevue", "Zouaghi"),
            ("Tramway, arrêt Ben Abdelmalek", "Téléphérique, station Tatache"),
        ),
        SampleCity(
            "Tunis", "TN", "Africa/Tunis", 36.8003, 10.1855, ("1000", "1002", "1053"),
            PhoneRange("+21671000", 3), ("Lafayette", "Les Berges du Lac", "Mutuelleville"),
            ("Métro léger, station République, 4 min à pied", "TGM Tunis-Marine"),
        ),
        SampleCity(
            "Sfax", "TN", "Africa/Tunis", 34.7400, 10.7600, ("3000", "3027"),
            PhoneRange("+21674000", 3), ("Sfax El Jadida", "Route de Tunis", "Route de Gremda"),
            ("Bus 7, arrêt Hôtel de Ville", "Parking de la place Hédi-Chaker"),
        ),
        SampleCity(
            "Montréal", "CA", "America/Montreal", 45.5088, -73.5878, ("H2W 1S4", "H2X 2T1"),
            PhoneRange("+151455501", 2), ("Plateau", "Rosemont", "Outremont"),
            ("Métro Mont-Royal, ligne orange, 3 min à pied", "Bus 55, arrêt Saint-Laurent"),
        ),
    )
}  # fmt: skip

# The cities of the doctors after the first five, in this order, repeated.
CYCLE = (
    CASABLANCA, "Lyon", "Bruxelles", "Rabat", PARIS, "Alger", "Tunis", "Marseille", "Lille",
    "Marrakech", "Bordeaux", "Liège", CASABLANCA, "Oran", "Strasbourg", PARIS, "Fès", "Sfax",
    "Montréal", "Nantes", "Constantine", "Tanger", "Lyon", "Saint-Denis de La Réunion",
    "Genève", CASABLANCA, "Fort-de-France", PARIS,
)  # fmt: skip
