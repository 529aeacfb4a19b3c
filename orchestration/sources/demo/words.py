"""The word lists of the generated organisation: companies, titles, its own people.

Belongs here: words only; names by country are in `locales.py`. All companies are invented.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COMPANY_HEADS = _words(
    "Nord Alder Bright Cedar Dover Ember Fair Gran Hazel Iron Juniper Kings Lark Maple North Oak Pine "
    "Quarry River Stone Thorn Umber Vale Wind Amber Birch Copper Dawn Elm Falcon Glen Harbor Ivory Jasper "
    "Kestrel Linden Meadow Noble Orchard Pearl Raven Silver Timber Ulmen Vesper Willow Yarrow Zephyr "
    "Aspen Beacon Cobalt Delta Eagle Forge Garnet Heron Indigo Jade Karst Lunar Marble Nimbus Opal Pilot"
)
COMPANY_TAILS = _words(
    "well field mark ford bridge stead wick mont crest gate haven shore brook dale ridge wood land view "
    "port ley burn cliff side hurst holm vik berg tal feld bach stein rock path point spring fall mere "
    "marsh moor grove hall worth minster bourne combe fell garth thwaite"
)
COMPANY_SECTORS = _words(
    "Logistics Systems Foods Instruments Textiles Plastics Robotics Packaging Chemicals Energy Software "
    "Networks Machines Furniture Optics Ceramics Insurance Analytics Pharma Medical Metals Paper Media "
    "Security Transport Engineering Automation Interiors Electronics Agriculture Retail Consulting"
)
CITIES = _words(
    "Berlin Leeds Boston Lyon Utrecht Malmo Turin Bilbao Krakow Cork Basel Recife Pune Tianjin Osaka "
    "Danang Izmir Varna Hamburg Bristol Denver Nantes Delft Uppsala Parma Murcia Gdansk Galway Bern "
    "Curitiba Chennai Ningbo Kobe Hue Bursa Plovdiv Dresden Derby Austin Lille Breda Lund Padua Malaga "
    "Lodz Limerick Lugano Natal Surat Suzhou"
)

# Title and its seniority: 0 below manager, 1 manager, 2 director, 3 executive.
TITLES = (
    ("Procurement Analyst", 0), ("Purchasing Coordinator", 0), ("Sourcing Specialist", 0),
    ("Junior Buyer", 0),
    ("Operations Manager", 1), ("IT Manager", 1), ("Plant Manager", 1), ("Project Manager", 1),
    ("Head of Operations", 2), ("Director of Engineering", 2), ("IT Director", 2),
    ("Director Supply Chain", 2),
    ("Chief Operating Officer", 3), ("VP Operations", 3), ("CFO", 3), ("Managing Director", 3),
)  # fmt: skip
LOW_TITLES, HIGH_TITLES = (0, 4), (8, 16)  # ranges of TITLES
INDUSTRIES = _words(
    "Manufacturing Logistics Technology Retail Healthcare Energy Insurance Construction Media Agriculture"
)
LEAD_SOURCES = (
    "Web", "Webinar", "Trade Show", "Partner Referral", "Cold Outreach", "Purchased List", "RFP Portal",
)  # fmt: skip
COMPETITORS = ("Blauwerk", "Sentrico", "Opus Metric", "Lattice Nine")
NEXT_STEPS = (
    "Call with the project lead to agree the scope", "Send revised quote after the security review",
    "Workshop with operations on the rollout plan", "Reference call with a customer of the same size",
    "Walk through the contract with their legal team", "Present the business case to the board",
)  # fmt: skip
DISQUALIFIED = ("No Answer", "Not Interested", "Not a Fit", "Bad Data", "Bad Email", "Opted Out", "Duplicate")
# The organisation's own people: given name, family name.
OWN_GIVEN = _words(
    "Ada Bruno Clara Dmitri Edda Felix Gwen Hugo Irma Jonah Kira Leon Mara Nico Orla Piet Rhea Stan Thea "
    "Udo Vera Willa Yara Zeno"
)
OWN_FAMILY = _words(
    "Anders Brandl Cortez Dorn Ekberg Fiala Garrick Halvorsen Isern Jurek Kessel Lorenz Marten Nowack "
    "Oster Palmgren Rasch Sommer Tannert Uhlig Vessel Winther"
)
