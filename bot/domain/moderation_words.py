"""The words behind the rule on minors. Unpleasant to read: kept apart, so that nobody meets them by accident.

Words are parted by spaces; `_` stands for the space inside a phrase. LATIN tables are matched on the skeleton
of a text, in all disguises; WRITTEN tables word by word as they stand; PATTERNS anywhere in the text; KANA
patterns in Japanese as it sounds, in hiragana without spaces.
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
naga_dziewczynka nagie_dzieci youngling younglings kidz kidlet kindergarteners rugrat rugrats ankle_biter
ankle_biters tyke tykes toddling school_kid school_kids school_child school_children school_aged school_age
schoolaged school_pupil school_pupils sixth_former sixth_formers grade_schooler grade_schoolers
gradeschooler middleschooler middleschoolers middle_schoolers high_schoolers highschoolers primary_schooler
girl_scout girl_scouts boy_scout boy_scouts cub_scout cub_scouts brownie_scout choirboy choirboys altar_boy
altar_boys wee_lass wee_lad wee_girl wee_boy lil_girl lil_girls lil_boy lil_boys lil_kid lil_kids lil_sis
lil_bro little_kid little_kids little_child little_children little_sis little_bro little_ones
little_daughter little_son little_lady baby_girl baby_boy baby_sister baby_brother kid_sister kid_brother
kid_sis smol_girl smol_boy small_girls small_boys tiny_girls tiny_boys tiny_teen petite_girl petite_girls
petite_teen petite_child youthful_teen younger_sister younger_brother young_child young_children young_kid
young_kids young_lass young_lad young_daughter young_son very_young too_young prepubertal pre_pubescent
pre_teens pre_pubertal peripubertal pubertal puberty minor_aged u18 under18 sub_18 teeny teenie teenybopper
teengirl teengirls teenboy teenboys kidgirl childgirl girlchild girl_child boy_child underdeveloped_body
undeveloped_body childish_body childlike_body childs_body prepubescence sweet_sixteen sweet_16 barely_legal
barely_teen juvenile_girl juvenile_boy infantile age_regression ageplay age_play not_18_yet not_yet_18
isnt_18 not_eighteen still_in_school kinders nena nenas jovencita jovencitas nene gamine gamines gosse
gosses petite_fille petites_filles petit_garcon petits_garcons bimba bimbi bimbe knabe knaben grundschulerin
schulerin schuelerin meisjes kleine_meisje chlopiec chlopcy anak_anak anak_perempuan
"""
MINOR_WRITTEN = (
    "niña niñas niño niños niñita niñito bébé bébés criança crianças bebê bebês mädchen çocuk çocuklar"
)

YOUNG_LATIN = """
girl girls girly boy boys daughter daughters niece nephew nieces nephews school_uniform young_teen
youthful_girl lad lads lass lasses lassie laddie youth youths youthful freshman_girl schoolmate classmate
classmates schoolyard classroom student_girl pupil_girl stepdaughter step_daughter step_sister stepsis
school_desk playground_girl pigtails_girl cub cubs girlie girlies gurl gurls boi bois daddys_girl
flat_chested flatchested flat_chest school_dress fille fillettes garcon garcons ragazza ragazzo menina
meninas menino meninos chica_joven maedchen madchen junge_madchen her_son his_son my_son and_son meisje
meisjes
"""

