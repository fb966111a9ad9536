"""The words behind the rule on minors. Unpleasant to read: kept apart, so that nobody meets them by accident.

Words are parted by spaces; `_` stands for the space inside a phrase. LATIN tables are matched on the skeleton
of a text, in all disguises; WRITTEN tables word by word as they stand; PATTERNS anywhere in the text.
"""

MINOR_LATIN = """
child children childlike childs kid kids kiddo kiddie kiddies kiddy toddler toddlers infant infants newborn
newborns baby babies teen teens teenage teenaged teenager teenagers preteen preteens pre_teen tween tweens
adolescent adolescents pubescent prepubescent underage underaged under_age minor minors juvenile juveniles
schoolgirl schoolgirls schoolboy schoolboys school_girl school_girls school_boy school_boys schoolchild
schoolchildren schoolkid schoolkids preschool preschooler preschoolers kindergarten kindergartner
kindergartener elementary_school primary_school grade_school middle_school junior_high high_school
highschool highschooler high_schooler middle_schooler loli lolis lolita shota shotas little_girl
little_girls little_boy little_boys young_girl young_girls young_boy young_boys small_girl small_boy
tiny_girl tiny_boy small_child youngster youngsters little_sister little_brother not_an_adult not_yet_adult
enfant enfants fillette fillettes mineure mineures bambino bambina bambini bambine ragazzina ragazzine
ragazzino minorenne minorenni neonato adolescente adolescentes criancas crianca menininha menininho
colegiala colegialas menor_de_edad menores_de_edad menor_de_idade chiquilla chiquillo kinder kleinkind
schulmadchen schulmaedchen minderjahrig minderjahrige minderjaehrig minderjaehrige jugendliche teenagerin
kinderen minderjarig minderjarige kleuter dziecko dzieci dziewczynka dziewczynki nieletnia cocuk cocuklar
bocah nina_desnuda nino_desnudo ninas_desnudas ninos_desnudos nacktes_kind nackte_kinder anak_kecil
naga_dziewczynka nagie_dzieci
"""
MINOR_WRITTEN = (
    "niña niñas niño niños niñita niñito bébé bébés criança crianças bebê bebês mädchen çocuk çocuklar"
)

YOUNG_LATIN = """
girl girls girly boy boys daughter daughters niece nephew nieces nephews school_uniform young_teen
youthful_girl fille fillettes garcon garcons ragazza ragazzo menina meninas menino meninos chica_joven
maedchen madchen junge_madchen her_son his_son my_son and_son meisje meisjes
"""

EXPLICIT_LATIN = """
nude nudes nudity naked nakedness undressed undressing unclothed topless porn porno pornographic pornography
pr0n xxx nsfw hentai ahegao rule_34 rule34 sex sexual sexually sexualized sexualised sexualize sexuality
intercourse penis penises cock cocks dick dicks dickpic vagina vaginas vaginal vulva clit clitoris pussy
pussies tits titties titty boobs boobies nipple nipples areola areolas genital genitals genitalia butthole
anus anal semen sperm cum cumming cumshot creampie ejaculate ejaculating ejaculation erection masturbate
masturbates masturbating masturbation orgasm orgasms orgy gangbang threesome blowjob blow_job handjob
hand_job fellatio cunnilingus deepthroat doggystyle doggy_style fuck fucks fucked fucking fucker rape raped
raping rapist molest molested molesting incest bondage bdsm fetish dildo vibrator striptease stripper
strippers prostitute prostitutes whore whores slut sluts slutty horny lewd lewds milf nympho nymphomaniac
upskirt cameltoe camel_toe spread_legs legs_spread spreading_legs bare_breasts bare_breasted
bare_chested_girl bare_ass bare_butt bare_bottom bare_naked buck_naked birthday_suit no_clothes no_clothing
without_clothes without_clothing without_any_clothes without_any_clothing wearing_nothing clothes_off
not_wearing_anything nothing_on in_the_nude having_sex making_love make_love sex_scene sex_act desnuda
desnudas desnudo desnudos desnudez sexo pornografia follando mamada tetas encuerada nackt nackte nackter
nacktes nackten nacktheit titten muschi ficken fickt toute_nue tout_nu nues nudite seins_nus nua nuas
bucetinha buceta nuda nudo nudi scopare tette naakt naakte neuken ciplak telanjang bugil menina_pelada
mulher_pelada naga_dziewczynka naga_dziewczyna nagie_dzieci
"""
EXPLICIT_WRITTEN = "coño sexe sexuel sexuelle çıplak goła gołe"

SUGGESTIVE_LATIN = """
sexy sexier sexiest sexily seductive seductively seducing seduce sensual sensually erotic erotica erotically
eroticism provocative provocatively lingerie thong thongs panties panty underwear bikini bikinis microbikini
cleavage busty breasts big_breasts large_breasts huge_breasts buttocks butt sultry kinky playboy pinup
pin_up onlyfans only_fans g_string gstring garter_belt lap_dance lapdance pole_dance pole_dancer poledance
twerk twerking ecchi see_through wet_shirt wet_tshirt wet_t_shirt bedroom_eyes hot_teen hot_teens
hot_schoolgirl no_pants no_underwear without_underwear without_panties erotico eroticos sensuale sensuel
sensuelle erotik erotisch erotische sexuell reizwasche unterwasche lenceria bragas ropa_interior calcinha
mutandine erotisme erotique in_a_bra wearing_a_bra only_a_bra bra_and_panties
"""

