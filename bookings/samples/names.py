"""Names that are usual in each country. A name of a living person is a coincidence."""

from __future__ import annotations

from typing import NamedTuple

from bookings.samples.chance import Chance


class Name(NamedTuple):
    first: str
    last: str
    is_woman: bool


class Names(NamedTuple):
    women: tuple[str, ...]
    men: tuple[str, ...]
    last: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    """The names in `text`, which separates them by commas and line ends."""
    return tuple(name.strip() for name in text.replace("\n", ",").split(",") if name.strip())


def _names(women: tuple[str, ...], men: tuple[str, ...], last: str) -> Names:
    return Names(women, men, _words(last))


FRENCH_WOMEN = _words("""
    Camille, Léa, Manon, Chloé, Sarah, Julie, Pauline, Claire, Hélène, Sophie, Anne, Isabelle
    Nathalie, Céline, Émilie, Margaux, Juliette, Aurélie, Valérie, Florence, Marion, Louise
    Alice, Inès, Jeanne, Agathe, Zoé, Élise, Véronique, Martine, Françoise, Monique, Solène
""")
FRENCH_MEN = _words("""
    Lucas, Hugo, Thomas, Nicolas, Julien, Antoine, Pierre, Paul, Louis, Jules, Mathieu, François
    Guillaume, Olivier, Laurent, Étienne, Benoît, Rémi, Vincent, Alexandre, Gabriel, Arthur
    Philippe, Michel, Gérard, Jacques, Bernard, Maxime, Quentin, Clément, Baptiste, Théo
""")
ARABIC_WOMEN = _words("""
    Salma, Nadia, Fatima, Khadija, Amina, Leïla, Yasmine, Imane, Hanane, Samira, Meryem, Sofia
    Zineb, Houda, Karima, Rania, Nour, Asma, Loubna, Ghita, Malika, Naïma, Rachida, Latifa
    Soukaina, Hajar, Farah, Lina, Dounia, Warda, Safia, Ibtissam, Chaïmae, Rim, Siham
""")
ARABIC_MEN = _words("""
    Youssef, Mohamed, Omar, Karim, Rachid, Mehdi, Anas, Hamza, Hicham, Samir, Nabil, Khalid
    Abdelkader, Mustapha, Yassine, Amine, Bilal, Tarik, Reda, Ilyas, Driss, Hassan, Idriss
    Zakaria, Walid, Sofiane, Adam, Ayoub, Ismaïl, Aziz, Lotfi, Slim, Jamal, Fouad
""")
FRENCH = _names(
    FRENCH_WOMEN,
    FRENCH_MEN,
    """
    Martin, Bernard, Dubois, Thomas, Robert, Richard, Petit, Durand, Leroy, Moreau, Simon, Laurent
    Lefebvre, Michel, Garcia, Roux, Fournier, Girard, Bonnet, Lambert, Fontaine, Rousseau, Blanc
    Guérin, Boyer, Garnier, Chevalier, Legrand, Gauthier, Perrin, Clément, Morel, Masson, Marchand
    Dufour, Lemaire, Renard, Picard, Leclerc, Gaillard, Colin, Aubry, Lévêque, Charpentier, Noël
""",
)
BELGIAN = _names(
    FRENCH_WOMEN,
    FRENCH_MEN,
    """
    Peeters, Janssens, Maes, Jacobs, Mertens, Willems, Claes, Goossens, Wouters, De Smet, Dubois
    Lambert, Dupont, Martin, Leclercq, Lejeune, Hermans, Vandenberghe, Van Damme, Collard, Denis
    Delvaux, Lemmens, Renard, Baert, Pirotte, Gillet, Hendrickx
""",
)
MOROCCAN = _names(
    ARABIC_WOMEN,
    ARABIC_MEN,
    """
    Alami, Bennani, Berrada, Benjelloun, El Fassi, Tazi, Idrissi, Chraïbi, Lahlou, El Amrani
    Bouzidi, Cherkaoui, Benkirane, El Mansouri, Kettani, Ouazzani, Saïdi, Tahiri, Filali, Sqalli
    Alaoui, Belhaj, Guessous, Naciri, Skalli, Zniber, Amrani, Boutaleb, Daoudi, El Ghazi, Hajji
    Jebli, Kadiri, Mernissi, Rami, Sefrioui, Slaoui, Ziani
""",
)
ALGERIAN = _names(
    ARABIC_WOMEN,
    ARABIC_MEN,
    """
    Benali, Bouaziz, Hamidi, Cherif, Meziane, Belkacem, Mansouri, Brahimi, Haddad, Khelifi, Amrane
    Zerrouki, Boudiaf, Saadi, Ferhat, Larbi, Ouali, Rahmani, Slimani, Taleb, Ziane, Aït Ahmed
    Benyahia, Djebbar, Hocine, Kaci, Lounès, Mokrani, Saïd, Yahiaoui, Bensalem, Guerroudj
""",
)
TUNISIAN = _names(
    ARABIC_WOMEN,
    ARABIC_MEN,
    """
    Ben Salah, Trabelsi, Ben Amor, Jaziri, Gharbi, Mejri, Chaabane, Bouzid, Hammami, Ayari
    Ben Youssef, Karoui, Mabrouk, Sassi, Turki, Zouari, Masmoudi, Ellouze, Kammoun, Fakhfakh
    Belhadj, Dridi, Guesmi, Jlassi, Khemiri, Nasri, Riahi, Souissi, Triki
""",
)
SWISS = _names(
    FRENCH_WOMEN,
    FRENCH_MEN,
    """
    Favre, Rochat, Jaquet, Meyer, Müller, Blanc, Bovet, Chappuis, Monnier, Pittet, Roulet, Cuénod
    Dufaux, Keller, Perret, Vuilleumier
""",
)
QUEBECER = _names(
    FRENCH_WOMEN,
    FRENCH_MEN,
    """
    Tremblay, Gagnon, Roy, Côté, Bouchard, Gauthier, Morin, Lavoie, Fortin, Gagné, Ouellet
    Pelletier, Bélanger, Lévesque, Bergeron, Leblanc, Paquette, Girard
""",
)

# The origins of the names in each country, with weights.
PEOPLE = {
    "FR": {FRENCH: 13.0, MOROCCAN: 3.0, ALGERIAN: 3.0, TUNISIAN: 1.0},
    "BE": {BELGIAN: 14.0, MOROCCAN: 5.0, FRENCH: 1.0},
    "MA": {MOROCCAN: 19.0, FRENCH: 1.0},
    "DZ": {ALGERIAN: 20.0},
    "TN": {TUNISIAN: 19.0, ALGERIAN: 1.0},
    "CH": {SWISS: 15.0, FRENCH: 4.0, TUNISIAN: 1.0},
    "CA": {QUEBECER: 15.0, FRENCH: 2.0, ALGERIAN: 3.0},
}


def draw_name(chance: Chance, country: str, *, is_woman: bool, last: str = "") -> Name:
    """A random name of a person in `country`; `last` sets the family name."""
    names = chance.one_of(PEOPLE[country])
    first = chance.choice(names.women if is_woman else names.men)
    return Name(first, last or chance.choice(names.last), is_woman)