EXPLICIT_LATIN = """
nude nudes nudity naked nakedness undressed undressing unclothed topless porn porno pornographic pornography
pr0n xxx nsfw hentai ahegao rule_34 rule34 sex sexual sexually sexualized sexualised sexualize sexuality
intercourse penis penises cock cocks dick dicks dickpic vagina vaginas vaginal vulva clit clitoris pussy
pussies tits titties titty boobs boobies nipple nipples areola areolas genital genitals genitalia butthole
anus anal semen sperm cum cumming cumshot creampie ejaculate ejaculating ejaculation erection masturbate
masturbates masturbating masturbation orgasm orgasms orgy gangbang threesome blowjob blow_job handjob
hand_job handjobs blowjobs oral_sex phone_sex sexting sexts sext cybersex seggs secks sexx sexxx seks sekz
nekkid neked nakey nakie nudez noods nood nudie nudies nudist nudists nudism naturist naturists naturism
unclad disrobe disrobes disrobed disrobing unrobed bottomless pantless pantsless pantyless braless
underwearless knickerless clothesless clothless naked_body nude_body semi_nude seminude semi_naked
half_naked halfnaked half_nude halfnude part_naked fully_exposed body_exposed exposed_body exposed_breast
exposed_breasts exposed_chest exposed_genitals exposes_herself exposing_herself exposing_himself
exposed_herself flashing_her in_the_buff in_the_nip in_the_altogether in_the_raw au_naturel in_her_birthday
in_his_birthday skinny_dip skinny_dips skinny_dipping skinnydipping skinny_dipper stripping_off strips_off
stripped_off stripped_bare stripped_naked strip_tease strips_naked undress undresses taking_off_her
taking_off_his takes_off_her takes_off_his took_off_her took_off_his removing_her_clothes
removing_his_clothes removes_her_clothes removes_his_clothes clothes_removed clothing_removed
without_a_stitch not_a_stitch with_nothing_on nothing_but_skin nothing_underneath nothing_but_a_smile
wearing_only_a_smile wears_nothing wore_nothing dressed_in_nothing no_bra no_garments no_attire no_outfit
without_garments without_attire without_dress without_her_clothes without_his_clothes clothing_optional
clothes_free bare_bodied bare_breast bare_bum bare_buttocks bare_genitals bare_bosom barebreasted
private_parts privates_showing intimate_parts showing_privates pubic pubes pubis labia scrotum testicle
testicles phallus penile boner boners hardon foreskin cunt cunts twat cooch coochie cooter poon poontang
vajayjay peen weenie_out wiener_out schlong willy_out ding_dong_out boob booby bewbs bewbies titjob
nips_showing nip_slip nipslip nipples_visible areolae ass_naked arsehole asshole_spread anal_sex butt_plug
buttplug sodomy sodomize sodomized fingering jerk_off jerking_off jerks_off wank wanking wanks fap fapping
fapped squirting orgasmic orgasming cumshots cums bukkake gape_hole gaping_hole futa futanari hentia h3ntai
doujin smut smutty pornstar porn_star pornhub xvideos xhamster camgirl cam_girl cam_show sexcam x_rated
xrated x_rating 18_plus not_safe_for_work adult_content adult_film adult_video adult_movie adults_only
adult_only pornographer mating_press missionary_position cowgirl_position doggy_position humping dry_hump
dryhump copulate copulating copulation coitus fornicate fornicating fornication deflower deflowered
virginity_loss losing_her_virginity defiled lose_her_virginity lust lustful lusty lusting aroused arousal
arousing sexual_pose sex_toy sextoy sex_toys sex_slave sexslave sex_doll sexdoll hooker hookers gangrape
gang_rape gang_raped rape_scene ravished groped groping gropes fondle fondled fondling fondles molests
molester penetrates penetrated penetrating_her penetration inserted_into_her double_penetration dp_scene
spitroast facial_cum facefuck face_fuck throatfuck gagging_on ball_gag ballgag shibari dominatrix bdsm_gear
nude_art nudeart artistic_nude nude_model nude_photo nude_photos nude_photoshoot fellatio cunnilingus
deepthroat doggystyle doggy_style fuck fucks fucked fucking fucker rape raped raping rapist molest molested
molesting incest bondage bdsm fetish dildo vibrator striptease stripper strippers prostitute prostitutes
whore whores slut sluts slutty horny lewd lewds milf nympho nymphomaniac upskirt cameltoe camel_toe
spread_legs legs_spread spreading_legs bare_breasts bare_breasted bare_chested_girl bare_ass bare_butt
bare_bottom bare_naked buck_naked birthday_suit no_clothes no_clothing without_clothes without_clothing
without_any_clothes without_any_clothing wearing_nothing clothes_off not_wearing_anything nothing_on
in_the_nude having_sex making_love make_love sex_scene sex_act desnuda desnudas desnudo desnudos desnudez
sexo pornografia follando mamada tetas encuerada nackt nackte nackter nacktes nackten nacktheit titten
muschi ficken fickt toute_nue tout_nu nues nudite seins_nus nua nuas bucetinha buceta nuda nudo nudi scopare
tette naakt naakte neuken ciplak telanjang bugil menina_pelada mulher_pelada naga_dziewczynka
naga_dziewczyna nagie_dzieci
"""
EXPLICIT_WRITTEN = "coño sexe sexuel sexuelle çıplak goła gołe"