ABUSE_LATIN = """
lolicon shotacon toddlercon jailbait pedophilia paedophilia pedophilic pedo_porn kiddie_porn kiddy_porn
kid_porn child_porn child_pornography childporn csam kinderporno kinderpornos pedopornografia
pedopornographie pornografia_infantil
"""

INNOCENT_LATIN = """
naked_mole_rat naked_mole_rats naked_eye naked_raygun naked_gun nude_lipstick nude_nails nude_makeup
nude_heels nude_color nude_colour nude_palette nude_tones moby_dick dick_tracy dick_grayson dick_van_dyke
philip_k_dick dick_dastardly pussy_cat pussy_willow pussy_willows pussy_riot great_tits blue_tits coal_tits
bearded_tits magna_cum_laude summa_cum_laude cum_laude sex_pistols sex_education asia_minor ursa_minor
canis_minor minor_key minor_chord minor_scale minor_arcana baby_blue baby_pink baby_doll baby_tee baby_oil
baby_shower baby_bump girl_next_door pin_up_girl pinup_girl call_girl bond_girl cover_girl billy_the_kid
cock_a_doodle_doo weather_cock butt_joint cigarette_butt cigarette_butts rifle_butt the_naked_truth
coppertone
"""

FRAGILE_LATIN = """
whore penis anus anal minor minors kids boys baby babies raped raping shota shotas loli lolis kiddo breasts
butt tits milf
"""
"""Found only as they stand: `the pen is blue`, `shot a`, `rapped`."""

_TEENS = r"(?:thir|four|fif|six|seven)teen"
_UNDER_18 = rf"(?:1[0-7]|[0-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|{_TEENS})"
_OLD = r"(?:[\s-]*(?:years?|yrs?|y)[\s./-]*(?:olds?|o)|[\s-]*yo)\b"
_NOT_A_THING = r"(?![\s-]*(?:whisk|scotch|bourbon|wine|rum\b|cognac|cheese|tree|oak|house|building|car\b))"
_YEARS = "años|anos|ans|anni|jahre|jährige?r?|jaar|lat|yaş|лет|года?|歳|才|岁|歲|살|세"
# What is taken out: the first `--no` and all that follows it.
_NO = r"\A(?>.*?(?:--|[—–])\s*no\b).*?"

MINOR_PATTERNS = (
    rf"(?<![\w.,]){_UNDER_18}{_OLD}{_NOT_A_THING}",
    r"(?<!\w)\d{1,2}[\s-]*(?:months?|weeks?|days?)[\s-]*olds?\b",
    rf"(?<!ice )\b(?:aged?|age of|turned|turning)\s*:?\s*{_UNDER_18}\b(?![:.,]?\d){_NOT_A_THING}",
    r"\b(?:under|below|younger than|less than)\s*(?:the age of\s*)?(?:18|eighteen)\b",
    rf"(?<!\d){_UNDER_18}\s*(?:{_YEARS})(?!\w)",
    rf"{_NO}\b(?:adults?|grown[\s-]?ups?)\b",
    r"реб[её]н(?:ок|к)|\bдет(?:и|ей|ям|ский|ская|ское)\b|девочк|мальчик|малыш|школьни[кц]|подрост(?:ок|к)",
    r"несовершеннолетн|младенец|малолетн",
    r"小孩|儿童|兒童|幼女|女童|男童|孩子|萝莉|蘿莉|正太|未成年|小女孩|小男孩|小学生|小學生|初中生|高中生|幼儿|婴儿|宝宝",
    r"(?<![ァ-ー])(?:ロリ|ショタ)(?:コン|っ子|っこ)?(?![ァ-ー])",
    r"子供|子ども|こども|中学生|高校生|女子高生|赤ちゃん|幼児|園児|児童|女児|男児|(?<!美)(?:少女|少年)",
    r"어린이|어린아이|어린 아이|초등학생|중학생|고등학생|여고생|미성년|아기",
    r"(?<!미)소녀(?!시대)|(?<!미)소년(?!단)|(?<![가-힣])(?:로리|쇼타)(?:콘|타)?(?![가-힣])",
    r"طفل|أطفال|قاصر|बच्च[ाीेों]|नाबालिग|trẻ em|bé gái|bé trai",
)
YOUNG_PATTERNS = (r"美少女|美少年|미소녀|미소년",)
UNDRESSING_PATTERNS = (rf"{_NO}\b(?:clothe[sd]|clothing|underwear|garments?)\b",)
EXPLICIT_PATTERNS = (
    *UNDRESSING_PATTERNS,
    r"\bгол(?:ая|ый|ые|ую|ой|ого|ых|ышом)\b|обнаж[её]н|\bпорно|\bсекс|\bтраха|сиськ|раздет",
    r"裸(?!足|眼|電球|の王様)|色情|做爱|做愛|性交|淫|阴道|陰道|乳头|情色",
    r"ヌード(?!ル)|セックス|ポルノ|おっぱい|性的|(?<![ァ-ー])エロ(?:い|ティ|チ|本|絵|(?![ァ-ー]))",
    r"알몸|누드|벌거벗|섹스|포르노|나체|(?<![가-힣])야한(?!다)",
    r"عاري|عارية|عراة|إباحي|नंग[ाीे]|नग्न|सेक्स",
)
SUGGESTIVE_PATTERNS = (
    r"эротич|сексуальн|нижн\w+ бель[её]|бикини",
    r"性感|内衣|內衣|比基尼|セクシー|下着|ビキニ|섹시|속옷|비키니|에로틱",
)
