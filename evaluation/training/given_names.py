"""`python -m evaluation.training.given_names`: write the seed of given names and their everyday forms.

Two given names that are both known and no forms of one name are two people, however alike they are
written: Maria and Mario, Anna and Anne. Names are those that at least two locales of Faker (MIT licence)
know, which leaves out spellings of one list; the everyday forms are below, and `spelling` finds those that
differ by how languages write one sound (Gustaf and Gustav, Erick and Erik). It needs Faker
(`pip install faker`), which the pipeline does not.
"""

import csv
import importlib
import pkgutil
import re
import unicodedata
from collections import defaultdict

from faker.providers import person

from orchestration.settings import DBT_PROJECT_DIR

# How languages write one sound. Not c before e, i and y (Lucy, Lucky), nor ch but in chr (Cherie, Kerrie).
SPELLINGS = (
    (r"ch(?=r)|ck|c(?![heiy])", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("x", "ks"),
    ("w|f$", "v"),
    ("y|(?<!^)j", "i"),
    # a woman's name has two: Gabriele and Gabrielle
    (r"([b-df-hj-np-tv-z])\1(?!e$)", r"\1"),
    (r"(?<=[aeiou])h$", ""),
)
SPELLING_LETTERS = 4  # shorter ones are too near each other: Noa and Noah
SEED = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "given_names.csv"
LOCALES = 2
# A name, then how people called so are called or spelt too. One alone is known, and no form of another.
FORMS = """
abigail abby gail|alan allan allen al|albert al bert bertie|alfred alf fred freddie|alice ali
alexander alex alec sandy sascha sasha aleksandr xander|alexandra alex sandra sasha alexa|amanda mandy
andrew andy drew andreas andre andrei|angela angie|anne ann annie nan|anna annie|anthony tony anton antonio
arthur art|barbara barb barbie|beatrice bea|benjamin ben benny benji|bernard bernie|bradley brad
carolyn caroline carol carrie|charlotte charlie lottie|clifford cliff|cynthia cindy|daniel dan danny
catherine cathy kate katherine kathryn kathy katie kat cat katharina kathrin
charles charlie chuck chas carlos karl carl|christian chris|christopher chris topher kit christoph
christina chris tina christine kristina kristin chrissy|daniela dani|david dave davey|deborah debbie deb debra
dennis denis|dominic dom nick|donald don donny|dorothy dot dottie|douglas doug
edward ed eddie ted ned eduard eduardo|eleanor ellie nell nora
elizabeth liz beth betty lizzie eliza lisa elisabeth libby betsy
emily em emmy
eric erik|ernest ernie|eugene gene|evelyn eve evie|florence flo|frances fran francesca
francis frank fran francisco francesco franz|franklin frank|frederick fred freddie rick fritz friedrich
gabriel gabe|gabriele gabi|geoffrey geoff jeff jeffrey|george georg jorge|gerald gerry jerry|gerard gerry
gregory greg|gustav gus|guenther gunter gunther|harold harry hal|henry harry hank heinrich heinz henri enrique
herbert herb bert|howard howie|hubert hugh|isabel isabelle isabella bella izzy|jacob jake jakob
jacqueline jackie|james jim jimmy jamie|janet jan|jason jay|jennifer jen jenny|jessica jess jessie
joan joanie|joanna jo joanne|johann hans johannes|john jack johnny jon jonny|jonathan jon jonny
joseph joe joey josef jose giuseppe pepe|joshua josh|joyce joy|juan juanito|judith judy
julia jules|julie jules|kenneth ken kenny|kimberly kim|laura laurie|lawrence larry laurence lorenz lorenzo
leonard leo len lenny|leonardo leo|leopold leo poldi
lewis louis lou luis ludwig|lillian lily|louise lou|lucas luke lukas luca
lucille lucy|madeleine maddie maddy madeline|manuel manolo|maria mary
margaret maggie meg peggy marge rita greta margarete margarita|marcus mark marc markus marco|martin marty
martha marty|matthew matt matty matthias matthieu matteo|maureen mo|maximilian max|maxwell max|megan meg
melissa mel missy|michael mike mick mickey mikey michel michele miguel mikhail misha|michelle shelly
mildred millie|mitchell mitch|nancy nan|natalie nat natalia natasha|nathaniel nate nat nathan
nicholas nick nicky nico nicolas niklas klaus nikolai nicola|nicole nicky nikki|oliver ollie olli
olivia liv livvy|pamela pam|patricia pat patty trish tricia|patrick pat paddy|paul paulo pablo pavel
penelope penny|peter pete pedro pierre pietro|philip phil philipp phillip philippe felipe|rachel rach
raymond ray|rebecca becky becca|reginald reg reggie|richard rick dick rich ricky ricardo riccardo
robert bob rob bobby robbie roberto bert|roderick rod|roger rog|ronald ron ronnie|rosemary rose rosie
russell russ|samantha sam sammy|samuel sam sammy|sandra sandy|sarah sara sally|sebastian seb bastian basti
simon si|sofia sophia sophie sofie|stanley stan|stephanie steph stefanie|stuart stewart stu
stephen steve steven stephan stefan stefano stevie esteban|susan sue susie suzanne susanne|sylvia silvia
tamara tammy|theodore ted teddy theo|theresa terry tess teresa|terence terry|thomas tom tommy tomas
timothy tim timmy|tobias toby tobi|ulrich uli|valerie val|victor vic viktor|victoria vicky tori
vincent vince vinny|virginia ginny|vladimir vlad|walter walt wally|wilhelm willi
william bill will billy willy liam guillaume guillermo|wolfgang wolf|yvonne evonne|zachary zach zack
brian bryan bryon|sean shaun shawn|matthew mathew|megan meghan meagan|rachel rachael
geoffrey jeffery|lindsay lindsey|ralph ralf|muhammad mohamed mohammed mohammad mohamad mo
ahmed ahmad|hassan hasan|hussein hussain husain hossein|yusuf youssef yousef yousuf
abdullah abdallah|omar umar|fatima fatma|aisha ayesha aicha|khalid khaled|said saeed
mariam maryam miriam|anna ana ania anya|natalie nathalie natalya nataliya nataliia|alexis alex
alexander alejandro alessandro alexandre alexandru aleksander oleksandr
alexandra alejandra alessandra aleksandra|jeremy jerry|jerome jerry|bethany beth|daniel dani
danielle dani|martina tina|bettina tina|valentina tina|maxine max|florian flo|johannes jo
joachim jo achim jochen|gabriela gabi gaby gabriella|mary molly polly|eleanor ella|elena lena
helena lena|olena lena|magdalena lena|catherine katerina kateryna katya katrin
ekaterina katerina katya kate|abraham abe|augustus gus august|augustin gus august|aaron aron
tracy tracey traci|stacy stacey|terry terri|kelly kelley|cheryl sheryl|michelle michele
jonathan johnathan|kristen kristin|christian kristian|christiane chris|dominic domenico
thomas tommaso tomasz|louise luise luisa louisa|nicholas nikolas nikolaos nicolae nikolay mykola
philippa phil pip|edward eddy edu|edgar ed|edwin ed|edmund ed|sydney sidney syd sid
frederick frederic frederik fredrik|calvin cal|callum cal|desmond des|norman norm|clement clem
vincent vincenzo vinnie|regina gina|georgina gina|virginia gina|sonia sonja sonya
arthur artur arturo|marvin marv|theresa tessa theresia|michael mikael mickael michal
dmitry dmitri dmitrii dmytro dima|sergey sergei serhii serge|alexey alexei aleksey oleksii
yuri yury iurii|tatiana tatyana|yulia yuliia|vladimir volodymyr vova|andrew andrey andriy andrii
irina iryna|eugene evgeny evgenii yevhen zhenya|katarzyna kasia|malgorzata gosia
francisco paco pancho|ignacio nacho|javier javi|rafael rafa|federico fede|manuel manu|monika moni
ursula uschi ulla|cornelia conny|susanne susi|stefanie steffi|rudolf rudi|manfred manni
siegfried sigi|wojciech wojtek|stanislaw staszek|krzysztof krzysiek|rajesh|rakesh|ramesh|mahesh
naresh|suresh|dinesh|ganesh|mukesh|lokesh|hitesh|jitesh|nitesh|ritesh|kamlesh|umesh|yogesh|girish
harish|satish|manish|ashish|sanjay|sanjeev sanjiv|vijay|ajay|sunil|anil|sunita|amit|sumit|rohit
mohit|lalit|vineet|puneet|mohan|varun|tarun|arun|kiran|vikas|vikram|vikrant|vishal|vivek|vinod
pramod|prakash|deepak dipak|pankaj|manoj|sandeep sandip|pradeep pradip|kuldeep|hardeep|gurdeep
jagdeep|mandeep|amandeep|priya|priyanka|pooja puja|sneha|neha|nisha|usha|rekha|lekha|seema sima
meena mina|reena|veena vina|geeta gita|sita seeta|lata|lalita|savita|kavita|babita|namita|amita
smita|shweta|swati|jyoti|aarti arti|bharti bharati|preeti priti|kirti|deepti dipti|divya|kavya
ananya|anjana|sangeeta|vaishali|shalini|malini|radha|rani|sudha|vidya|lakshmi laxmi|saraswati
parvati|gayatri|savitri|srinivas|venkatesh|krishna|gopal|govind|murali|senthil|karthik|arnav|vihaan
reyansh|ishaan ishan|ishita|rahul|linh|minh|dung|cuong|thang|long|phong|quang|quan|khanh|khoa|thanh
trang|huong|hang|hanh|hoa|lan|anh|tuan|tung|phuong|thao|thuy|tien|truc|vinh|duc|dat|hieu|nam|bao|son
hai|binh|nga|yen|ngoc|loan|nhung|haruto|haruko|yuki|yuko|yukiko|yuriko|kenji|kenta|kenichi|takashi
takeshi|hiroshi|hiroki|hiroko|satoshi|satoru|kazuko|kazuo|naoko|naoki|akira|akiko|keiko|makoto
masako|sakura|tomoko|yoko|yoshiko|jihoon|jiho|jihye|jimin|jiwon|jisoo|minjun|minho|minji|minseo
seojun|seoyeon|hyunwoo|hyejin|sungho|soojin|yuna|eunji|oleg|oksana|anastasia|svetlana|igor|emre|mert
merve|elif|selin|chidi|chinedu|emeka|ngozi|nneka|chioma|adaeze|ifeoma|obinna|uche|oluwaseun
oluwasegun|tunde|femi|kemi|bola|sade|funke|kofi|kojo|kwesi|abena|akosua|thandeka|thandi|sipho
bongani|themba|nomsa|nandi|lerato|thabo|mpho|tendai|tinashe|farai|rudo|chipo|wanjiru|njeri|kamau
otieno|achieng|wafula
willem wim pim|cornelis kees cees cor|pieter piet|jacob jaap|hendrik henk|johannes joop hannes
antonius toon ton|gerardus gerard|josef sepp pepi jupp|johann hansi|hans hansi|georg schorsch
theresia resi|heinrich heiner|heini|matthias hias matze|katharina kathi|elisabeth lisl lisbeth
michael michi|andreas andi|benedikt bene|rosemarie rosi|gertrud trude|hildegard hilde
brigitte gitte gitti|dietrich dieter|florian flori|jan janek honza|zofia zosia|krystyna krysia
aleksander olek|aleksandra ola|jolanta jola|agnieszka aga|joanna asia|barbara basia|elzbieta ela
hanna hania|anna hania|tomasz tomek|piotr piotrek|jakub kuba|grzegorz grzesiek|zbigniew zbyszek
wladyslaw wladek|jerzy jurek|magdalena magda|slawomir slawek|jaroslaw jarek|radoslaw radek
miroslaw mirek|ryszard rysiek|tadeusz tadek|kazimierz kazik|bartlomiej bartek|bartosz bartek
dariusz darek|przemyslaw przemek|josef pepa|jiri jirka|zuzana zuzka|frantisek franta|vaclav vasek
katerina katka|jaroslav jarda|miroslav mirek|vojtech vojta|ondrej ondra|barbora bara|stanislav standa
zdenek zdenda|enrique quique kike|antonio tono tonino nino|jesus chuy|guillermo memo|jose chepe chema ze
guadalupe lupe|concepcion concha conchita|dolores lola|mercedes merche|rosario charo
francisca paca paqui|pilar pili|isabel isa|teresa tere|eduardo lalo edu dudu|rodolfo fito|adolfo fito
luis lucho|alejandro ale|santiago santi|sebastian seba|fernando nando fer|roberto beto|alberto beto
humberto beto|salvador chava|vicente chente|consuelo chelo|graciela chela|josefa pepa|montserrat montse
george jordi|francisco chico|joaquim quim|giuseppe beppe peppe pino|luigi gigi
giovanni gianni vanni nanni|filippo pippo|francesco checco|vincenzo enzo|lorenzo enzo renzo
domenico mimmo|antonino nino|gaetano tano|raffaele lello|alessandro sandro|edoardo edo|elisabetta betta
margherita rita|caterina rina|frederic fred|dominique domi|veronique vero|stephane steph|nicolas nico
emmanuel manu|antoinette toinette|nikolai kolya|nikolay kolya|maria masha mari|mariya masha|ivan vanya
petr petya|pyotr petya|alexei alyosha lyosha|sergei seryozha|anatoly tolya|konstantin kostya
vyacheslav slava|yaroslav slava|stanislav slava stas|vladislav vlad slava|vladimir volodya|darya dasha
daria dasha|anastasia nastya|olga olya|irina ira|svetlana sveta|galina galya|nadezhda nadya|lyubov lyuba
lyudmila luda lyuda mila|natalia natasha|tatiana tanya|valentin valya|valentina valya|pavel pasha
mikhail misha|grigory grisha|boris borya|roman roma|maxim max|artem tema|leonid lyonya|victor vitya
vitaly vitalik|evgenia zhenya|ksenia ksyusha|zinaida zina|istvan pista|jozsef joska|janos jani jancsi
laszlo laci|ferenc feri|sandor sanyi|zsuzsanna zsuzsa zsuzsi|katalin kati|erzsebet erzsi|gyorgy gyuri
gabor gabi|miklos miki|zoltan zoli|tamas tomi|mihaly misi|andras andris bandi
ioannis yiannis yannis giannis|konstantinos kostas costas|dimitrios dimitris mitsos|nikolaos nikos
georgios giorgos yorgos george|evangelos vangelis|athanasios thanasis sakis|panagiotis panos takis
vasileios vasilis|emmanouil manolis|michail michalis|spyridon spyros|aikaterini katerina
anastasios tasos|theodoros thodoris|eleftherios lefteris|charalampos babis|alexandros alekos
margareta greta|katarina kajsa|lars lasse|nils nisse|karl kalle|jan janne|birgitta britta|kristina stina
mikael micke|magnus mange|stefan steffe|henrik henke|hans hasse|gheorghe gigi|nicolae nicu
constantin costel|alexandru sandu|abdulrahman abdelrahman abdurrahman|abdulaziz abdelaziz
muhammad mohd muhammed|ibrahim ebrahim|mustafa moustafa mostafa|mahmoud mahmud|khadija khadijah
zainab zeinab zaynab|osama usama|saleh salih|tariq tarek tareq|jamal gamal|karim kareem|rashid rasheed
salim saleem|walid waleed|majid majeed|nasser nasir naser|hamid hameed|faisal faysal|layla leila laila
nour noor nur|suleiman sulaiman suleyman|ismail ismael|yosef yossi|avraham avi|yitzhak itzik
shmuel shmulik|yaakov kobi|binyamin benny|wilfred wilf fred|winifred winnie|josephine jo josie|isaac ike
nathan nate|archibald archie|leslie les|malcolm mal|randolph randy|randall randy|roberta bobbie
gwendolyn gwen|amelia millie|arabella bella|annabel bella|vivian viv|vivienne viv|beverly bev
candace candy|constance connie|geraldine gerry|gillian gill jill|jillian jill|rosalind ros roz
veronica ronnie|solomon sol|cassandra cass cassie|alison ali|alistair ali|angus gus|fergus gus
"""


def plain(name: str) -> str:
    """Lower case, without accents, as the macro comparable_text leaves it."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def spelling(name: str) -> str:
    """What the spellings of one name have in common: erik of Eric, Erick and Erik."""
    for pattern, sound in SPELLINGS:
        name = re.sub(pattern, sound, name)
    return name


def known(least: int = LOCALES) -> set[str]:
    """Given names that at least so many locales have, three letters or more, in Latin letters."""
    locales: dict[str, set[str]] = defaultdict(set)
    for module in pkgutil.iter_modules(person.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if attribute.startswith("first_name") and isinstance(values, tuple | list | dict):
                written = (value[0] if isinstance(value, tuple) else value for value in values)
                for name in map(plain, written):
                    if re.fullmatch("[a-z]{3,}", name):
                        locales[name].add(module.name)
    return {name for name, found in locales.items() if len(found) >= least}


def main() -> None:
    """Write the seed: a row per name; `forms` are the names it may stand for, itself among them."""
    forms = {name: {name} for name in known()}
    for group in FORMS.replace("\n", "|").split("|"):
        # the first is what the others may stand for
        for name in group.split():
            forms.setdefault(name, {name}).add(group.split()[0])
    spelt: dict[str, list[str]] = defaultdict(list)
    for name in sorted(forms):
        spelt[spelling(name)].append(name)
    for sound, names in spelt.items():
        for name in names if len(sound) >= SPELLING_LETTERS else ():
            forms[name].add(names[0])
    with SEED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["given_name", "forms"])
        writer.writerows((name, " ".join(sorted(forms[name]))) for name in sorted(forms))


if __name__ == "__main__":
    main()