SUGGESTIVE_LATIN = """
sexy sexier sexiest sexily seductive seductively seducing seduce sensual sensually erotic erotica erotically
eroticism provocative provocatively lingerie thong thongs panties panty underwear bikini bikinis microbikini
cleavage busty breasts big_breasts large_breasts huge_breasts buttocks butt sultry kinky playboy pinup
pin_up onlyfans only_fans g_string gstring garter_belt lap_dance lapdance pole_dance pole_dancer poledance
twerk twerking ecchi see_through wet_shirt wet_tshirt wet_t_shirt bedroom_eyes hot_teen hot_teens
hot_schoolgirl no_pants no_underwear without_underwear without_panties erotico eroticos sensuale sensuel
smexy sexii sexi seksi seksy sexiness sexxy saucy risque raunchy steamy_scene naughty_pose scantily skimpy
skimpily scanty barely_clothed barely_dressed barely_clad barely_covered half_dressed half_clothed undies
underpants knickers knicker skivvies bralette negligee negligees nightie_sheer fishnets fishnet
stockings_and_garters string_bikini micro_bikini sling_bikini monokini thong_bikini tanga bikini_clad
wet_clothes see_thru seethrough seethru transparent_clothes transparent_clothing transparent_dress
transparent_shirt sheer_clothes sheer_dress sheer_top wet_tee panty_shot pantyshot panty_flash upshorts
downblouse down_blouse side_boob sideboob underboob under_boob lifting_her_skirt lifts_her_skirt
lifted_skirt skirt_lift skirt_lifted skirt_up hiked_up_skirt legs_apart legs_wide legs_open open_legs
spreading_her_legs spread_her_legs between_her_legs on_all_fours_ass ass_up bare_thighs thick_thighs thicc
thiccc big_ass big_butt nice_ass nice_butt booty bootylicious butt_cheeks buttcheeks asscheeks ass_cheeks
derriere crotch crotch_shot groin_shot bulge_in bosom bosoms busty_teen voluptuous curvaceous big_boobs
hotties hottie seductress temptress come_hither come_hither_look suggestive_pose suggestive_poses
suggestively suggestive provocatively_dressed alluring_pose making_out french_kiss french_kissing
tongue_kiss tongue_kissing intimate_kiss kissing_passionately passionate_kiss strip_poker strip_club
stripclub pole_dancing bed_scene boudoir latex_bodysuit spanked spanking spanks orgasm_face lewdly ddlg
pleasuring touching_herself touching_himself touches_herself pleasuring_herself tight_panties wet_panties
cameltoes erotically_posed sex_appeal playboy_bunny playboy_bunnies centerfold centrefold sensuelle erotik
erotisch erotische sexuell reizwasche unterwasche lenceria bragas ropa_interior calcinha mutandine erotisme
erotique in_a_bra wearing_a_bra only_a_bra bra_and_panties
"""

ABUSE_LATIN = """
lolicon shotacon toddlercon jailbait pedophilia paedophilia pedophilic pedo_porn kiddie_porn kiddy_porn ped0
pedo pedos pedobear paedo paedos pthc ptsc jail_bait jail_baits lolicons shotacons pedophile paedophile
pedophiles paedophiles hebephilia hebephile ephebophilia nepiophile kid_sex kidsex child_sex childsex
child_rape child_molester child_molestation child_erotica childerotica underage_sex underage_porn
underage_nude underage_nudes teenporn teen_porn teen_sex teensex sex_with_a_child sex_with_a_minor
sex_with_children sex_with_kids sex_with_minors child_abuse_material toddler_sex loli_porn loliporn
loli_hentai lolihentai shota_hentai minor_sex kid_porn child_porn child_pornography childporn csam
kinderporno kinderpornos pedopornografia pedopornographie pornografia_infantil
"""

