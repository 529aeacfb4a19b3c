"""Countries with the names of their people, their telephone numbers and web domains.

Belongs here: what depends on a country. Names are common ones put together at random, so a person of
that name is a coincidence. A name in another script is followed by its Latin form, which its e-mail
address uses.
"""

from typing import NamedTuple


class Locale(NamedTuple):
    """A country: its top-level domain, legal form, how its phone numbers start (six digits follow),
    and its names."""

    country: str
    tld: str
    legal: str
    phones: tuple[str, ...]
    given: str
    family: str


LOCALES = (
    Locale(
        "United States",
        "com",
        "Inc",
        ("+1 415 7", "+1 312 6", "+1 617 4", "+1 206 3"),
        "Megan Tyler Brandon Ashlyn Derek Monica Grant Heather Curtis Dana Joel Erica Wesley Tamara "
        "Kyle Renee Troy Marisol Darnell Latoya Craig Vanessa Spencer Holly Trevor Brooke Gavin "
        "Denise Caleb Yvette Bob Robert Bill William Liz Elizabeth Mike Michael Kate Katherine",
        "Hollister Whitfield Barnett Castillo Pruitt Sandoval Meyers Ellison Tran Okafor Benson "
        "Hartley Lindgren Delgado Prescott Vaughn Maddox Sizemore Ridley Calloway Fontaine Strickland "
        "Beaumont Tillman Yates Kowalski Dalton Pace Ibarra Whitaker Crane Hobbs Navarro Quigley "
        "Rosales Stanton Thatcher Underwood Vance Weaver Abbott Bradshaw Carver Dempsey Eastman "
        "Farley Goodwin Hatfield Ingram Jennings",
    ),
    Locale(
        "United Kingdom",
        "co.uk",
        "Ltd",
        ("+44 20 73", "+44 161 4", "+44 117 9"),
        "Alistair Gemma Rhys Imogen Callum Fiona Nigel Harriet Duncan Bethan Gareth Philippa Rory "
        "Saskia Tristan Nicola Hamish Poppy Oliver Esme Declan Isla Graham Tamsin Ewan Bronwen Toby "
        "Lorna Miles Verity",
        "Ashworth Bancroft Carmichael Dunmore Entwistle Fairclough Galbraith Holloway Inglis Jardine "
        "Kershaw Lockwood Merriweather Norwood Ogilvie Pemberton Radcliffe Sutcliffe Thornbury "
        "Urquhart Wainwright Yarwood Appleby Braithwaite Cotterill Drummond Farnsworth Greenhalgh "
        "Hargreaves Kilbride Longbottom Macready Ramsbottom Smythe-Warren Butler-Cole Penrose "
        "Trevithick Haddow Ng Patel",
    ),
    Locale(
        "Germany",
        "de",
        "GmbH",
        ("+49 30 29", "+49 89 54", "+49 40 37", "+49 151 27"),
        "Jürgen Annika Matthias Silke Thorsten Katrin Uwe Heike Lars Birgit Sören Anke Florian Greta "
        "Holger Ilse Joachim Lena Niklas Ulrike Volker Wiebke Bernd Claudia Dirk Elke Falk Gisela "
        "Henrik Jutta Kai Käthe",
        "Müller Schröder Krüger Weiß Böhm Lindemann Hofmeister Schäfer Brandt Vogelsang Kühn Petersen "
        "Rademacher Seidel Thielemann Ullrich Wagenknecht Zimmermann Ackermann Bergmann Dietrich "
        "Eberhardt Friedrich Großmann Hartwig Immermann Jansen Kaltenbach Löffler Meißner Niemeyer "
        "Oppermann Pfeiffer Reinhardt Steinmetz Tiedemann Vollmer Wiedemann Lehmann-Hartl "
        "Schulze-Brandt",
    ),
    Locale(
        "France",
        "fr",
        "SARL",
        ("+33 1 42", "+33 1 45", "+33 6 12"),
        "Amélie Benoît Chloé Damien Élodie Fabrice Gaëlle Hervé Inès Jérôme Karine Loïc Maëlle Noémie "
        "Olivier Pascale Quentin Rémi Solène Thierry Véronique Yann Zoé Anaïs Bastien Céline Didier "
        "Émile",
        "Lefèvre Beaulieu Charpentier Dubois Étienne Fournier Garnier Hébert Jourdain Lacroix "
        "Marchand Noël Ouvrard Perrault Quesnel Rousselle Sauvage Tessier Vasseur Bérenger Chevallier "
        "D'Aubigny Delacour Fauré Giraud Huguet Leclerc Montagné Pelletier Renaudin Saint-Clair "
        "Thévenet Verdier Boucher Caron L'Hôpital",
    ),
    Locale(
        "Netherlands",
        "nl",
        "BV",
        ("+31 20 6", "+31 6 24"),
        "Anouk Bram Cornelis Daan Eefje Femke Gijs Hanneke Ilse Joost Koen Liesbeth Maarten Niels Oda "
        "Pieter Roos Sander Tessa Wouter Jeroen Marijke Ruben Sjoerd",
        "Bakker Dijkstra Hoekstra Kuipers Mulder Postma Schouten Terpstra Verhoeven Wiersma Boersma "
        "Dekker Groen Jonker Kramer Meijer Prins Smit Veenstra Zijlstra Brouwer Hofman Koster "
        "Vermeulen Willems",
    ),
    Locale(
        "Sweden",
        "se",
        "AB",
        ("+46 8 54", "+46 70 3"),
        "Åsa Björn Cecilia Dag Elin Fredrik Gunilla Håkan Ingrid Jonas Kerstin Linnéa Magnus Nils "
        "Oskar Pernilla Rasmus Sigrid Torbjörn Ulla Viktor Ylva",
        "Åkesson Björk Dahlgren Ekström Fransson Grönlund Hedlund Isaksson Jönsson Källström "
        "Lindqvist Månsson Nyström Öberg Persson Rydberg Sjöberg Törnqvist Vikander Wallin Berglund "
        "Holmgren Sandström",
    ),
    Locale(
        "Italy",
        "it",
        "Srl",
        ("+39 02 81", "+39 02 86"),
        "Alessia Bruno Chiara Dario Elena Fabio Giulia Ilaria Lorenzo Marta Nicolò Ornella Paolo "
        "Raffaella Simone Teresa Ugo Valentina Davide Federica Giacomo Letizia",
        "Bianchi Colombo D'Angelo Esposito Ferrari Gallo Leone Mancini Neri Orsini Pellegrini Ricci "
        "Santoro Testa Valentini Zanetti Barbieri Caruso De-Luca Fontana Grassi Lombardi Marchetti "
        "Rinaldi",
    ),
    Locale(
        "Spain",
        "es",
        "SL",
        ("+34 91 4", "+34 612"),
        "Álvaro Begoña Carlos Dolores Elena Felipe Gema Hugo Inmaculada Javier Leire Manuel Noelia "
        "Óscar Pilar Raúl Sofía Tomás Úrsula Vicente Ximena Iker",
        "Álvarez Benítez Castaño Domínguez Echeverría Fuentes Gálvez Herrero Ibáñez Jiménez Lozano "
        "Moya Núñez Ortega Peña Quintana Rubio Salgado Toledano Urrutia Valverde Zamora García-Lorca "
        "Ruiz-Soler",
    ),
    Locale(
        "Poland",
        "pl",
        "Sp. z o.o.",
        ("+48 22 5", "+48 512"),
        "Agnieszka Bartłomiej Celina Dawid Ewelina Filip Grażyna Hubert Iwona Jarosław Kinga Łukasz "
        "Małgorzata Norbert Oliwia Paweł Rafał Stanisław Urszula Wojciech Zofia Żaneta",
        "Szczęsny Wiśniewski Wójcik Kamiński Dąbrowski Zieliński Woźniak Jabłoński Król Pawłowski "
        "Michalak Grabowski Pająk Szczepański Trzaskowski Brzęczyszczykiewicz Chrzanowski Drozd "
        "Górski Ławniczak",
    ),
    Locale(
        "Ireland",
        "ie",
        "Ltd",
        ("+353 1 6", "+353 85 1"),
        "Cormac Sinéad Fergal",
        "Aoife Ciarán Deirdre Eoin Fionnuala Gráinne Iarla Lorcan Maeve Niamh Oisín Pádraig Róisín "
        "Siobhán Tadhg O'Brien O'Sullivan Byrne McCarthy Gallagher Doherty Kennedy Lynch Murray Quinn "
        "Moore McLoughlin O'Carroll Connolly Daly O'Connell Wilde Dunne Brennan Burke",
    ),
    Locale(
        "Switzerland",
        "ch",
        "AG",
        ("+41 44 2", "+41 43 2"),
        "Beat Corinne Daniela Emil Flurina Gian Hanspeter Irène Jörg Köbi Livia Mirjam Nadja Reto "
        "Seraina Urs Vreni",
        "Wüthrich Zurbriggen",
    ),
    Locale(
        "Brazil",
        "com.br",
        "Ltda",
        ("+55 11 32", "+55 11 35"),
        "Aebi Bürki Caduff Egli Frei Gerber Hürlimann Imhof Kälin Lüthi Moser Niederer Odermatt Rüegg "
        "Stucki Tschudi Beatriz Caio Débora Eduardo Fernanda Gustavo Heloísa Ígor Juliana Leandro "
        "Mônica Nelson Otávio Patrícia Renata Sérgio Thaís Vinícius",
        "Almeida Barbosa Cardoso Duarte Esteves Figueiredo Gonçalves Lacerda Magalhães Nogueira "
        "Pacheco Queiroz Rezende Siqueira Teixeira Vasconcelos Conceição Araújo Brandão",
    ),
    Locale(
        "India",
        "in",
        "Pvt Ltd",
        ("+91 22 42", "+91 22 46"),
        "Aarti Bhavesh Chitra Deepak Esha Farhan Gauri Harish Ishaan Jyoti Kavita Lakshmi Manoj Neha "
        "Om Pooja Rahul Sunita Tanvi Uday Vikram Yash",
        "Agarwal Bose Chatterjee Desai Iyer Joshi Kulkarni Mehta Nair Om Pillai Rao Sengupta Tiwari "
        "Venkatesan Yadav Banerjee Choudhary Gokhale Reddy",
    ),
    Locale(
        "China",
        "cn",
        "Co Ltd",
        ("+86 10 65", "+86 10 68"),
        "伟/wei 芳/fang 娜/na 敏/min 静/jing 磊/lei 强/qiang 洋/yang 艳/yan 勇/yong 杰/jie 涛/tao "
        "明/ming 霞/xia 平/ping 刚/gang 桂英/guiying 秀兰/xiulan 建国/jianguo 志强/zhiqiang",
        "王/wang 李/li 张/zhang 刘/liu 陈/chen 杨/yang 赵/zhao 黄/huang 周/zhou 吴/wu 徐/xu 孙/sun "
        "胡/hu 朱/zhu 高/gao 林/lin 何/he 郭/guo 马/ma 罗/luo",
    ),
    Locale(
        "Japan",
        "jp",
        "KK",
        ("+81 3 52", "+81 3 54"),
        "健太/kenta 美咲/misaki 翔/sho 結衣/yui 大輔/daisuke 陽子/yoko 直樹/naoki 愛/ai 拓海/takumi "
        "恵/megumi 誠/makoto 彩/aya 浩/hiroshi 香織/kaori 隆/takashi 由美/yumi",
        "佐藤/sato 鈴木/suzuki 高橋/takahashi 田中/tanaka 渡辺/watanabe 伊藤/ito 山本/yamamoto "
        "中村/nakamura 小林/kobayashi 加藤/kato 吉田/yoshida 山田/yamada 松本/matsumoto 井上/inoue "
        "木村/kimura 清水/shimizu",
    ),
    Locale(
        "Vietnam",
        "vn",
        "JSC",
        ("+84 24 37", "+84 24 38"),
        "Anh Bình Châu Dũng Giang Hạnh Khánh Linh Minh Ngọc Phương Quỳnh Sơn Thảo Tuấn Vân Xuân Yến",
        "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
    ),
    Locale(
        "Türkiye",
        "com.tr",
        "AŞ",
        ("+90 212 3", "+90 216 3"),
        "Ayşe Burak Cem Derya Emre Fatma Gökhan Hülya İrem Kerem Leyla Murat Nazlı Onur Özge Selin "
        "Tolga Umut Yağmur",
        "Yılmaz Kaya Demir Şahin Çelik Yıldız Aydın Öztürk Arslan Doğan Kılıç Aslan Çetin Kara Koç "
        "Kurt Özkan Şimşek",
    ),
    Locale(
        "Bulgaria",
        "bg",
        "OOD",
        ("+359 2 9", "+359 2 8"),
        "Борис/boris Веселина/veselina Георги/georgi Димитър/dimitar Елена/elena Живко/zhivko "
        "Ивана/ivana Калин/kalin Лилия/lilia Мартин/martin Надежда/nadezhda Петър/petar "
        "Росица/rositsa Стоян/stoyan",
        "Иванов/ivanov Петров/petrov Димитров/dimitrov Стоянов/stoyanov Николов/nikolov "
        "Тодоров/todorov Георгиев/georgiev Христов/hristov Маринов/marinov Колев/kolev "
        "Ангелов/angelov Василев/vasilev",
    ),
)
# Shares of leads and contacts by country, in the order above.
LOCALE_WEIGHTS = (20, 13, 16, 9, 5, 4, 5, 4, 4, 3, 2, 3, 4, 3, 2, 2, 1, 1)
NICKNAMES = {"Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Michael": "Mike", "Katherine": "Kate"}