INNOCENT_LATIN = """
sextette tittles public publics publicly publicity republic republics naked_mole_rat naked_mole_rats
naked_eye naked_raygun naked_gun nude_lipstick nude_nails nude_makeup nude_heels nude_color nude_colour
nude_palette nude_tones moby_dick dick_tracy dick_grayson dick_van_dyke philip_k_dick dick_dastardly
pussy_cat pussy_willow pussy_willows pussy_riot great_tits blue_tits coal_tits bearded_tits magna_cum_laude
summa_cum_laude cum_laude sex_pistols sex_education asia_minor ursa_minor canis_minor minor_key minor_chord
minor_scale minor_arcana baby_blue baby_pink baby_doll baby_tee baby_oil baby_shower baby_bump
girl_next_door pin_up_girl pinup_girl call_girl bond_girl cover_girl billy_the_kid cock_a_doodle_doo
weather_cock butt_joint cigarette_butt cigarette_butts rifle_butt the_naked_truth coppertone baby_chick
baby_chicks baby_animals baby_elephant baby_elephants baby_goat baby_goats baby_bird baby_birds baby_seal
baby_seals baby_dragon baby_dragons baby_penguin baby_penguins baby_yoda baby_grand young_goat young_goats
kid_goat kid_goats kid_gloves lion_cub lion_cubs bear_cub bear_cubs wolf_cub wolf_cubs tiger_cub tiger_cubs
fox_cub fox_cubs polar_cub minor_league minor_leagues d_minor in_a_minor a_minor_key a_minor_chord
a_minor_scale a_minor_sonata c_minor e_minor g_minor f_minor b_minor minor_scales minor_chords minor_planet
minor_planets teen_titans teen_wolf naked_and_afraid free_willy willy_wonka kids_menu wendy_darling same_sex
cocker_spaniel cock_robin cock_pheasant black_cock rape_seed rape_field rape_fields breast_cancer
breast_feeding breastfeeding breast_stroke breast_pocket chicken_breast chicken_breasts duck_breast
turkey_breast robin_breast red_breast blue_footed_booby booby_trap booby_traps pirate_booty butt_of_a_joke
rifle_butts water_butt virgin_islands virgin_forest virgin_olive_oil virgin_mary virgin_wool virgin_snow
strip_of_land strip_mall strip_malls comic_strip comic_strips las_vegas_strip film_strip film_strips
strip_lights strip_light gaza_strip landing_strip bacon_strips stripped_wood rugby_hooker bronze_bust
marble_bust marble_busts lust_for_life bottomless_pit bottomless_lake bottomless_ocean bottomless_well
bottomless_mimosa exposed_brick exposed_roots exposed_beams thong_sandals thong_sandal flip_flop_thongs
cheese_pizza wiener_schnitzel pussy_hat youth_hostel youth_orchestra youth_choir youth_football
school_of_fish fetish_figure lolita_fashion gothic_lolita sweet_lolita classic_lolita
"""

BARE_LATIN = """
shirtless topfree bare_chested bare_chest barechested bare_torso no_shirt without_a_shirt without_shirt
bare_skin bare_skinned bare_shouldered bare_legged swimsuit_model swimsuit_pose
"""
GIRL_LATIN = """
schoolgirl schoolgirls school_girl school_girls little_girl little_girls young_girl young_girls small_girl
tiny_girl teen_girl teen_girls teenage_girl teenage_girls teengirl preteen_girl preteen_girls girl_child
baby_girl kindergarten_girl female_child female_teen female_minor loli lolis lolita underage_girl
underage_girls
"""
"""Of whom a bare chest is told."""

ATTRIBUTIVE_LATIN = """
nackt nackte nackter nacktes nackten nu nue nues desnudo desnuda desnudos desnudas nudo nuda nudi nude naakt
naakte naked topless bare undressed stripped shirtless erotic erotica sexy sensual seductive underwear
lingerie panties panty bikini bra thong thongs undies knickers provocative sultry kinky skimpy sheer
bottomless horny sexual exposed unclad risque raunchy steamy saucy playboy
"""
"""What is said of things as well as of people."""
THINGS_LATIN = """
baum baume baeume wand felsen arbre arbres mur rocher arbol arboles pared roca albero alberi muro boom bomen
muur tree trees branch branches twig twigs trunk oak oaks birch birches willow willows forest woods winter
hill hills hillside mountain mountains rock rocks cliff cliffs stone stones dune dunes field fields earth
soil ground garden wall walls brick bricks floor floors room rooms window windows house houses hallway
corridor beams cake cakes cupcake cupcakes burrito burger bread pizza juice chocolate dessert icing car cars
convertible convertibles cabriolet cabrio roadster jeep jeeps bus buses truck trucks van pickup motorcycle
motorcycles motorbike motorbikes bike bikes bicycle bicycles vehicle vehicles buggy tractor bulb bulbs
lightbulb flame flames wire wires cable cables steel metal wood plywood blade blades sword swords eye eyes
truth singularity ape apes mole moles cat cats sphynx dog dogs chihuahua bird birds chick chicks skeletons
tooth lipstick lipsticks nail nails polish heel heels shoe shoes sandal sandals pump pumps colour colours
color colors tone tones shade shades palette palettes makeup pink beige hue hues leather store stores shop
shops department boutique drawer drawers rack racks aisle advert advertisement advertisements billboard
catalog catalogue brand brands factory laundry line washing clothesline poetry poem poems poet novel novels
literature manuscript manuscripts book books thriller verse atoll bottom pit lake well hole ocean abyss
mimosa mimosas curtain curtains fabric veil silk tights volcano toad toads lizard lizards frog frogs viper
vipers owl cattle sport engine sportscar sauce education health orientation jazz saxophone voice summer
evening train locomotive bath coffee soup kitchen feet foot knees shoulders hands hand arms
"""
"""What makes that innocent."""
ART_LATIN = """
mannequin mannequins statue statues marble sculpture sculptures skeleton canvas art museum fresco carving
carvings frieze temple temples bust busts
"""
"""What is no child beside it, but a nude all the same."""

CONTEXTS = {
    "cock": "rooster roosters crowing crows hen hens chicken chickens barnyard farmyard coop pheasant",
    "cocks": "rooster roosters crowing hen hens chicken chickens barnyard farmyard coop pheasant",
    "tits": "feeder birds bird nest birdhouse branch titmouse sparrows robins",
    "tit": "feeder birds bird nest birdhouse branch titmouse sparrows robins",
    "booby": "bird birds galapagos island trap",
    "boobies": "bird birds galapagos island",
    "pussy": "cat kitten willow whiskers",
    "bust": "marble bronze statue sculpture plaster roman",
    "bosom": "abraham",
    "dick": "whale moby tracy grayson detective turpin whittington",
    "cub": "lion lions lioness bear bears wolf wolves tiger tigers fox foxes panda den",
    "cubs": "lion lions lioness bear bears wolf wolves tiger tigers fox foxes panda den baseball chicago",
    "kid": "goat goats",
    "kids": "goat goats",
    "hooker": "rugby scrum",
    "ass": "donkey donkeys jesus palm mule",
    "semen": "bull cattle",
    "rape": "canola yellow oilseed blossom",
    "nudist": "mole",
    "orgy": "colour color",
    "lust": "gold",
    "stripper": "wire paint cable",
    "strippers": "wire paint cable",
    "vibrator": "concrete",
    "bondage": "egypt pharaoh hebrews israelites moses",
    "intercourse": "pennsylvania",
    "hump": "camel whale",
    "penetrating": "light sunlight gaze",
    "prostitute": "magdalene",
}
"""Words that mean another thing beside one of these."""

FRAGILE_LATIN = """
csam pubic poon whore penis anus anal minor minors kids boys baby babies raped raping shota shotas loli
lolis kiddo breasts butt tits milf playboy boi bois cub cubs boob tit lust twat youth youths lad lads lass
pubes wank fap nene knabe bimba bimbi undress gosse futa booty teeny tyke tykes labia boner nood noods peen
smut seks lasses kidz cunt cums privates newborn girly teenie tweens nena
"""
"""Found only as they stand: `the pen is blue`, `shot a`, `rapped`."""

_TEENS = r"(?:thir|four|fif|six|seven)teen"
_UNDER_18 = rf"(?:1[0-7]|[0-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|{_TEENS})"
_OLD = r"(?:[\s-]*(?:years?|yrs?|y)[\s./-]*(?:olds?|o|young)|[\s-]*yo|[\s-]*years?[\s-]+of[\s-]+age)\b"
_NOT_A_THING = (
    r"(?![\s-]*(?:whisk|scotch|bourbon|wine|rum\b|cognac|cheese|tree|oak|house|building|car\b|port\b|tequila|"
    r"statue|painting|manuscript|temple|ruin|castle|church|company|brand|tradition|bonsai|violin|turtle|"
    r"tortoise|dog\b|cat\b|horse|engine|motorcycle|shop|pub\b))"
)
_IN_TEENS = rf"(?:1[0-7]|{_TEENS}|eleven|twelve)"
_NOT_AN_AMOUNT = (
    r"(?!\s*(?:%|cm|kg|st|nd|rd|th|feet|inch|meters?|times|others?|flowers?|minutes?|hours?|days?))"
)
_YEARS = "años|anos|ans|anni|jahre|jährige?r?|jaar|lat|yaş|лет|года?|歳|才|岁|歲|살|세"
_ROMAN = "xvii|xvi|xv|xiv|xiii|xii|xi|x|ix|viii|vii|vi"
_ORDINAL = (
    r"(?:[1-9]|1[0-2])(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth"
)

MINOR_PATTERNS = (
    rf"(?<![\w.,]){_UNDER_18}{_OLD}{_NOT_A_THING}",
    rf"\b(?:{_ROMAN})[\s-]+years?[\s-]+old\b{_NOT_A_THING}",
    r"(?<!\w)\d{1,2}[\s-]*(?:months?|weeks?|days?)[\s-]*olds?\b",
    rf"(?<!ice )\b(?:aged?|age of|age is|turned|turning)\s*[:=]?\s*{_UNDER_18}\b(?![:.,]?\d){_NOT_A_THING}",
    (
        rf"\b(?:she|he|they|who|girl|boy)(?:['’]s|\s+(?:is|was|are|looks|just\s+turned))?"
        rf"(?:\s+(?:only|just|barely|like))?\s+{_IN_TEENS}\b{_NOT_AN_AMOUNT}"
    ),
    (
        rf"\b(?:only|just|barely|not even|nearly|almost|sweet)\s+{_IN_TEENS}\b"
        r"(?=\s*(?:[,;.!)]|\Z|and\b|but\b|--))"
    ),
    rf"\b(?:girls?|boys?|she|he|kid|child|daughter|son|student)\s*[(\[]\s*{_UNDER_18}\s*[)\]]",
    rf"(?:\A|[,;(])\s*(?:{_TEENS}|eleven|twelve)\s*(?=[,;.)]|\Z)",
    r"(?<![\w./-])(?:1[0-7])\s?/?\s?[fm]\b(?!\s*(?:weather|degrees|temperature|/))",
    r"(?<![\w./-])[fm]\s?(?:1[0-7])\b(?=\s*(?:[,;.]|\Z|nude|naked|sexy))(?<!f16)",
    r"\b(?:under|below|younger than|less than|not yet|not)\s*(?:the age of\s*)?(?:18|eighteen)\b",
    r"\b(?:before|until)\s+(?:her|his|their)\s+(?:18th|eighteenth)\s+birthday\b",
    r"\bborn\s+(?:in\s+|on\s+|after\s+)?(?:\w+\s+){0,2}20(?:09|[12][0-9])\b",
    rf"\b(?:{_ORDINAL})[\s-]*(?:graders?|grade\s+(?:girl|boy|student|pupil|kid|class))\b",
    r"\b(?:year|grade)\s*(?:[1-9]|1[0-3])\s+(?:pupils?|students?|girls?|boys?|class)\b",
    rf"(?<!\d){_UNDER_18}\s*(?:{_YEARS})(?!\w)",
    r"реб[её]н(?:ок|к)|\bдет(?:и|ей|ям|ский|ская|ское)\b|девочк|мальчик|малыш|школьни[кц]|подрост(?:ок|к)",
    r"несовершеннолетн|младенец|малолетн",
    r"小孩|儿童|兒童|幼女|女童|男童|孩子|萝莉|蘿莉|正太|未成年|小女孩|小男孩|幼儿|婴儿|宝宝",
    r"小学生|小學生|初中生|高中生|中学女生|女中学生",
    r"(?<![ァ-ー])(?:ロリ|ショタ)(?:コン|っ子|っこ)?(?![ァ-ー])",
    r"어린이|어린아이|어린 아이|초등학생|중학생|고등학생|여고생|여중생|미성년|아기|꼬마",
    r"(?<!미)소녀(?!시대)|(?<!미)소년(?!단)|(?<![가-힣])(?:로리|쇼타)(?:콘|타)?(?![가-힣])",
    r"طفل|أطفال|قاصر|बच्च[ाीेों]|नाबालिग|trẻ em|bé gái|bé trai",
)
MINOR_KANA = r"""
子供 子ども 小供 (?<!だい)こども ちびっ(?:こ|子) 幼(?:い|き|子|気|稚園|顔|体|さ) おさな(?:い|子|ご) 幼女
幼児 園児 児童 女児 男児 乳児 児ぽ 小学(?:生|校|\d|[一二三四五六]年) 中学(?:生|校|\d|[一二三]年)
高校(?:生|\d|[一二三]年) 女子(?:小|中|高) 男子(?:小|中|高) 女子校生 女学生 しょうがくせい ちゅうがくせい
こうこうせい じょしこうせい じょしちゅうがくせい
(?<![大最])(?:小|中)(?:[1-3一二三]年?生?)(?![\d人枚個つ本月日時分])
(?<![大最])小(?:[4-6四五六])(?:年?生?)(?![\d人枚個つ本月日時分])
(?<![最崇至])高(?:[1-3一二三])(?:年?生?)(?![\d人枚個つ本月日時分度層])
(?<![a-z])j[ckrsy](?![a-z])(?=.*[ぁ-ん一-龥])
(?<![\d一二三四五六七八九十百])(?:十[一二三四五六七]?|[一二三四五六七八九]|1[0-7]|[1-9])(?:歳|才|さい(?![んなぼくころば])|ちゃい)(?!月)
(?:10代|十代|てぃーん|ろーてぃーん|未成年|みせいねん|18歳未満|十八歳未満|18才未満)
(?<!美)(?:少女|少年)(?!漫画誌|合唱|野球|まんが誌|自然の家) しょうじょ しょうねん 赤(?:ちゃん|ん坊)
あかちゃん あかんぼう? べびー(?=.*裸) がき(?:んちょ|の|と|が|、) (?<![お雅])餓鬼(?!道) きっず
(?<![かふぐとほこぞそちぎけべぽぼどのめくまさに])ろり(?:こん|っ子|っこ|たん?)?(?!ー|ぽ|だ|あ|ん)
(?<![き])しょた(?!い) ろりこん しょたこん ろりっ子 ぺど ょうじょ 小さ(?:な|い)(?:女|男|娘|子)
ちいさな(?:女|男|娘|子) ちっちゃい(?:女|男|娘|子) 女の子供 らんどせる (?:中|高|小)(?:学|校)生女子
"""
"""As it sounds."""
YOUNG_PATTERNS = (r"美少女|美少年|미소녀|미소년",)
YOUNG_KANA = r"""
(?:女|男|おんな|おとこ)の(?:子|こ) 娘(?!道成寺|々) 息子 むすめ 女生徒 男子生徒 生徒 学生服 制服 せーらー服
せーらーふく すくーる水着 すく水 ぶるまー?(?!ん) 体操(?:服|着)
"""
UNDRESSING_PATTERNS = (r"\b(?:clothe[sd]|clothing|underwear|garments?)\b",)
"""After `--no`."""
GROWN_PATTERNS = (r"\b(?:adults?|grown[\s-]?ups?)\b",)
"""After `--no`: who is left are the others."""
EXPLICIT_PATTERNS = (
    r"\br(?:ule)?[\s_-]?34\b|\br[\s_-]?18\b",
    r"\bгол(?:ая|ый|ые|ую|ой|ого|ых|ышом)\b|обнаж[её]н|\bпорно|\bсекс|\bтраха|сиськ|раздет",
    r"裸(?!足|眼|電球|の王様)|色情|做爱|做愛|性交|淫|阴道|陰道|乳头|情色|脱光|一丝不挂|赤身",
    r"ヌード(?!ル)|(?<![ァ-ー])エロ(?:い|ティ|チ|本|絵|(?![ァ-ー]))",
    r"알몸|누드|벌거벗|섹스|포르노|나체|(?<![가-힣])야한(?!다)|야동|가슴 노출",
    r"عاري|عارية|عراة|إباحي|नंग[ाीे]|नग्न|सेक्स",
)
EXPLICIT_KANA = r"""
裸(?!足|眼|電球|の王様|麦|子植物|馬) (?<![やか])はだか(?!ら|げ|れ) すっぽんぽん すっぱだか まっぱだか
まっぱ(?!え) 素っ裸 真っ裸 全裸 ぜんら 半裸 はんら 丸裸 まるはだか 一糸(?:まとわ|も|纏わ) ぬーど(?!る)
裸体 らたい
(?:服|衣服|衣類|着物|水着|下着|ぱんつ|制服|すかーと|ふく)(?:を|も)?(?:着て(?:い)?ない|脱|ぬ[いぐげ])
(?<!靴)(?<![靴皮殻面]を)(?<!(?:くつ|帽子|手袋|上着|草履|下駄|靴下)を)(?<!(?:こーと|まんと|ぶーつ)を)脱[いぎぐ]
(?<!を)脱衣(?!所|場|室|かご|籠) 脱がさ 脱がせ 脱ぎかけ 着ていない なにも着 何も着 何も身に
露出(?!時間|補正|計|度|アップ|あっぷ|おーばー|を上|を下) 丸出し まるだし むき出しの(?:胸|乳|尻) 乳首
ちくび 乳房 (?<!い)おっぱい ぱいおつ 巨乳 貧乳 きょにゅう ひんにゅう 胸(?:を|が)?(?:見せ|丸見え|はだけ|揉)
性器 陰部 陰茎 陰毛 恥部 秘部 局部 ちん(?:ちん(?!電車)|こ(?!う)|ぽ(?!う)) おちん
まん(?:こ)(?![のう]?(?:く|ん)) おまんこ ま[○〇◯*●]こ ち[○〇◯*●][こぽ] くりとりす 肛門(?!科) あなる 勃起
ぼっき 射精 精液 中出し なかだし ざーめん せっくす (?<![すっ])えっち せ[○〇◯*●]くす 性行為 性交(?!代) 性的
性欲 性愛 性奴隷 情事 援交 援助交際 ぱぱ活 児ぽ 児童ぽるの ぽるの れいぷ 強姦 輪姦 痴漢 痴女 淫 みだら
いんらん いやらし 卑猥 ひわい 猥褻 わいせつ 官能 よがり 喘ぎ 喘い あえぎ声 あへ顔 おなにー 自慰 ふぇら
手こき しこ(?:る|って) ぱいずり 緊縛 調教 凌辱 陵辱 犯され 犯す (?:ろり|しょた)えろ
(?:\A|[^ぁ-ん一-龥]|[のなでとがをはに、。]|ど)えろ(?:い|く|さ|画|漫|本|絵|す|げ|ち|てぃ|か|同|動|[^ぁ-んー]|\Z)
えろまんが どえろ r-?18 18禁 十八禁 成人(?:向|漫画|指定) あだると(?:びでお|動画|向) (?<![ぁ-ん])はめ撮り
(?<=[^ぁ-ん])h(?=な(?:こと|絵|画|ぽーず|女|少))
"""
SUGGESTIVE_PATTERNS = (
    r"эротич|сексуальн|нижн\w+ бель[её]|бикини",
    r"性感|内衣|內衣|比基尼|섹시|속옷|비키니|에로틱",
    r"ぱんつ|パンツ(?:姿|一丁|一枚|丸見え|見せ|だけ|を見|を脱|が見)",
)
SUGGESTIVE_KANA = r"""
せくしー(?!ぞーん) 下着(?!売|店|屋|めーかー) したぎ びきに(?!環礁) ぱんちら ぱんもろ 胸ちら ぱんてぃー?
ぶらじゃー のーぱん のーぶら 透け(?:た|る|て) すけすけ 誘惑 艶めかし なまめかし 色っぽ お尻
おしり(?!たんてい) ふともも 太もも 股間 股(?:を)?開 開脚 べっどで(?:待|誘) らんじぇりー がーたーべると
ぼんでーじ 際どい きわどい ぽろり 胸の谷間 谷間を見 しめつけ 抱かれ ぬれぬれ 濡れ透け 舐め回 あだっぽ
"""
