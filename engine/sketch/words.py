"""What people type, and the nearest thing that the model may know: senses as people mean them first."""

import zlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache

THINGS = """
forest|evergreen tree: jungle, rainforest, enchanted forest, magical forest, fairy forest, deep forest,
    bamboo forest, swamp, woodland, amazon, grove, mystical forest, forest landscape, misty forest,
    tropical forest, rain forest, trees in a forest, forest path, haunted forest, birch forest, spooky
    forest, amazon rainforest, forest clearing, wetland, bayou, elven forest, sherwood forest, wood,
    summer forest
pine forest|forest|evergreen tree: black forest, redwood forest, taiga, evergreen forest, fairy tale
    forest, night forest, gloomy forest, coniferous forest, spruce forest
autumn forest|forest|fallen leaf: autumn landscape, fall forest, autumn scene, autumn park, autumn
    scenery, fall landscape, october forest, autumn day, fall trees, colorful autumn trees, indian summer,
    golden autumn
cherry blossom trees|cherry blossom: sakura trees, spring landscape, spring park, blossoming trees, spring
    scene, sakura garden, cherry orchard, spring trees
winter forest|winter landscape|snowflake: frozen forest, snowy woods, narnia, siberia, snow forest, winter
    trees
meadow|house with garden: field, pasture, lawn, grass, green field, plains, hillside, golf course, fields,
    farmland, grass field, alpine meadow, windows xp wallpaper, rural landscape, football pitch, hills,
    moor, soccer field, golf, english countryside, tuscany, field of grass, prairie, steppe, green meadow,
    grassy field, green landscape, hill country, hobbiton, shire, the shire, savanna grass
field of flowers|meadow|blossom: flower garden, tulip fields, poppy field, garden of flowers, wildflower
    field, garden of eden, flower valley, garden, secret garden, botanical garden, meadow of flowers,
    flowers in a field, tulip field, rose garden, field of roses, blooming meadow
lavender field|meadow: provence, lavender fields, purple field, purple flower field
wheat field|meadow: rice field, corn field, crops, farm field, cornfield, wheat fields, golden wheat,
    barley field, harvest field, grain field, tea plantation, rice terrace, vineyard
mountains|mountain: mountain range, mountain landscape, alps, the alps, rocky mountains, mountain view,
    appalachia, highlands, highland, swiss alps, himalayas, switzerland, patagonia, yosemite, nepal,
    tibet, scotland, mountain scenery, the himalayas, dolomites, andes, misty mountains, scenery, mountain
    wallpaper, mountainous landscape, canyon, gorge, national park, grand canyon, mountain tops, high
    mountains, peaks
mountain lake|lake|mountains: alpine lake, norway, fjord, loch, lake at the foot of a mountain, new
    zealand, canadian lake, lake louise, lake como, crater lake
lake|water wave: pond, lakes, lakeside, lake house, reservoir, lagoon lake, still lake, lake view, fish
    pond, duck pond
river|water wave: creek, stream, brook, river landscape, riverbank, rivers, canal, amazon river, nile,
    mountain valley, valley of flowers, river valley, mountain river, mountain stream, river bend
waterfall|mountains|mountain: waterfalls, niagara falls, cascade, jungle waterfall, victoria falls,
    waterfall landscape, water fall, iguazu falls, iceland waterfall
beach|beach with umbrella: shore, seashore, sea shore, coastline, beach landscape, paradise beach, bay,
    sunny beach, ocean beach, beach scene, white sand beach, california beach, empty beach, malibu, cove,
    sand beach, coast line, sea coast, lonely beach
tropical beach|beach|beach with umbrella: caribbean beach, hawaii, copacabana, bali, maldives, paradise,
    palm beach, tropics, caribbean, tropical paradise, bora bora, lagoon, exotic beach, thailand beach,
    hawaii beach, waikiki, beach with palms, miami beach, palm trees on the beach
ocean|water wave: sea waves, atlantic ocean, pacific ocean, rough sea, stormy sea, ocean view, the sea,
    the ocean, sea view, water, blue ocean, calm sea, atlantic, mediterranean, sea landscape, sea storm,
    endless ocean, north sea
tropical island|desert island: treasure island, island paradise, small island, paradise island, islands,
    lonely island
underwater world|deep sea|ocean: underwater, underwater scene, under the sea, sea bottom, bottom of the
    sea, the deep sea, seabed, underwater landscape, atlantis, undersea, mariana trench, the deep ocean,
    underwater city, abyss, great barrier reef, ocean life, sea life, aquarium scene
city skyline|cityscape: skyline, metropolis, downtown, new york city, manhattan, urban landscape,
    megacity, hong kong, dubai, chicago, singapore, nyc, shanghai, los angeles, gotham, gotham city, city
    landscape, downtown skyline, new york skyline, business district, towers of glass, city view, cities,
    city buildings, cityscapes, san francisco, futuristic skyline, modern city, urban, concrete jungle
city at night|cityscape at dusk: night city, tokyo at night, skyline at night, city night, nightlife, new
    york at night, night city lights, times square, las vegas, vegas, urban night, city by night
neon city|cityscape at dusk: cyberpunk, future city, sci-fi city, sci fi city, blade runner, cyberpunk
    street, synthwave city, dystopian city, neon street, tokyo street, neon tokyo, cyberpunk cityscape,
    cyberpunk skyline, steampunk city, neon signs, retro future, dystopia, coruscant, futuristic
    metropolis, akira city, vaporwave city, solarpunk city, solarpunk, alien city, night market
street|city skyline|cityscape: alley, alleyway, avenue, main street, sidewalk, boulevard, street scene,
    old street, paris street, cobblestone street, street corner, narrow alley, rainy street, london
    street, street art, european street, italian street, diagon alley
village|houses|house with garden: villages, hamlet, medieval village, mountain village, fishing village,
    small village, fantasy village, town, neighborhood, old village, houses, english village, alpine
    village, medieval town, settlement, viking village, hobbit village, cute village, old town, italian
    village, suburb
snowy village|village|houses: christmas village, winter town, snow village, north pole village, christmas
    town
farm|house with garden: farmyard, ranch, homestead, farm landscape, barnyard, old farm, farm house,
    countryside farm, red barn, barn
park|meadow: central park, city park, garden path, public park, playground park, japanese garden path, zen
    garden, botanical park
road|street: highway road, country road, route 66, empty road, motorway, freeway, dirt road, desert road,
    endless road, yellow brick road, forest road, winding road, race track, racetrack, open road, lonely
    road
sky|cloud: blue sky, cloudscape, clouds background, sea of clouds, cloudy sky, heaven, sky castle, sky
    landscape, above the clouds, sky background, heavens, pink clouds, sunny sky
room|living room|couch and lamp: interior, living room interior, interior design, cozy living room, modern
    interior, lobby, waiting room, cafe interior, hotel room interior, bedroom interior, cabin interior,
    apartment interior, cozy interior, home interior, office interior, house interior, indoor, classroom
    interior, messy room, library interior, empty room, gaming room
table|chair: kitchen table, dining table, coffee table, picnic table, desk, wood table, table top,
    workbench, counter
desert|sunset: sahara, dunes, sand dune, wasteland, arrakis, gobi, badlands, mojave, tatooine, dune,
    sahara desert, desert dunes, arizona desert, sand, sandstorm, savanna, savannah, african savanna,
    arizona, death valley, desert scene, monument valley, outback, namibia, desert wasteland
pyramids|desert|mountain: pyramid, egyptian pyramid, great pyramid, pyramids of giza, pyramid of giza,
    ancient egypt, giza, cairo, mayan pyramid, aztec pyramid, the pyramids, great pyramids, egyptian
    desert, step pyramid
erupting volcano|volcano: volcanic eruption, lava landscape, volcano landscape, lava river, mordor, mount
    doom, volcano erupting, volcanic landscape, lava flow, volcanic island, pompeii
night with stars: starry sky, night sky with stars, starlit sky, stargazing, sky full of stars, stars at
    night, night landscape, the night sky, stary night, dark night, starry sky landscape, constellations,
    star sky, van gogh starry night
milky way|galaxy: galaxies, the milky way, andromeda, stardust, spiral galaxy, galaxy background, space
    galaxy, hubble deep field, milkyway
space|milky way|galaxy: cosmos, deep space, the universe, the cosmos, supernova, interstellar, orion
    nebula, space background, space landscape, space nebula, cosmic sky, infinity, big bang, void,
    outerspace, star field, starfield, space scene, colorful nebula
planets in space|planets|ringed planet: solar system, planet system, alien planet, alien world,
    exoplanets, space with planets, alien landscape, distant planet, other planets
black hole|milky way: black holes, event horizon, singularity, gargantua, supermassive black hole, vortex,
    quasar, dark matter, portal to another dimension, wormhole, solar eclipse, total eclipse, lunar
    eclipse eclipse
moon landscape|full moon: lunar surface, moon surface, the moon's surface, lunar landscape, moon landing,
    moon base, crater
mars landscape|desert: mars, mars surface, red planet surface, martian landscape, mars colony, mars rover
    landscape, planet mars surface
winter landscape|snowflake: snowy landscape, snow landscape, arctic, tundra, north pole, south pole,
    antarctica, frozen lake, snow field, winter scene, lapland, winter scenery, ice age, frozen landscape,
    snowy hill, winter mountain, alaska, white landscape, snowy day, blizzard, greenland, frozen tundra,
    winter day, winter, snow scene
sunset: sunset sky, evening sky, sunset landscape, golden hour, sunset view, evening, sundown, dusk,
    purple sky, dramatic sunset, orange sky, red sky, sky at sunset, twilight sky, twilight landscape
beach at sunset|sunset: sunset beach, sunset over the ocean, sunset over the sea, ocean sunset, beach
    sunset, sunset on the beach, sea sunset, sunset over sea, sunset by the sea
sunset over a mountain range|mountains at sunset|sunrise over mountains: mountain sunset, sunset over
    mountains, sunset over the mountains, sunset in the alps, mountains at dusk, alpine sunset, mountains
    in the evening, sunset in the mountains
mountains at sunrise|sunrise over mountains: mountain sunrise, sunrise in the mountains, dawn over
    mountains, mountains at dawn, sunrise over the mountains, alpine sunrise
landscape|meadow: nature, beautiful landscape, scenic landscape, natural landscape, nature landscape,
    landscape painting, environment landscape, wide landscape, fantasy landscape, scenic view, panorama,
    dreamy landscape, idyllic landscape, summer landscape, fantasy world, outdoors, wilderness, nature
    background, epic landscape, magical landscape, country landscape

girl|woman: little girl, girls, young girl, schoolgirl, anime girl, school girl, cute girl, waifu, alice,
    alice in wonderland, pretty girl, little red riding hood, red riding hood, girl portrait, pigtails,
    dorothy, manga girl, pippi longstocking, sailor moon, magical girl, hatsune miku, anime woman, e-girl,
    teenage girl, daughter, toddler girl, cyberpunk girl, hermione
boy|man: little boy, boys, schoolboy, young boy, kid boy, lad, anime boy, school boy, cute boy, peter pan,
    pinocchio, teenage boy, son, harry potter, tintin, huckleberry finn, charlie brown
old man|man: grandfather, grandpa, elderly man, old sailor, grandad, einstein, albert einstein, old guy,
    elder, senior, fisherman, old fisherman, philosopher old, abraham lincoln, charles darwin
old woman|woman: grandmother, grandma, granny, elderly woman, nana, old lady, crone, hag, babushka
teacher|person: professor, tutor, lecturer, schoolteacher, teachers, librarian, school teacher, math
    teacher
student|person: students, pupil, college student, undergraduate, university student, apprentice
artist|person: painter, artists, bob ross, pablo picasso, van gogh, vincent van gogh, picasso, salvador
    dali, frida kahlo, leonardo da vinci, illustrator
pilot|man: aviator, airplane pilot, fighter pilot, captain, flight attendant, air force pilot, flyer,
    amelia earhart, airman
detective|man: sherlock holmes, spy, private eye, secret agent, inspector, investigator, james bond,
    private detective, film noir detective, sherlock, batman detective, columbo
scientist|person: mad scientist, researcher, chemist, physicist, doctor, nurse, lab scientist, biologist,
    surgeon, dentist, physician, pharmacist, inventor, professor scientist, engineer scientist,
    veterinarian, marie curie, nikola tesla, doctor who, medic, doctors, nurses, plague doctor
construction worker|man: builder, miner, worker, engineer, mechanic, plumber, electrician, carpenter, bob
    the builder, factory worker, lumberjack, workman, construction workers, hard hat worker, coal miner,
    blacksmith
ballet dancer|woman: ballerina, ballet, ballerina dancer, swan lake ballet, nutcracker ballerina
woman dancing|woman: dancer, dancing woman, flamenco dancer, salsa, tango, flamenco, belly dancer, disco
    dancer, dancing girl, lady in red, salsa dancer, dance, dancing
family|person: parents, families, mom and dad, mother and child, couple, father and son, group of people,
    friends, twins, couple in love
supervillain|vampire: villain, supervillains, evil villain, thanos, magneto villain, bad guy, lex luthor,
    doctor doom, evil genius, antagonist, loki
genie|mage: djinn, jinn, genie of the lamp, genies
troll|zombie: trolls, troll face, bridge troll, cave troll, yeti troll, hulk, the hulk
ogre|troll|zombie: shrek, oni, giant, cyclops, orc, orcs, ogres, giants, titan, half orc, uruk-hai,
    japanese demon
goblin|elf: goblins, gremlin, imp, hobgoblin, tengu, gollum, green goblin, kobold, bugbear, gremlins
alien monster|alien: space invader, space invaders, arcade monster, pixel monster, alien creature, cute
    monster, monster
smiling face with horns|angry face: devil, demon, satan, lucifer, demons, evil, red devil, hellboy,
    beelzebub, diablo, evil face, baphomet, succubus, incubus, devil face
smiling face with halo|fairy: angel face, halo, saint, innocent, angelic face
fairy: angel, angels, cherub, archangel, guardian angel, seraphim, valkyrie, winged woman, angel girl,
    christmas angel, cupid
enraged face|angry face: rage, furious face, red angry face, fury, wrath, raging face, red face, very
    angry face
star-struck|smiling face with heart-eyes: starry eyed face, amazed face, star eyes, wow face, excited fan,
    starstruck
pleading face|crying face: puppy eyes, puppy dog eyes, begging face, sad eyes, please, cute sad face, puss
    in boots eyes
person with crown|prince: royal person
person surfing|person running: surfer, surfing, surf, surfer girl, surfer dude, man surfing, silver surfer
skier|person running: skiing, ski, downhill skier, alpine skier, cross country skiing, skier jumping
snowboarder|skier|person running: snowboarding, snowboarders, snow boarder
person swimming|person running: swimmer, swimming, swim, michael phelps, freestyle swimming, swimmers
person biking|bicycle: cyclist, cycling, bicyclist, bike ride, biker on a bike, mountain biker, bike race,
    person on a bike, man on a bicycle
person in lotus position|person: buddha, meditation, yogi, meditating, zen, meditating monk, guru, yoga,
    monk meditating, yoga pose, buddhist monk, monk
person running: runner, jogger, athlete, running, sprinter, jogging, marathon
black cat|cat: witch's cat, panther cat, halloween cat, salem cat, black kitten, jiji
poodle|dog: labradoodle, bichon, cockapoo, show dog, maltipoo
goat|ram: billy goat, goats, baby goat, mountain goat, faun, satyr, kid goat, pygmy goat, capricorn
donkey|horse: mule, burro, ass, donkeys, eeyore, shrek donkey
moose|deer: elk, mooses, alces, bull moose
bison|cow: buffalo, american bison, water buffalo, yak, musk ox, bisons, buffalos
boar|pig: wild boar, warthog, pumbaa, wild pig, boars, hog
ram|goat: bighorn sheep, aries, rams, ibex, bighorn, mouflon
ewe|ram: sheep, lamb, lambs, black sheep, fluffy sheep, merino, flock of sheep, shaun the sheep, sheeps,
    wool sheep
rat|mouse: rats, lab rat, ratatouille, sewer rat, splinter, black rat, street rat, remy rat
hamster|mouse face: hamsters, hamtaro, guinea pig, gerbil, hamster face, dwarf hamster, chinchilla, guinea
    pigs
chipmunk|mouse: squirrel, squirrels, chipmunks, red squirrel, flying squirrel, marmot, prairie dog,
    gopher, groundhog, alvin, scrat
beaver|otter: capybara, nutria, beavers, muskrat, platypus, capybaras
otter|beaver: otters, sea otter, mink, ferret, weasel, river otter, stoat, ermine, mongoose, marten,
    meerkat, polecat
skunk|raccoon: skunks, pepe le pew, flower skunk, polecat skunk
badger|raccoon: honey badger, badgers, hufflepuff, wolverine, tasmanian devil
mammoth|elephant: woolly mammoth, mastodon, mammoths, ice age mammoth, manny
orangutan|monkey: orangutans, red ape, orang utan, king louie
goose|swan: geese, gander, goslings, gosling, canada goose, untitled goose game, mother goose, wild goose
black bird|bird: crow, raven, blackbird, ravens, crows, magpie, jackdaw, three eyed raven, starling,
    grackle, odin's raven, nevermore
phoenix|eagle: firebird, phoenix bird, fire bird, fawkes, phoenix rising, bird of fire, moltres, phoenixes
dodo|duck: dodo bird, dodos, kiwi bird, extinct bird
sauropod|t-rex: brachiosaurus, brontosaurus, diplodocus, stegosaurus, long neck dinosaur, apatosaurus,
    nessie, loch ness monster, littlefoot, plesiosaurus
orca|dolphin: killer whale, orcas, free willy, orca whale, killer whales, shamu
seal|dolphin: sea lion, walrus, seals, baby seal, harp seal, elephant seal, sea lions, leopard seal
blowfish|tropical fish: pufferfish, puffer fish, porcupine fish, fugu, puffer
spiral shell|snail: seashell, shell, conch, sea shell, shells, nautilus, nautilus shell, clam, scallop,
    conch shell, seashells, ammonite
shrimp|lobster: prawn, shrimps, prawns, krill, mantis shrimp, jumbo shrimp, scampi
squid|octopus: giant squid, cuttlefish, squids, calamari, humboldt squid, squidward, colossal squid
oyster|spiral shell|snail: oysters, pearl oyster, mussels, mussel, clams, pearl in a shell
beetle|lady beetle: stag beetle, scarab, june bug, scarab beetle, beetles, rhinoceros beetle, weevil, dung
    beetle, cockroach, roach
cricket|ant: grasshopper, locust, jiminy cricket, crickets, grasshoppers, mantis, praying mantis, cicada,
    katydid
fly|honeybee: housefly, house fly, flies, gnat, mosquito, horsefly, fruit fly, mosquitoes
worm|snake: earthworm, caterpillar, centipede, worms, maggot, inchworm, millipede, leech, grub, larva,
    hungry caterpillar, silkworm, slinky
bouquet|rose: bouquet of flowers, flowers bouquet, bouquet of roses, bunch of flowers, bridal bouquet,
    wedding bouquet, flower arrangement, flower bouquet, wildflower bouquet, bunch of roses, floral
    arrangement
hibiscus|blossom: hawaiian flower, tropical flower, hibiscus flower, frangipani, plumeria, poinsettia,
    hawaii flower, passion flower
lotus|tulip: lotus flower, water lily, waterlily, water lilies, lily pad, pink lotus, lotus blossom, lily
    pads, white lotus
seedling|potted plant: sprout, sapling, seed, young plant, bean sprout, seeds, growing plant, sprouts,
    growth, small plant, bud, plant sprout
sheaf of rice|ear of corn: wheat, grain, barley, rye, oats, ear of wheat, wheat ear, rice plant, sheaf of
    wheat, hay, straw, wheat stalk, cereal plant
leafless tree|deciduous tree: dead tree, spooky tree, bare tree, winter tree, creepy tree, halloween tree,
    old dead tree, whomping willow, gnarled tree
lime|lemon: limes, lime slice, key lime, green lemon, lime fruit, lime wedge
olive|grapes: olives, green olives, green olive, olive branch, black olives
peanuts|potato: peanut, nuts, nut, almonds, almond, cashew, pistachio, mr peanut, walnut
chestnut|coconut: chestnuts, acorn, acorns, horse chestnut, conker, hazelnut, roasted chestnuts, buckeye
bagel|doughnut: bagels, lox bagel, bagel with cream cheese, sesame bagel
poultry leg|chicken: chicken leg, drumstick, fried chicken, chicken wing, chicken wings, turkey leg,
    drumsticks, kfc, roast chicken, chicken nuggets, kentucky fried chicken
green salad|broccoli: salad, caesar salad, lettuce, cabbage, spinach, salad bowl, greek salad, vegan food,
    coleslaw, kale, bok choy, arugula, bowl of salad
cooking|egg: fried egg, eggs and bacon, sunny side up egg, omelette, frying pan, pan, skillet, scrambled
    eggs, egg in a pan, fried eggs, omelet, wok, breakfast
rice ball|sushi: onigiri, musubi, riceball, rice balls
dumpling|sushi: dumplings, gyoza, pierogi, dim sum, wonton, ravioli, momos, potstickers, baozi, bao,
    xiaolongbao, bao bun
chocolate bar|cookie: chocolate, chocolates, bar of chocolate, candy bar, brownie, dark chocolate, milk
    chocolate, kitkat, fudge, wonka bar
shortcake|birthday cake: strawberry shortcake, piece of cake, slice of cake, cheesecake, cake slice,
    strawberry cake, tiramisu, cream cake, cake piece
glass of milk|wine glass: milk, milk glass, glass of water, oat milk, cup of milk, drinking glass, water
    glass, soy milk, milk bottle, glass
tropical drink|cocktail glass: pina colada, tropical cocktail, mai tai, cocktail with umbrella, beach
    drink, fruity drink, mojito, tiki drink, rum punch, summer drink
bottle with popping cork|wine glass: champagne, wine bottle, champagne bottle, bottle of wine, bottle of
    champagne, bottle, prosecco bottle, glass bottle, whiskey bottle, bottle of whiskey, popping champagne
fountain|droplet: water fountain, fountains, trevi fountain, garden fountain, fountain of youth, wishing
    well
mount fuji|snow-capped mountain: fuji, mt fuji, fujiyama, fuji mountain, mount fuji in japan, fujisan
classical building|church: temple, greek temple, parthenon, acropolis, museum, pantheon, ancient temple,
    bank building, colosseum, roman temple, columns, ruins, ancient ruins, courthouse, ancient greece,
    ancient rome, supreme court, capitol, bank, pillars, white house, coliseum, museum building, library
    building
houses|house with garden: town houses, row of houses, street of houses, two houses, many houses, housing
    estate, village houses, townhouses
derelict house|house: haunted house, abandoned house, spooky house, old house, creepy house, ruined house,
    halloween house, haunted mansion, broken house, old abandoned house
circus tent|tent: circus, big top, carnival tent, circus tents, striped tent
carousel horse|horse: carousel, merry go round, merry-go-round, carousel pony, rocking horse
bullet train|train: high speed train, shinkansen, high-speed train, maglev, tgv, fast train, hyperloop,
    bullet trains
tram|train: trolley, streetcar, trams, cable car, tramway, street car, lisbon tram, trolley car
delivery truck|fire engine: truck, lorry, trucks, delivery van, moving truck, box truck, garbage truck,
    semi truck, semi, big rig, trailer, eighteen wheeler, cargo truck, optimus prime truck, semi-truck,
    food truck, ice cream truck
pickup truck|automobile: pick up truck, pickup, ford f150, monster truck, cybertruck, jeep, off road
    truck, pick-up truck, toyota hilux, farm truck
canoe|sailboat: kayak, rowboat, rowing boat, gondola, canoes, kayaking, row boat, dinghy, wooden boat,
    canoeing, paddle boat, boat with oars
speedboat|ship: motorboat, speed boat, motor boat, powerboat, jet ski, yacht fast, racing boat
passenger ship|ship: cruise ship, titanic, ocean liner, steamship, ferry, the titanic, cruise liner,
    cruise
satellite|rocket: space station, satellites, sputnik, international space station, space probe, iss,
    hubble, starlink, satellite in orbit
watch|alarm clock: wristwatch, watches, rolex, apple watch, smartwatch, smart watch, wrist watch, casio
    watch, luxury watch, gold watch
mantelpiece clock|alarm clock: clock, grandfather clock, antique clock, old clock, wall clock, clocks,
    cuckoo clock, pocket watch, cogsworth, vintage clock
thermometer|pen: fever thermometer, temperature, hot thermometer, fever, mercury thermometer
fog|cloud: mist, haze, foggy city, foggy bridge, smog
heart on fire|red heart: burning heart, flaming heart, fire heart, heart in flames, passion
boxing glove|waving hand: boxing gloves, boxing, boxer glove, box glove, mike tyson, boxing match, rocky
    balboa
ice skate|running shoe: ice skates, ice skating, figure skating, skates, figure skate, hockey skate,
    figure skater, ice skater, ice hockey
fishing pole|fish: fishing rod, fishing, fishing line, angler, fishhook, rod and reel, fishing tackle
framed picture|mirror: painting, mona lisa, picture frame, framed painting, oil painting, picture,
    portrait painting, art gallery, frame, artwork, photo frame, the mona lisa, famous painting
necktie|t-shirt: tie, neckties, business tie, silk tie, formal shirt, shirt and tie, tuxedo, suit,
    business suit, suit and tie
gloves|waving hand: glove, mittens, mitten, winter gloves, leather gloves, pair of gloves, knitted gloves,
    rubber gloves, thanos glove, infinity gauntlet, gauntlet
coat|t-shirt: jacket, winter coat, raincoat, leather jacket, trench coat, hoodie, parka, lab coat,
    overcoat, fur coat, blazer, cloak, cape, denim jacket, robe, puffer jacket, winter jacket
kimono|dress: yukata, japanese robe, kimonos, geisha, japanese dress, bathrobe, hanfu
harp|violin: harps, lyre, celtic harp, irish harp, golden harp, harpist
banjo|guitar: lute, ukulele, mandolin, banjos, ukelele, bluegrass, sitar, country music
accordion|musical keyboard: squeezebox, concertina, accordions, accordian, melodeon
telephone|mobile phone: old phone, rotary phone, old telephone, vintage phone, landline, red telephone,
    phone call, telephones, vintage telephone, rotary telephone, phone booth
desktop computer|laptop: computer, pc, desktop, imac, gaming pc, computers, desktop pc, workstation,
    personal computer, old computer, retro computer, computer screen, monitor, computer monitor, pc
    gaming, apple macintosh, macintosh, commodore 64
movie camera|camera: film camera, film, cinema, movie projector, film projector, hollywood, movie, vintage
    movie camera, movies, cinema camera, filmmaker, director, cinematography
scroll|notebook: ancient scroll, parchment, papyrus, magic scroll, old scroll, scrolls, elder scrolls,
    dead sea scrolls, old parchment, treasure scroll
newspaper|notebook: newspapers, daily prophet, press, headline, news paper, gazette, the news, old
    newspaper
treasure chest|locked: treasure, chest, pirate treasure, chest of gold, mimic, pirate chest, open treasure
    chest, treasure box, sunken treasure, loot chest, chest full of gold
envelope|package: letter, mail, envelopes, email, love letter, letter in an envelope, postcard, sealed
    letter, hogwarts letter, e-mail
crayon|pencil: crayons, wax crayon, colored crayon, box of crayons, crayola, chalk
paperclip|key: paper clip, clippy, paperclips, paper clips
shovel|axe: spade, shovels, trowel, garden shovel, snow shovel, digging, garden spade
carpentry saw|axe: saw, hand saw, chainsaw, saws, handsaw, chain saw, wood saw
dagger|kitchen knife: daggers, knife dagger, throwing knife, assassin's dagger, cursed dagger, bayonet,
    athame, kris
microscope|telescope: microscopes, electron microscope, lab microscope, science microscope, biology
test tube|cocktail glass: potion, magic potion, chemistry, vial, potion bottle, health potion, test tubes,
    laboratory flask, science, beaker, poison, elixir, potions, chemical, experiment, mana potion, love
    potion
syringe|pen: needle, vaccine, injection, vaccination, shot, syringes, flu shot, needles, hypodermic needle
bone|skull: dog bone, bones, femur, milk bone, wishbone, fossil bone, chicken bone
ear|person: ears, human ear, listening, hearing, elf ear, van gogh's ear
nose|person: noses, human nose, smell, big nose, sneeze
mouth|kissing face: lips, red lips, open mouth, smile teeth, mouths, sexy lips, lip, rocky horror lips
foot|running shoe: feet, toes, barefoot, bare foot, footprints, footprint, leg, legs, toe, footstep
flexed biceps|thumbs up: muscle, biceps, muscles, strong arm, bicep, strength, flexing, weightlifting,
    gym, bodybuilding, workout, popeye arm
victory hand|waving hand: peace sign, victory sign, peace, v sign, two fingers, peace hand, hippie peace,
    scissors hand
coffin|package: casket, dracula's coffin, coffins, vampire coffin, grave, tomb, sarcophagus, burial,
    vampire's coffin
moai|rock: easter island, easter island head, stone head, easter island statue, moai statue, moais, easter
    island heads, tiki
red paper lantern|candle: chinese lantern, paper lantern, red lantern, lantern, lanterns, japanese
    lantern, chinese new year, lantern festival, asian lantern
military helmet|billed cap: helmet, soldier helmet, army helmet, knight helmet, helmets, army, combat
    helmet, war helmet, viking helmet, spartan helmet
red circle|soccer ball: circle, red dot, dot, red ball, round, red button, disk, red disc, japanese flag,
    flag of japan
red question mark|thinking face: question mark, question, riddle, mystery, why, who, what, confusion,
    quiz, unknown, the riddler

cat: kitten, kitty, kittens, tabby, tomcat, siamese cat, persian cat, maine coon, ginger cat, calico cat,
    sphynx cat, house cat, feline, kitty cat, pussycat, cheshire cat, stray cat, bengal cat, moggy, meow,
    cat girl, kitten face, lynx, bobcat
cat face: cat head, cat portrait, kitty face, neko
dog: doggy, doggo, hound, poodle, corgi, golden retriever, labrador, husky, dachshund, chihuahua, bulldog,
    french bulldog, pug, beagle, german shepherd, shiba inu, dalmatian, terrier, rottweiler, border
    collie, greyhound, great dane, samoyed, spaniel, mutt, canine, guide dog, sheepdog, boxer dog,
    pitbull, akita, yorkie, bloodhound, pomeranian, maltese, schnauzer, whippet, st bernard, basset hound,
    hot dog breed, sausage dog, pooch, woof
dog face: puppy, pup, doggie, puppies, dog portrait, cute puppy, puppy face, dog head
fox: red fox, vixen, arctic fox, fennec fox, kitsune, fox cub, desert fox, nine tailed fox, fennec, fire
    fox, foxes
wolf: werewolf, wolves, grey wolf, dire wolf, wolf pack, coyote, jackal, hyena, husky wolf, alpha wolf,
    lone wolf, howling wolf, dingo, direwolf, fenrir, lycan
bear: grizzly, grizzly bear, brown bear, black bear, bear cub, honey bear, kodiak bear, sun bear, bears,
    wombat, big bear
polar bear: white bear, ice bear, arctic bear, snow bear, polar bear cub, polarbear
panda: panda bear, giant panda, pandas, baby panda, red panda cub, kung fu panda
koala: koala bear, australian bear, koalas
teddy bear: teddy, plush bear, stuffed animal, plushie, plush toy, stuffed bear, cuddly toy, stuffed toy,
    gummy bear, toy bear, toy, soft toy, doll, care bear, winnie the pooh, paddington bear
lion: lioness, lion cub, lion king, king of the jungle, simba, lions, roaring lion, sphinx, manticore, sea
    lion statue, leo, majestic lion, mountain lion, aslan
tiger: tiger cub, bengal tiger, siberian tiger, white tiger, tigress, tigers, saber tooth tiger,
    sabertooth, big cat
tiger face: tiger head, tiger portrait
leopard: cheetah, jaguar, panther, black panther, puma, cougar, snow leopard, ocelot, leopards, wild cat,
    jaguars, serval
elephant: mammoth, baby elephant, elephants, dumbo, african elephant, indian elephant, tapir
horse: stallion, pony, mare, foal, colt, horses, mustang, racehorse, wild horse, arabian horse, steed,
    black stallion, donkey, centaur, shetland pony, clydesdale, warhorse, gelding, horse racing, carousel
    horse
horse face: horse head, horse portrait, pony face
unicorn: unicorns, rainbow unicorn, my little pony, pegasus, alicorn, winged horse, baby unicorn, magical
    horse, unicorn head, magic pony, narwhal horse, hippogriff
zebra: zebras, striped horse, okapi
giraffe: giraffes, baby giraffe, long necked animal
deer: stag, doe, fawn, bambi, reindeer, moose, antelope, gazelle, caribou, roe deer, deers, impala animal,
    buck, rudolph, wildebeest, gnu, white tailed deer, springbok, oryx, forest spirit, deer head, antlers
camel: dromedary, camels, two-hump camel, bactrian camel, desert ship
llama: alpaca, lama, alpacas, llamas, vicuna, guanaco
goat|ram|llama: ibex goat, chamois
cow: calf, cattle, heifer, dairy cow, cows, bull, ox, bison, highland cow, moo, longhorn, minotaur, steer,
    oxen, bulls
cow face: cow head, bull head
pig: piglet, swine, pigs, sow, boar, pigsty, miss piggy, piggy, peppa pig, pork
pig face: pig head, piggy face, pig nose, pig snout
rabbit: bunny, bunnies, hare, easter bunny, rabbits, jackrabbit, bugs bunny, white rabbit, bunny rabbit,
    peter rabbit, jackalope, playboy bunny, baby bunny, pika
rabbit face: bunny face, rabbit head, bunny head
mouse: mice, field mouse, house mouse, rodent, rat, mickey mouse, shrew, vole, dormouse, pikachu, jerry
    mouse, lemming, possum, opossum, cute mouse
mouse face: hamster, mouse head
hedgehog: porcupine, hedgehogs, sonic the hedgehog, echidna, spiky animal, urchin animal
raccoon: racoon, raccoons, red panda, badger, skunk, lemur, coati, trash panda, rocket raccoon, tanuki
sloth: sloths, anteater, armadillo, lazy sloth, aardvark, pangolin
kangaroo: wallaby, kangaroos, joey, quokka, marsupial
gorilla: ape, king kong, gorillas, silverback, yeti, bigfoot, sasquatch, apes, donkey kong, abominable
    snowman, wookiee
monkey: chimp, chimpanzee, monkeys, baboon, macaque, orangutan, capuchin, primate, gibbon, marmoset,
    curious george, sun wukong, monkey king, spider monkey, mandrill
monkey face: monkey head, chimp face
rhinoceros: rhino, rhinos, triceratops, rhinoceroses, white rhino
hippopotamus: hippo, hippos, hippopotamuses, manatee, dugong, behemoth
bat: bats, vampire bat, fruit bat, flying fox, bat animal, batgirl, gargoyle
penguin: penguins, baby penguin, emperor penguin, king penguin, puffin, auk, pingu, tux, linux, tux
    penguin
owl: owls, barn owl, snowy owl, owlet, baby owl, hoot owl, hedwig, great horned owl, night owl, horned owl
eagle: hawk, falcon, bald eagle, eagles, golden eagle, vulture, condor, kite bird, osprey, bird of prey,
    griffin, gryphon, buzzard, kestrel, harpy, thunderbird, peregrine falcon, phoenix, roc
duck: ducks, mallard, rubber duck, ducky, donald duck, rubber ducky, drake, goose bird, wild duck, daffy
    duck, loon
baby chick: chick, chicks, duckling, ugly duckling, ducklings, chicken baby, yellow chick, hatchling,
    hatching chick, easter chick, tweety, nestling, baby bird
chicken: hen, chickens, poultry, hens, fowl, pullet, mother hen, chickens farm
rooster: cock, roosters, cockerel, fighting cock, weather vane, weathercock
turkey: turkeys, thanksgiving turkey, wild turkey, grouse, pheasant, quail, partridge, gobbler, guinea
    fowl, dodo
bird: sparrow, robin, bluebird, birds, songbird, blue bird, finch, swallow, blue jay, cardinal, goldfinch,
    nightingale, wren, kingfisher, hummingbird, woodpecker, twitter, canary, cuckoo, lark, rook bird,
    angry birds, tit, chickadee, oriole, warbler, thrush, corvid, black bird, birdie, cute bird, bullfinch
dove: pigeon, white dove, pigeons, seagull, gull, doves, turtle dove, peace dove, gulls, albatross,
    seagulls, tern, sea bird
swan: swans, white swan, heron, black swan, swan lake, crane bird, stork, egret, pelican, cormorant, ibis
flamingo: flamingos, pink flamingo, flamingoes, spoonbill
parrot: macaw, cockatoo, parrots, budgie, parakeet, toucan, cockatiel, hornbill, tropical bird, lovebird,
    polly, budgerigar
peacock: peafowl, peacocks, peahen, bird of paradise, ostrich, emu, lyrebird, cassowary, peacock feather
frog: toad, frogs, toads, tree frog, pepe, pepe the frog, bullfrog, tadpole, kermit, froggy, poison dart
    frog, frog prince, kermit the frog, axolotl, amphibian, poison frog
turtle: tortoise, sea turtle, turtles, ninja turtle, box turtle, terrapin, tortoises, snapping turtle,
    squirtle, yoshi
snake: cobra, python, viper, serpent, snakes, rattlesnake, anaconda, boa, medusa, king cobra, basilisk,
    boa constrictor, adder, mamba, eel, kundalini, naga, ouroboros, sea snake, quetzalcoatl
lizard: gecko, iguana, chameleon, lizards, salamander, newt, komodo dragon, bearded dragon, reptile,
    monitor lizard, skink, geckos, lizard man, reptilian
crocodile: alligator, croc, gator, crocodiles, alligators, caiman, lizard monster, lacoste
t-rex: dinosaur, dino, tyrannosaurus, trex, t rex, tyrannosaurus rex, dinosaurs, godzilla, raptor,
    velociraptor, jurassic park, baby dinosaur, kaiju, rex, allosaurus, spinosaurus
dragon: dragons, wyvern, drake dragon, chinese dragon, fire dragon, smaug, hydra, baby dragon, ice dragon,
    red dragon, leviathan, fire breathing dragon, charizard, black dragon, sea serpent, chimera, sea
    dragon, flying dragon, bahamut, pterodactyl, drogon, amphithere, toothless, creature, beast, mythical
    creature, demon dragon, pokemon, kraken dragon
dragon face: dragon head, dragon portrait, dragon mask, dragonborn
fish: goldfish, salmon, trout, koi, koi fish, cod, carp, tuna, bass fish, fishes, gold fish, betta fish,
    pike, herring, catfish, mackerel, sardine, magikarp, anchovy, piranha, barracuda, swordfish, haddock,
    halibut, minnow, perch, sturgeon, betta
tropical fish: clownfish, angelfish, nemo, reef fish, clown fish, aquarium fish, dory, finding nemo,
    parrotfish, seahorse, lionfish, guppy, coral fish, angler fish, anglerfish, blowfish, aquarium, fish
    bowl, fishbowl, exotic fish, neon tetra, lion fish, fish tank, goldfish bowl
shark: great white shark, sharks, hammerhead shark, hammerhead, great white, megalodon, jaws, baby shark,
    whale shark, orca shark, sawfish, stingray, manta ray, tiger shark, manta
dolphin: dolphins, porpoise, bottlenose dolphin, orca, flipper, dolphin jumping, narwhal
whale: blue whale, whales, humpback whale, sperm whale, humpback, moby dick, beluga, beluga whale
spouting whale: cute whale, whale spouting, cartoon whale, happy whale
seal|dolphin: sea cow
octopus: kraken, octopuses, squid, cthulhu, tentacle monster, tentacles, octopi, octopus monster,
    lovecraftian monster, eldritch horror, elder god, tentacle
crab: crabs, hermit crab, king crab, horseshoe crab, crustacean, mr krabs, spider crab, sea crab
lobster: crayfish, lobsters, shrimp, crawfish, langoustine
jellyfish: jelly fish, jellyfishes, medusa jellyfish, sea jelly, man o war, sea anemone, jellies
coral: coral reef, reef, sea coral, seaweed, kelp, sea plant, sponge coral, algae
spiral shell|snail: cockle, oyster shell
star: sea star, star fish
snail: snails, slug, garden snail, escargot, gastropod, slimy snail, gary the snail
butterfly: butterflies, monarch butterfly, moth, blue butterfly, monarch, dragonfly, luna moth,
    swallowtail, damselfly, moths, dragonflies, lepidoptera, winged insect, morpho butterfly
honeybee: bee, bumblebee, bees, wasp, bumble bee, hornet, honey bee, queen bee, insect, firefly, fly
    insect, yellow jacket, fireflies, beehive bee, fly, bug, wasps, insects, maya the bee
lady beetle: ladybug, ladybird, beetle, ladybugs, ladybirds, ladybeetle
ant: ants, termite, cricket insect, red ant, ant worker, flea, queen ant, louse, stick insect, ant man
spider: tarantula, spiders, black widow spider, arachnid, spiderling, daddy longlegs, spiderman, spider
    man, spider-man, tick, black widow, wolf spider, jumping spider, lolth
spider web: web, cobweb, spiderweb, cobwebs, spider's web, net, dreamcatcher
scorpion: scorpions, scorpio, scorpion king, emperor scorpion
feather: feathers, quill, plume, bird feather, wing, wings, angel wings, angel wing, white feather, fairy
    wings, feathered wing
paw prints|bear: paw, paws, paw print, dog paw
cat with tears of joy|grinning cat: laughing cat, funny cat, happy cat, smiling cat
grinning cat: cat smile, silly cat, cat meme
robot: android, cyborg, robots, mech, droid, mecha, wall-e, robot head, terminator, gundam, transformer,
    bot, r2d2, c3po, r2-d2, steampunk robot, automaton, bender, cute robot, ai, artificial intelligence,
    optimus prime, golem, dalek, drone, humanoid robot, bb8, cybernetic, machine, megazord, cyberman, iron
    giant, exoskeleton, ultron, chatbot, toy robot, nanobot
alien: extraterrestrial, aliens, martian, et, green alien, grey alien, space alien, little green man,
    xenomorph, alien head, predator, roswell, predator alien, space monster
ghost: ghosts, spirit, phantom, spectre, boo, ghoul, casper, spooky ghost, poltergeist, specter, banshee,
    wraith, cute ghost, halloween ghost, haunting, shadow figure, apparition, soul, slender man
skull: skulls, human skull, death, skeleton, skeletons, grim reaper, sugar skull, dead, reaper, skull and
    crossbones, day of the dead, skull head, lich, jolly roger, undead skeleton, crossbones, bone,
    punisher, dia de los muertos, death knight, memento mori, deathly skull, jack skellington, x-ray,
    fossil, necromancer, skeletor, remains, cranium
zombie: zombies, undead, mummy, walking dead, frankenstein, frankenstein's monster, corpse, monster man,
    zombie girl, zombie horde, the walking dead, infected
vampire: dracula, vampires, vampire girl, count dracula, nosferatu, vampire lord, vampire lady, goth girl,
    goth, morticia, wednesday addams, supervillain, gothic, twilight
ogre|troll|zombie: goblin
mermaid: mermaids, the little mermaid, siren, ariel, merman, merperson, little mermaid, sea nymph,
    merfolk, nereid, poseidon, triton, aquaman, selkie
fairy: fairies, tinkerbell, pixie, fairy queen, sprite, tinker bell, nymph, tooth fairy, dryad, forest
    fairy, flower fairy, fairy godmother, butterfly girl, sylph, winx
smiling face with halo|fairy: seraph, fallen angel
elf: elves, wood elf, legolas, dark elf, christmas elf, elf girl, elven, elven archer, hobbit, gnome,
    dwarf, leprechaun, link, halfling, drow, elf ranger, frodo, garden gnome, dwarves, zelda, high elf,
    half elf, elfin, bard, santa's elf, night elf, robin hood, druid, archer elf, galadriel, blood elf,
    elf princess, dobby
mage: wizard, wizards, sorcerer, magician, witch, gandalf, merlin, sorceress, warlock, magicians, wicked
    witch, witches, dumbledore, enchantress, old wizard, shaman, dark wizard, conjurer, alchemist,
    enchanter, priest, cleric, oracle, prophet, archmage, voodoo, fortune teller, druidess, halloween
    witch, saruman, seer, spellcaster, cute witch, cultist, illusionist, zeus, odin, old man with a beard,
    god, father time, god of war
superhero: hero, superheroes, superman, batman, spider hero, wonder woman, captain america, iron man,
    supergirl, superwoman, thor, avenger, avengers, superheroine, the flash, deadpool, captain marvel,
    marvel, dc, caped hero, super hero, comic book hero, vigilante, black panther hero, wolverine hero,
    heroine, robin sidekick, justice league, power ranger, mr incredible, batwoman, ironman
ninja: ninjas, shinobi, samurai, assassin, ronin, naruto, samurai warrior, kunoichi, thief, burglar,
    rogue, bandit, masked man, robber, ninja warrior, shadow warrior, shogun, swordsman, hacker, samurai
    girl, kakashi, criminal, martial artist, karate, hooded figure, jedi, sith, sith lord, darth vader,
    mandalorian, stormtrooper, mercenary, kung fu, bruce lee, katana warrior, cyber ninja, bounty hunter,
    star wars
prince: knight, king, knights, warrior, paladin, knight in armor, knight in armour, kings, armored knight,
    crusader, emperor, king arthur, medieval knight, royal, viking, gladiator, soldier in armor,
    barbarian, lord, dark knight, spartan, pharaoh, sir lancelot, prince charming, royalty, templar,
    knight in shining armor, noble, viking warrior, caesar, aladdin, duke, conan, sultan, monarch king,
    nobleman, aragorn, hercules, baron, spartan warrior, black knight, jester king, roman soldier,
    centurion, old king, geralt, witcher, the witcher, count, zeus king, champion, berserker, fighter,
    armor, armour, suit of armor, suit of armour, male elf prince, alexander the great, achilles, jon
    snow, adventurer, legionnaire
princess: queen, queens, empress, cinderella, snow white, elsa, rapunzel, fairy tale princess, disney
    princess, princess leia, belle, queen elizabeth, royal lady, moana, jasmine, anna, sleeping beauty,
    princess peach, duchess, goddess, cleopatra, barbie, evil queen, ice queen, princesses, warrior
    princess, female knight, female warrior, warrior woman, valkyrie woman, lady in waiting, amazon
    warrior, frozen elsa, snow queen, mulan, noblewoman, tiana, maleficent, countess, aurora princess,
    athena, aphrodite, daenerys, khaleesi, princess zelda, joan of arc, nefertiti, prom queen, amazon
    woman
santa claus: santa, father christmas, saint nicholas, st nick, saint nick, mrs claus, christmas man, kris
    kringle, santas, grandfather frost, sinterklaas, ded moroz, santa's face
astronaut: spaceman, cosmonaut, astronauts, space suit, spacesuit, space explorer, space man, spacewoman,
    buzz lightyear, space marine, neil armstrong, space cadet, space traveler, diver, scuba diver,
    astronaut suit, space ranger, cute astronaut, moonwalk, among us, master chief, deep sea diver,
    taikonaut, astronaut helmet
clown face: clown, clowns, joker, jester, circus clown, pennywise, scary clown, harley quinn, fool, mime,
    pierrot, the joker, krusty, ronald mcdonald, bozo, harlequin, evil clown
cowboy hat face: cowboy, cowboys, cowgirl, sheriff, gunslinger, western cowboy, outlaw, cowboy hat, bandit
    cowboy, woody, wild west, rancher, stetson, indiana jones, gaucho, lone ranger, texas
man: pirate, pirates, pirate captain, blackbeard, sailor, jack sparrow, sea captain, captain hook,
    buccaneer, sea pirate, one piece, luffy, davy jones, jesus
man: guy, gentleman, boy, young man, dude, male, father, dad, businessman, husband, bearded man, old man,
    handsome man, uncle, brother, men, groom, actor, butler, barber, hunter, hipster, waiter, bartender,
    manager, boss, ceo, president, portrait of a man, pilot, gangster, mailman, postman, lawyer, janitor,
    driver, detective, elon musk, donald trump, politician, salesman, male model, construction worker,
    tailor, general, colonel, boxer, wrestler, bodybuilder, shakespeare, macho man, peasant, salaryman,
    beard, guard, bodyguard, sergeant, army man, mario, super mario, luigi, mafia boss, messi, taxi
    driver, truck driver, napoleon, harry styles, boyfriend, monk man, sniper
woman: lady, female, mother, mom, young woman, wife, beautiful woman, beautiful girl, old woman, sister,
    women, housewife, bride, actress, businesswoman, secretary, aunt, ladies, model, fashion model,
    waitress, redhead, blonde, brunette, pretty woman, portrait of a woman, girlfriend, female portrait,
    maid, stewardess, business woman, asian woman, black woman, african woman, hippie, nun, supermodel,
    witch woman, lara croft, marilyn monroe, wedding dress woman, mum, lady portrait, girl with a pearl
    earring, taylor swift, long hair woman, curly haired woman, attractive woman, hairdresser, makeup
    artist, influencer, female model, cheerleader, lady gaga, rihanna
girl|woman: elf girl portrait, pin up girl, eleven
child|person: kid, kids, children, student, youngster, children playing, childhood, orphan, teen,
    teenager, preteen, school kid
baby: infant, newborn, babies, toddler, cute baby, baby boy, baby girl, baby face, little baby, newborn
    baby, baby yoda, boss baby, grogu, cherub baby
person: human, people, someone, humans, figure, character, somebody, individual, guest, citizen, friend,
    crowd, family, couple kissing, portrait, human being, self portrait, avatar, profile picture, pfp,
    teacher, human face, anime character, artist, scientist, neighbor, lovers, face, tourist, traveler,
    wanderer, stranger, reader, journalist, writer, author, poet, photographer, programmer, audience,
    community, team, librarian person, judge, engineer woman, accountant, architect, office worker,
    barista, gamer, streamer, adult, npc, disciple, rpg character, dnd character, video game character,
    main character, cartoon character, hero portrait, anime, selfie, sculptor, developer, headshot,
    player, hiker, nomad, pilgrim, customer, old person, elderly person, passenger, patient, mannequin,
    statue man, tribe, villager, gang
cook: chef, baker, cooks, chefs, master chef, pastry chef, kitchen chef, gordon ramsay, cooking, sushi
    chef, butcher, chef's hat, chef hat, pizza chef, remy
farmer: gardener, farm worker, scarecrow, shepherd, farmhand, farmers, country man, harvester, beekeeper,
    peasant farmer
firefighter: fireman, firefighters, fire fighter, firemen, fireman hero, rescue worker
police officer: policeman, cop, police, policewoman, officer, sheriff officer, constable, police man,
    traffic cop, police woman, detective officer, soldier, security guard, robocop, swat, soldiers,
    marine, trooper, military, army soldier, bobby
singer: rockstar, rock star, pop star, musician, popstar, idol, freddie mercury, rapper, david bowie,
    elvis, michael jackson, opera singer, elvis presley, kpop idol, beyonce, kurt cobain, guitarist, band,
    rock band, vocalist, choir, karaoke singer, drummer, dj, punk, punk rocker, jazz singer, ziggy
    stardust
person running: marathon runner, man running, woman running, running man, sprint, walker, sport, track
    runner, athletics, football player, soccer player, basketball player, sportsman, fitness, race,
    exercise, hurdler, parkour, messenger, rugby player, walking man, person walking, escape, olympics,
    ronaldo, cristiano ronaldo, baseball player
skier|snowboarder|person running: snowboarder, skater, hockey player
grinning face: smiley, smile, happy face, smiley face, emoji, grin, smiling face, smiling, happiness, joy,
    laughing, happy, laughter, cheerful face, smiling emoji, happy emoji, acid smiley, smilie, emoticon,
    yellow face, cute face, optimism
face with tears of joy: laughing face, lol, laughing emoji, crying laughing, rofl, funny face, haha, joke,
    tears of joy, comedy, meme, laugh, lmao
smiling face with sunglasses: cool face, cool smiley, cool guy, cool, smiley with sunglasses, sunglasses
    emoji, swag, boss face, cool emoji
smiling face with heart-eyes: heart eyes, in love, love face, lovestruck, heart eyes emoji, love emoji,
    crush, adoration, amazed by love
crying face: sad face, crying, tears, sad, sadness, weeping, cry, tear face, sob, sad emoji, grief,
    sorrow, heartbroken face, lonely, unhappy face, frown, melancholy
angry face: mad face, anger, angry, annoyed face, angry emoji, grumpy, angry man, evil smile, grumpy face
face screaming in fear: scream, scared face, fear, horror, scared, the scream, screaming, terrified,
    panic, shocked face, shock, surprised face, nightmare, surprise face, screaming face, anxiety,
    startled, creepy face, horror movie
thinking face: thinker, thinking, think, thinking emoji, hmm, wondering face, confused face, doubt,
    pondering, philosopher, philosophy, curious face, the thinker
winking face: wink, winking, flirt, winking smiley, flirting, blink
sleeping face: sleep, sleeping, asleep, sleepy face, tired face, tired, sleepy, snoring, nap, dreaming,
    zzz, yawn, dream, bored face
nerd face: nerd, geek, nerdy, nerdy face, face with glasses, nerd emoji, clever face, smart face, scholar,
    steve urkel
face with tongue: tongue, sticking out tongue, silly face, tongue out, crazy face, goofy face, rolling
    stones, cheeky face, zany face
kissing face: kiss, kissing, kiss emoji, smooch, duckface, blowing a kiss, kisses, mouth, whistling
exploding head: mind blown, mindblown, blown mind, explosion head, headache, amazement, big brain
    explosion, stress
beaming face with smiling eyes: beaming face, big smile, big grin, delighted face, grinning, excited face,
    excited, blissful face
eyes: eye, eyeball, eyeballs, looking eyes, blue eyes, watching, green eyes, all seeing eye, looking,
    staring eyes, vision, evil eye, eye of sauron, third eye, iris eye, illuminati, surveillance, cat
    eyes, retina
brain: mind, brains, human brain, intelligence, cerebrum, neural network, psychology, neuron, knowledge,
    memory, genius, idea brain
waving hand: hand, hands, hello, wave hand, greeting, hi, goodbye, human hand, wave goodbye, high five,
    bye, fingers, stop hand, raised hand, fist, finger, clapping, applause, clapping hands, handshake,
    gloves, praying hands, prayer hands, ok hand, pointing finger, arm, helping hand, boxing glove
thumbs up: like, thumb, thumbs-up, ok, good, approval, like button, facebook like, yes, great job, good
    job, well done, agree, success
tooth: teeth, molar, dentist tooth, fang, fangs, dental, tusk, vampire teeth, dentures
foot|running shoe: ankle
ear|person: nose
red heart: heart, hearts, love, valentine, valentine heart, romance, heart shape, love heart, valentines
    day, valentine's day, big heart, i love you, affection, valentines, candy heart, heart of gold, true
    love, anatomical heart, human heart, heart on fire, heartbeat, valentine's heart, cardiology, red
    hearts
pink heart: barbie heart, light pink heart, cute heart
sparkling heart: shining heart, glittering heart, magic heart, magical heart, glowing heart, kawaii heart
broken heart: heartbreak, heartbroken, breakup, divorce, cracked heart, lost love, shattered heart, break
    up
heart with arrow: cupid heart, cupid's arrow, cupids arrow, heart pierced, love arrow, lovesick heart
black heart: dark heart, gothic heart, emo heart, evil heart
pile of poo: poop, poo, dung, poop emoji, manure, dog poop

rose: roses, red rose, rose flower, rosebud, english rose, bouquet, peony, carnation, camellia, red
    flower, wild rose, romantic flower, peonies, beauty and the beast rose, poppy, poppies, enchanted
    rose, begonia, ranunculus, geranium
sunflower: sunflowers, sun flower, daisy sunflower, field of sunflowers, van gogh sunflowers, yellow
    flower, sunflower field
tulip: tulips, lily flower, iris, crocus, daffodil, daffodils, snowdrop, bluebell, spring flower,
    hyacinth, lavender, snowdrops, iris flower, orchid, freesia, spring flowers, spring, amaryllis,
    springtime, lilac, calla lily, gladiolus, foxglove
blossom: flower, flowers, daisy, daisies, marigold, dandelion, bloom, wildflower, wildflowers, primrose,
    blooming flower, petal, petals, floral, buttercup, chamomile, flower petals, white flower, jasmine
    flower, chrysanthemum, zinnia, gerbera, dahlia, edelweiss, dandelions, floral pattern, forget me not,
    magnolia, pansy, aster, violet flower, violets, blue flower, flower power, cornflower
cherry blossom: sakura, cherry blossoms, cherry flower, sakura flower, cherry tree, sakura tree, pink
    flower, pink blossom, plum blossom, apple blossom, almond blossom, peach blossom, orange blossom, pink
    flowers, lemon blossom, cherry blossom tree, azalea
lotus|tulip: lily, lilies, nymphaea, lilypad, white lily
four leaf clover: clover, shamrock, lucky clover, st patrick's day, saint patrick's day, luck, good luck,
    clovers, st patricks day, irish, ireland, three leaf clover, lucky charm
maple leaf: autumn leaf, canada, canadian leaf, red leaf, maple, maple leaves, canadian flag, canada flag,
    orange leaf
fallen leaf: autumn leaves, leaf, leaves, fallen leaves, autumn, fall leaves, falling leaves, dead leaf,
    brown leaf, oak leaf, fall, dry leaf, leaf pile, fall foliage, foliage, autumn leafs, october,
    november
potted plant: fern, mint, basil, herbs, sage, green leaf, parsley, oregano, thyme, rosemary, tea leaf, fig
    leaf, green leaves, weed, cannabis, marijuana, mint leaf, bay leaf, weed leaf, marijuana leaf, ivy,
    vine, vines, grass blade, nettle, cilantro, coriander
potted plant: houseplant, plant, plants, house plant, monstera, bonsai, flower pot, indoor plant, pot
    plant, aloe, aloe vera, bonsai tree, shrub, bush, fern plant, flowerpot, garden plant, pot, vase,
    bushes, hedge, succulents, green plant, bamboo, terrarium, flower vase, rubber plant, vase of flowers,
    venus flytrap, piranha plant, bulbasaur, groot, still life, ficus
cactus: cacti, cactuses, saguaro, succulent, prickly pear, desert plant, cactus plant, agave, potted
    cactus, joshua tree
palm tree: palm trees, palm, coconut tree, palms, tropical tree, date palm, tropical, coconut palm, miami
evergreen tree: pine tree, fir, pine, fir tree, spruce, conifer, cedar, pine trees, evergreen, redwood,
    cypress, larch, sequoia, cedar tree, spruce tree, redwood tree, pine cone, pinecone, fir trees,
    douglas fir, snowy tree, yew, juniper, holly
deciduous tree: tree, oak, trees, oak tree, maple tree, apple tree, willow, big tree, birch, elm, old
    tree, tree of life, green tree, beech, ash tree, baobab, chestnut tree, birch tree, autumn tree, lemon
    tree, orange tree, weeping willow, family tree, yggdrasil, willow tree, poplar, fruit tree, olive
    tree, ent, treant, banyan, world tree, eucalyptus, mangrove, giant tree, lonely tree, magic tree,
    sycamore, linden, tree trunk, leafless tree, banyan tree, treebeard, woods tree
christmas tree: xmas tree, christmas, xmas, tannenbaum, decorated tree, christmas ornament, merry
    christmas, christmas trees, christmas decoration, advent, holiday tree, wreath, christmas wreath,
    mistletoe, christmas lights, christmas eve, yule, december, christmas card, ornament, tinsel, new year
    tree, holly wreath
mushroom: mushrooms, toadstool, fungus, fungi, fly agaric, shroom, magic mushroom, amanita, shrooms,
    champignon, truffle mushroom, toadstools, shiitake, toad mario, psychedelic mushroom, red mushroom,
    mario mushroom, mushroom house, smurf, smurfs
deciduous tree: log, logs, lumber, timber, firewood, stump, tree stump, twig, branch, stick

red apple: apple, apples, fruit, poison apple, fresh apple, apple fruit, red delicious, candy apple,
    fruits, caramel apple, toffee apple, snow white apple, pomegranate, bowl of fruit, quince, fruit bowl,
    fuji apple, forbidden fruit, fruit basket, newton's apple
green apple: granny smith, sour apple, guava, unripe apple, granny smith apple
pear: pears, green pear, asian pear, bosc pear, fig, figs, papaya, pear fruit, dragonfruit, dragon fruit,
    starfruit
banana: bananas, plantain, banana bunch, bunch of bananas, banana peel, ripe banana, minion banana,
    minion, minions, yellow banana
lemon: lemons, citrus, lemonade, yuzu, lemon slice, lime, limoncello, lemon juice, citron
tangerine: orange fruit, mandarin, oranges, orange, clementine, grapefruit, satsuma, citrus fruit,
    mandarin orange, orange slice, blood orange, kumquat, pomelo, clementines, tangerines, orange peel,
    apricot, persimmon, apricots, mandarine
peach: peaches, nectarine, nectarines, plum, plums, peach fruit, momo, james and the giant peach
mango: mangoes, mangos, papaya fruit, mango fruit, passion fruit, lychee
strawberry: strawberries, raspberry, raspberries, berry, berries, strawberry fruit, wild strawberry,
    cranberry, cranberries, strawberry slice, gooseberry, red berries
cherries: cherry, cherrys, red cherry, cherry fruit, maraschino cherry, sour cherries, redcurrant, pair of
    cherries
blueberries: blueberry, blackberry, blackberries, acai, bilberry, huckleberry, elderberry, mulberry,
    blackcurrant, juniper berries
grapes: grape, bunch of grapes, raisins, wine grapes, grapevine, raisin, red grapes, concord grapes, green
    grapes, currants
watermelon: watermelons, watermelon slice, slice of watermelon, water melon, melon slice, juicy watermelon
melon: cantaloupe, honeydew, galia, honeydew melon, melons, gourd, muskmelon, squash, butternut squash,
    winter melon
pineapple: pineapples, ananas, pinapple, spongebob's house, tropical fruit, pineapple fruit, spongebob,
    spongebob squarepants, pina, durian
coconut: coconuts, coco, coconut milk, coconut water, half coconut, macadamia
kiwi fruit: kiwi, kiwis, kiwifruit, green fruit, kiwi slice, sliced kiwi, feijoa
avocado: avocados, guacamole, avocado toast, avocado half, alligator pear, avocado slice
tomato: tomatoes, cherry tomato, ketchup, tomatos, tomato sauce, cherry tomatoes, red vegetable, ripe
    tomato, marinara
carrot: carrots, parsnip, carrot stick, root vegetable, baby carrot, radish, turnip, snowman's nose, beet,
    beetroot, daikon, vegetable
ear of corn: corn, maize, sweetcorn, corn cob, corncob, corn on the cob, cereal grain, sweet corn,
    sorghum, popping corn, asparagus, bulrush
eggplant: aubergine, eggplants, purple vegetable, brinjal, aubergines, zucchini purple
broccoli: broccolis, cauliflower, vegetables, brussels sprout, green vegetable, brussels sprouts,
    artichoke, romanesco, veggies
green salad|broccoli: chard, salad leaf, green salad, lettuce leaf, celery, vegan, rhubarb, leek, collard
    greens
cucumber: zucchini, pickle, courgette, cucumbers, gherkin, pickles, pickle rick, dill pickle, pea, peas,
    green beans, pea pod, okra
hot pepper: chili, chilli, chili pepper, jalapeno, red pepper, cayenne, chile, chilli pepper, pepper, hot
    chili, spicy, chilies, habanero, red chili, red hot chili pepper, spice, spices, paprika spice,
    tabasco, hot sauce, peppers
bell pepper: paprika, capsicum, green pepper, sweet pepper, bell peppers, yellow pepper, pimento
potato: potatoes, spud, sweet potato, yam, couch potato, baked potato, mr potato head, cassava, spuds,
    potato face, russet, ginger root, jacket potato, roast potatoes, truffle, peanuts, taro, mashed
    potatoes, kartoffel
garlic: garlic clove, garlics, garlic bulb, shallots, clove of garlic, head of garlic
onion: onions, red onion, scallion, spring onion, shallot, onion ring, onion rings, chives, leek onion
beans|potato: bean, kidney beans, baked beans, coffee bean, coffee beans, lentils, chickpeas, legumes,
    soybean, pumpkin seed, cocoa bean
chestnut|coconut: pecan
egg: eggs, easter egg, boiled egg, easter eggs, dragon egg, golden egg, faberge egg, easter, happy easter,
    egg yolk, nest, bird nest, ostrich egg, eggshell, humpty dumpty, painted egg, gudetama, eggs benedict,
    chicken egg, dinosaur egg, yolk, caviar, humpty-dumpty, dragon's egg
bread: loaf, loaf of bread, toast, baguette, bun, bread loaf, sourdough, slice of bread, rolls, bread
    roll, breads, bakery, french bread, rye bread, flatbread, brioche, focaccia, loaves, ciabatta, bread
    slice, garlic bread, dough, french toast, pita, naan, rice cake, biscuit bread, crackers, white bread,
    cracker, toasted bread
croissant: croissants, pastry, pastries, danish pastry, crescent roll, pain au chocolat, strudel, french
    pastry, puff pastry, empanada, samosa, danish, cannoli
pretzel: pretzels, brezel, soft pretzel, oktoberfest, brezn, churro, churros
cheese wedge: cheese, cheddar, swiss cheese, gouda, parmesan, piece of cheese, camembert, emmental, mouse
    cheese, brie, cheese slice, mozzarella, blue cheese, feta, block of cheese, halloumi, fondue, cheese
    wheel, cheesecake slice, cheese platter
butter: margarine, stick of butter, butter stick, peanut butter, butter dish, spread, tofu, lard, cream
    cheese
bacon: bacon strips, ham, bacon strip, rasher, jerky, prosciutto, pancetta, salami, pepperoni, bacon
    slice, rashers, beef jerky
bacon: meat, steak, ribs, beef, mutton, t-bone, roast beef, barbecue, bbq, grilled meat, raw meat, roast,
    beefsteak, barbecue ribs, lamb chop, pork chop, t bone steak, grill, kebab, shish kebab, meatball,
    meatballs, brisket, venison, steaks, sirloin
poultry leg|chicken: nuggets, roasted chicken, chicken nugget
hamburger: burger, cheeseburger, hamburgers, burgers, big mac, fast food, mcdonalds, mcdonald's, junk
    food, krabby patty, burger king, veggie burger, bacon burger, whopper, chicken burger, smash burger,
    juicy burger, slider, food, lunch, dinner, meal, tasty food
french fries: fries, chips, french fry, potato chips, pommes frites, pommes, poutine, potato fries, fish
    and chips, crisps, curly fries, nachos, cheese fries, wedges, tortilla chips
pizza: pizzas, pizza slice, slice of pizza, pepperoni pizza, margherita, cheese pizza, hawaiian pizza,
    calzone, lasagna, italian food, pizza pie, lasagne, quiche, neapolitan pizza, frozen pizza, pizza
    margherita, pizza hut, pizza party
hot dog: hotdog, sausage, hotdogs, sausages, bratwurst, frankfurter, hot dogs, wiener, chorizo, corn dog,
    corndog, currywurst, chili dog, weiner, bangers, wurst
sandwich: sandwiches, blt, club sandwich, panini, grilled cheese, toastie, submarine sandwich, sub
    sandwich, subway sandwich, ham sandwich, bánh mì, cheese sandwich, reuben sandwich, hoagie, pb&j,
    peanut butter and jelly
taco: tacos, mexican food, tortilla, quesadilla, taco bell, fajita, soft taco, nacho, taco tuesday, fish
    taco
burrito: burritos, wrap, doner, döner, doner kebab, shawarma, gyros, spring roll, kebab wrap, gyro,
    tamale, enchilada, falafel, spring rolls, egg roll, breakfast burrito, enchiladas
sushi: maki, sushi roll, nigiri, sashimi, japanese food, california roll, sushis, rice ball, sushi
    platter, dumpling, bento, bento box, salmon roll, temaki, momo dumpling, oyster, seafood
spaghetti: pasta, noodles, noodle, macaroni, carbonara, spaghetti bolognese, bolognese, mac and cheese,
    linguine, penne, pad thai, fettuccine, spagetti, plate of pasta, spaghetti and meatballs, tagliatelle,
    gnocchi, flying spaghetti monster, alfredo, pesto
steaming bowl: ramen, noodle soup, soup, bowl of soup, pho, miso soup, rice bowl, hot soup, stew, curry,
    rice, porridge, bowl, tomato soup, chicken soup, udon, bowl of rice, oatmeal, cereal, chili con carne,
    chowder, ramen bowl, cooked rice, goulash, gumbo, risotto, fried rice, bowl of ramen, broth, paella,
    bowl of cereal, hot pot, hotpot, cornflakes, biryani, asian food, chinese food, mashed potato,
    casserole, couscous, indian food, borscht, dal, kimchi, poke bowl, curry rice, cauldron, dog food, cat
    food
pancakes: pancake, crepe, hotcakes, stack of pancakes, flapjacks, crepes, pancake stack, maple syrup,
    crêpe, syrup, hotcake, blini
waffle: waffles, belgian waffle, waffle with butter, eggo, eggo waffle, wafer, stroopwafel
pie: apple pie, pumpkin pie, cherry pie, tart, pies, meat pie, fruit pie, pie slice, tarte, cobbler,
    blueberry pie, piece of pie, shepherd's pie, pecan pie, lemon tart, key lime pie, thanksgiving,
    crumble, tarts, thanksgiving dinner
birthday cake: cake, cakes, wedding cake, chocolate cake, happy birthday, birthday, gateau, cake with
    candles, anniversary, layer cake, sponge cake, red velvet cake, shortcake, birthday party, torte,
    birthday candles, dessert, bday, fruitcake, carrot cake, ice cream cake, tier cake, gingerbread house,
    gingerbread, desserts, black forest cake, trifle
cupcake: muffin, cupcakes, muffins, fairy cake, blueberry muffin, chocolate cupcake, macaron, macarons,
    fairy cakes, cake pop, vanilla cupcake, pudding, custard, bun cake, flan, jello, brownie cupcake,
    kirby, creme brulee, panna cotta
doughnut: donut, donuts, doughnuts, glazed donut, simpsons donut, pink donut, krispy kreme, donut with
    sprinkles, jelly donut, donut ring, homer's donut, frosted donut, cruller, torus
cookie: cookies, biscuit, chocolate chip cookie, biscuits, oreo, chocolate chip, oreos, cookie monster,
    ginger snap, gingerbread man, shortbread, digestive biscuit, christmas cookie, cracker cookie, fortune
    cookie, choc chip cookie, gingerbread cookie, ginger bread
chocolate bar|cookie: nutella, brownies, cocoa, truffles, willy wonka, chocolate box, box of chocolates,
    cacao, snickers, bonbon, toblerone
candy: sweets, candies, sweet, bonbons, toffee, caramel, gummy bears, marshmallow, bubblegum, chewing gum,
    bubble gum, hard candy, gummies, jelly beans, skittles, haribo, gum, jelly bean, marshmallows,
    gumdrop, wrapped candy, liquorice, trick or treat, licorice, mints, gummy worm, m&ms, sugar, nougat,
    jelly, taffy, praline, sugar cube
lollipop: lolly, lollipops, sucker, lollypop, swirl lollipop, candy cane, rainbow lollipop, chupa chups,
    candy canes, candyland, rock candy, popsicle stick, candy land
ice cream: ice-cream, icecream, gelato, ice cream sundae, sundae, frozen yogurt, sorbet, bowl of ice
    cream, vanilla ice cream, chocolate ice cream, scoop of ice cream, mcflurry, yogurt, yoghurt, parfait,
    banana split, shaved ice, ice cream scoop, whipped cream
soft ice cream: ice cream cone, soft serve, ice cream cones, icecream cone, cone, popsicle, ice pop, soft
    serve ice cream, ice lolly, waffle cone, frozen custard, popsicles, creamsicle, cotton candy, candy
    floss, swirl, fairy floss
honey pot: honey, honey jar, jar of honey, jam, jar, marmalade, jar of jam, jars, mason jar, mustard,
    mayonnaise, mayo, honeycomb, pooh's honey, pot of honey, pot of gold, jam jar, cookie jar, beehive,
    hive, strawberry jam, amphora, urn, salt, clay pot, condiment
popcorn: popcorn bucket, pop corn, bucket of popcorn, cinema popcorn, movie popcorn, box of popcorn, movie
    night, movie theater, movie snack
hot beverage: coffee, tea, cup of tea, cup of coffee, coffee cup, mug, espresso, cappuccino, latte, cup,
    hot chocolate, teacup, coffee mug, hot cocoa, starbucks, americano, mocha, green tea, coffee to go,
    matcha latte, cafe latte, drink, hot drink, steaming cup of coffee, matcha, chai, tea cup, coffee
    shop, flat white, beverage, cup of joe, cocoa mug, cups, latte art, caffeine, macchiato, mugs, earl
    grey, morning coffee
teapot: kettle, tea pot, tea kettle, jug, teapots, pitcher, coffee pot, mrs potts, carafe, watering can,
    tea party, gravy boat, tea set, samovar, coffee maker, chinese teapot, magic lamp, genie lamp,
    aladdin's lamp, genie's lamp
beer mug: beer, pint, ale, lager, beers, pint of beer, mug of beer, beer glass, guinness, beer stein, root
    beer, stout, stein, heineken, beer bottle, draft beer, bar drink, pub, tavern, craft beer, mead, glass
    of beer, brewery, cider, beer keg, brew, pilsner, stein of beer, clinking beer mugs, cold beer
wine glass: wine, red wine, glass of wine, champagne glass, white wine, wineglass, goblet, chalice, rosé,
    glass of red wine, holy grail, prosecco, wine goblet, grail, port wine, merlot, champagne flute,
    sangria, glasses of wine, crystal glass
cocktail glass: cocktail, martini, margarita, cocktails, cosmopolitan, martini glass, daiquiri, gin and
    tonic, gin, negroni, vodka, bar, cocktail bar, whiskey, whisky, rum, liquor, bloody mary, aperol
    spritz, bourbon, tequila, long island iced tea, glass of whiskey, tropical drink, alcohol, manhattan
    drink, happy hour
bubble tea: boba, milkshake, smoothie, boba tea, juice, iced coffee, frappuccino, iced tea, cup with
    straw, soda, coke, cola, orange juice, coca cola, lemonade glass, soft drink, milk tea, slushie, juice
    box, pepsi, frappe, iced latte, sprite drink, apple juice, taro milk tea, fruit juice, glass of juice,
    shake, protein shake, chocolate milk, slurpee, fanta, soda can, energy drink, red bull
glass of milk|wine glass: cream
baby bottle|bubble tea: bottle of milk, water bottle, thermos, plastic bottle, flask, coke bottle
spoon: spoons, ladle, fork, cutlery, teaspoon, tablespoon, silverware, wooden spoon, forks, silver spoon,
    spatula, whisk, chopsticks, soup spoon, utensil, utensils, spork, fork and knife, plate, dish, dinner
    plate, corkscrew, tea spoon, salad fork, oar
kitchen knife: knife, knives, chef knife, chef's knife, cleaver, blade, butcher knife, steak knife,
    dagger, butcher's knife, scalpel, pocket knife, butter knife, switchblade, machete, razor, razor
    blade, meat cleaver, swiss army knife, bread knife, letter opener

house: home, building, suburban house, little house, mansion, cabin house, apartment, dream house, modern
    house, family house, villa, manor, small house, brick house, country house, doll house, tiny house,
    dollhouse, residence, real estate, architecture, victorian house, property, bungalow, town house, inn,
    townhouse, library, hotel, shop, farmhouse, store, motel, garage, restaurant, bakery shop, cafe, beach
    house, flower shop, bookstore, art deco building, hobbit house, treehouse, tree house, witch house,
    two story house, bird house, birdhouse, dog house, doghouse, stable, bookshop, train station, grocery
    store, saloon, post office, town hall, roof, chimney, balcony, home sweet home, modern architecture,
    supermarket, coffee house, theater, theatre, opera house, fire station, police station, airbnb,
    duplex, gas station, petrol station, diner, candy shop, barbershop, palace of justice, government
    building, mall, toy house, lighthouse keeper's house, attic, jail, prison
house with garden: cottage, village, garden house, country cottage, cottagecore, cozy cottage, backyard,
    small town, farm, porch, cosy cottage, front yard, fairy tale cottage, english cottage, cottage
    garden, countryside house, fairy house, greenhouse, picket fence, fence, gazebo, bag end, orchard,
    garden shed, estate, summer house
hut: shack, cabin, log cabin, wooden hut, straw hut, wood cabin, tiki hut, mud hut, shed, beach hut,
    wooden cabin, cabin in the woods, tipi hut, thatched hut, lodge, outhouse, baba yaga hut, hunter's
    cabin, tiki bar, nipa hut, yurt, jungle hut, mountain hut, log house, shelter, kennel, igloo, nativity
    scene, manger
castle: palace, castles, fortress, medieval castle, fairytale castle, fairy tale castle, tower, citadel,
    disney castle, hogwarts, sandcastle, sand castle, stronghold, magic castle, fort, dungeon, kingdom,
    neuschwanstein, knight's castle, winter palace, towers, haunted castle, bouncy castle, cathedral
    castle, dracula's castle, camelot, minas tirith, wizard tower, windmill, lighthouse, mage tower,
    watchtower, castle in the sky, floating castle, bastion, big ben, tower bridge, moat, clock tower,
    london, tower of london, barad-dur, princess castle, bowser's castle, throne, game of thrones,
    winterfell, ruin, keep, ivory tower, rook, leaning tower of pisa, tower of babel, dark tower, kremlin,
    taj mahal, mosque, lighthouses, hogwarts castle, stonehenge, great wall of china, rivendell, rampart,
    gate, city gate
classical building|church: amphitheater, rome, athens, palace building, university building, mausoleum,
    arena, pillar, column
japanese castle: pagoda, japan, japanese temple, chinese temple, asian temple, dojo, himeji, japanese
    house, buddhist temple, osaka castle, kyoto, temple in japan, samurai castle, shinto shrine, shrine,
    japanese garden, feudal japan, torii, torii gate, forbidden city, china, ancient japan, chinese
    palace, pagodas, korean palace, angkor wat, borobudur, japanese village, thai temple, nara
church: chapel, cathedral, churches, notre dame, gothic cathedral, monastery, abbey, mosque church,
    wedding chapel, steeple, synagogue, basilica, village church, gothic church, notre-dame, sagrada
    familia, old church, convent, wedding, crypt, vatican, st peter's basilica, graveyard, cemetery,
    gravestone, tombstone, religion, bell tower, marriage, christian church, cross, crucifix
school: schoolhouse, university, college, academy, kindergarten, school building, high school, elementary
    school, campus, classroom, primary school, education, preschool, institute, back to school, boarding
    school, harvard, xavier's school
hospital: clinic, medical center, infirmary, emergency room, hospitals, health center, medical, doctor's
    office, pharmacy, nursing home, red cross, asylum, medicine building, sanatorium
factory: plant factory, power plant, industry, industrial building, factories, mill, refinery, warehouse,
    steel mill, industrial, foundry, power station, manufacturing, nuclear power plant, nuclear reactor,
    smokestack, industrial plant, pollution, chimneys, oil refinery, industrial revolution, assembly line,
    laboratory, construction site, oil rig, workshop, sawmill, steampunk factory
tokyo tower: eiffel tower, paris, radio tower, tv tower, tokyo, france, broadcast tower, cell tower, steel
    tower, communication tower, paris eiffel tower, la tour eiffel, radio mast, seattle space needle,
    space needle, fernsehturm, blackpool tower, transmission tower, antenna, oil derrick, dubai tower
statue of liberty: liberty statue, lady liberty, new york statue, statue, sculpture, new york, liberty,
    america, usa, bust, marble statue, greek statue, monument, stone statue, david, statue of david, venus
    de milo, christ the redeemer, 4th of july, fourth of july, independence day, united states, greek god
    statue, roman statue, freedom, moai, buddha statue, colossus, bronze statue, totem, totem pole, marble
    bust, liberty island, oscar
ferris wheel: big wheel, fairground, amusement park, ferris wheels, london eye, fun fair, funfair, county
    fair, theme park, luna park, carnival ride, carnival, giant wheel, amusement, fair ground, fair ride,
    festival
circus tent|tent: market stall
roller coaster: rollercoaster, coaster, disneyland, roller coasters, thrill ride, amusement ride, six
    flags, water slide, slide, theme park ride, disney world, playground, loop ride, log flume, playground
    slide
tent: tents, tipi, teepee, camping tent, wigwam, marquee, pop up tent, army tent, yurt tent, pavilion,
    festival tent, base camp
camping: campsite, campground, camp, campfire, summer camp, camp site, bonfire, bushcraft, tent in the
    forest, camping trip, scout camp, camp fire, adventure, boy scouts, hiking
volcano: volcanoes, erupting volcano, eruption, lava, vesuvius, magma, volcanos, vulcano, krakatoa, hell,
    inferno, mauna loa, lava lake
mountain: hill, mountains, mount, peak, cliff, mountain peak, mountain top, cliffs, rocky mountain,
    mountaintop, ridge, plateau, table mountain, everest base, summit, ravine, pyramids, egypt, cave,
    cavern, mine, bluff, mount rushmore, mesa, el capitan, landscape, wild nature
snow-capped mountain: snowy mountain, mount everest, everest, matterhorn, mount fuji, snowy peak,
    himalaya, ice mountain, glacier, k2, kilimanjaro, iceberg, snow mountain, mount kilimanjaro, snow
    capped mountains, mt everest, ice cap, snowcapped mountain, icebergs, frozen mountain, alpine mountain
desert: oasis, dry land, arid land, wild west desert, africa, safari, drought, post apocalyptic wasteland,
    atacama, quicksand
desert island: island, tropical island, castaway, atoll, fiji, caribbean island, floating island,
    archipelago, sandbank, skull island, palm island, lost island, isle, key west, lost
beach with umbrella: beach, beaches, beach vacation, summer, beach umbrella, vacation, holiday, beach day,
    summer vacation, parasol, summertime, sunbathing, beach chair, summer holiday, beach resort, summer
    beach, july, august, pool party, ibiza, resort
sunset: setting sun, sunsets, beautiful sunset, horizon, nightfall
sunrise: dawn, rising sun, morning, sunup, sunrise over the sea, daybreak, good morning, new dawn, morning
    sun, early morning, ocean sunrise, first light
sunrise over mountains: mountains at sunset
cityscape: skyscraper, buildings, city skyline, office building, high rise, empire state building, office
    tower, burj khalifa, apartments, apartment building, utopia, city center, empire state, tower block,
    apartment block, city block, skyscaper, brooklyn, civilization, boston, trump tower, town square
cityscape at dusk: city skyline at night, neon lights, street at night, las vegas strip, shinjuku, neon
    sign, nightclub
bridge at night: bridge, golden gate bridge, suspension bridge, brooklyn bridge, bridges, golden gate,
    river bridge, stone bridge, london bridge, viaduct, aqueduct, drawbridge, rope bridge, san francisco
    bridge, footbridge, covered bridge, harbour bridge
night with stars: starry night, night sky, night, stars, midnight, nighttime, the starry night, aurora,
    northern lights, aurora borealis, good night, polar lights, constellation, zodiac, astrology, big
    dipper
milky way: galaxy, space, black hole, stars and galaxies, multiverse, cosmic, the galaxy, time travel,
    portal, eternity, another dimension
rock: stone, boulder, rocks, stones, pebble, boulders, pebbles, meteorite, brick, ore, coal, granite,
    concrete, rock formation, marble, gravel, cobblestone, bricks, lump of coal, the rock, stone block,
    philosopher's stone rock, gold nugget, rune stone, monolith
globe showing europe-africa: earth, planet earth, globe, world, the world, the earth, blue planet, planet,
    mother earth, earth from space, earth day, gaia, geography, the globe, world globe, climate change,
    environment, global, pale blue dot, ecology, earth globe, sphere, our planet, europe, planets earth,
    continents, global warming, internet
world map: map, atlas, map of the world, treasure map, maps, fantasy map, old map, map of europe,
    cartography, world atlas, continents map, pirate map, city map, street map, topographic map,
    blueprint, flag, middle earth, medieval map, world flag
compass: compasses, compass rose, navigation, old compass, pirate compass, magnetic compass, navigator,
    gps, north, south, north star compass
ringed planet: saturn, planets, planet with rings, jupiter, gas giant, neptune, venus, uranus, pluto,
    exoplanet, planet saturn, moons, purple planet, mercury, astronomy, red planet, death star, planet
    mars, science fiction, sci-fi, sci fi
full moon: moon, moonlight, lunar, super moon, supermoon, blood moon, harvest moon, blue moon, big moon,
    the moon, moon face, red moon, lunar eclipse, round moon, asteroid, silver moon, man in the moon, new
    moon
crescent moon: half moon, moon crescent, ramadan, islam, eid, waxing moon, quarter moon, new crescent
    moon, moonchild, crescent, eid mubarak, moon sliver, good night moon
star: stars shape, golden star, gold star, yellow star, favorite, five pointed star, rating, star shape,
    superstar, pentagram, star of david, patrick star, star of bethlehem, walk of fame, captain america
    shield, north star, christmas star, mario star
glowing star: shining star, bright star, twinkling star, sparkling star, twinkle twinkle little star,
    shiny star, wishing star, magic star
shooting star: falling star, meteor, meteor shower, wish upon a star, meteors, make a wish, shooting
    stars, perseids
comet: halley's comet, comets, asteroid impact, space rock, flying comet, fireball, meteor strike,
    dinosaur extinction
sun: sunshine, sunny, the sun, sunlight, sun rays, solar, sunny day, bright sun, daylight, sol, sunbeam,
    sunburst, heat wave, sunny weather, summer sun, yellow sun, hot summer, solar flare, sunbeams, noon,
    june, good weather, helios, eclipse, day
sun with face: happy sun, smiling sun, teletubbies sun, sun face, baby sun, tarot sun, cute sun, sun god,
    ra, laughing sun, inti
sun behind cloud: partly cloudy, sun and clouds, weather, cloudy sun, partly sunny, sun behind clouds,
    sunny intervals, weather forecast, weather icon
cloud: clouds, cloudy, fluffy cloud, white cloud, overcast, sky, fog, cumulus, cloud computing, mushroom
    cloud, smoke, grey cloud, steam, cute cloud, cloud nine, wind, clouds in the sky, dust, vapor, nuclear
    explosion, the cloud, heaven's clouds, cumulonimbus, breath
cloud with rain: rain, rain cloud, rainy, rainstorm, rainy day, drizzle, raining, downpour, shower, april,
    april showers, raincloud, storm cloud rain, monsoon, hail, sleet, bad weather, rain shower, puddle,
    stormy weather
cloud with lightning: thunderstorm, thundercloud, storm, thunder, lightning storm, storm cloud, stormy,
    thunder cloud, thunder and lightning, storm clouds, stormy sky, tempest, thunderclouds, electrical
    storm
high voltage: lightning, lightning bolt, bolt, electricity, thunderbolt, zap, energy, power, electric,
    bolt of lightning, pikachu bolt, gatorade, harry potter scar, spark, voltage, lightning strike,
    thunder bolt, electric shock, shock bolt, watt
rainbow: rainbows, double rainbow, pride, lgbt, rainbow bridge, colorful rainbow, rainbow arch, pride
    flag, spectrum, pride month, gay pride, pot of gold rainbow, rainbow road, rainbow in the sky, noah's
    ark, colours of the rainbow
tornado: twister, cyclone, hurricane, whirlwind, storm tornado, typhoon, tornadoes, dust devil, whirlpool,
    dorothy's tornado, windstorm, gale, waterspout, maelstrom, taz, natural disaster
snowflake: snow, flake, ice crystal, snowflakes, frost, ice, crystal of ice, snowing, snowfall, cold,
    january, ice flower, frozen, february, cold weather, frozen flake, white christmas, icicle, let it
    snow, freeze, freezer, snow crystal, winter season, icy, snowstorm, ice cube
snowman: snowmen, frosty, olaf, snow man, frosty the snowman, frozen olaf, snow sculpture, snowmans, build
    a snowman, snow woman, snow golem, snow figure, snowwoman
droplet: water drop, drop, raindrop, drop of water, dew, tear, tear drop, teardrop, waterdrop, blood drop,
    drops, blood, oil drop, liquid, dewdrop, droplets, sweat, raindrops, water droplet, teardrops,
    moisture, h2o, drop of blood, splash, slime, ink drop, oil
water wave: wave, waves, ocean, sea, ocean wave, tsunami, big wave, ocean waves, great wave off kanagawa,
    the great wave, great wave, surf wave, tidal wave, tide, lake, river, flood, hokusai wave, swimming
    pool, pool, splash wave, seascape, swell, hokusai, open ocean, rapids, surfing wave, water surface,
    deep sea, harbor, ripple, water ripple, fountain, venice
fire: flame, flames, bonfire flame, blaze, burning, campfire flame, lit, wildfire, firestorm, burning
    fire, hot flame, forest fire, hellfire, fires, fireplace, fire flame, explosion, burning flame, ember,
    embers, charmander, torch, fire elemental, blue flame, olympic torch, burn, big bang explosion, bomb
    explosion, hearth, fire emoji, torchlight, kaboom, calcifer, match, matchstick, boom
sparkles: sparkle, glitter, shimmer, twinkle, magic sparkles, magic, stars sparkle, fairy dust, pixie
    dust, glitters, glow, shiny, star dust, sparkling, magic spell, enchantment, bling, shimmering, clean
    sparkle, magical, spell
fireworks: firework, new year, new year's eve, fireworks display, new years eve, firecracker, happy new
    year, sparkler, firecrackers, new years, fire works, 4th of july fireworks, diwali, rocket fireworks,
    sparklers, pyrotechnics, celebration fireworks, guy fawkes night
party popper: confetti, party, celebration, congratulations, celebrate, congrats, hooray, graduation
    party, party time, tada, hurray, new year party, yay, party horn, carnival party, mardi gras, disco
    party, bachelor party
balloon: balloons, red balloon, hot air balloon, party balloon, birthday balloon, helium balloon, hot-air
    balloon, air balloon, 99 red balloons, water balloon, balloon animal, hot air balloons, up house,
    blimp, airship, zeppelin, birthday balloons, bubble, bubbles, soap bubble, beach ball, inflatable,
    soap bubbles, hindenburg, hot air ballon
wrapped gift: present, gift, gifts, presents, gift box, christmas present, christmas gift, birthday
    present, birthday gift, wrapped present, giftbox, surprise, surprise box, secret santa, stocking,
    christmas stocking, gift wrap, box with bow, hanukkah gift, boxing day
ribbon: bow, pink ribbon, hair bow, gift ribbon, ribbons, bows, red ribbon, bow ribbon, hairbow, minnie
    mouse bow, coquette bow, pink bow, bowtie, bow tie, lace, awareness ribbon
jack-o-lantern: pumpkin, halloween pumpkin, halloween, pumpkins, carved pumpkin, jack o lantern, jack o'
    lantern, spooky pumpkin, happy halloween, pumpkin head, spooky, pumpkin patch, scary pumpkin, pumpkin
    king, all hallows eve, trick-or-treat, headless horseman, pumpkin carving, spooky season, october
    pumpkin, pumpkin spice, cinderella's pumpkin, halloween decoration, halloween night, harvest

automobile: car, cars, sedan, auto, vehicle, suv, red car, minivan, van, vintage car, hatchback, toyota,
    volkswagen, beetle car, bmw, mercedes, audi, honda, tesla, station wagon, limousine, limo, old car,
    ford, muscle car, classic car, compact car, electric car, convertible, volkswagen beetle, mini cooper,
    toy car, car wash, coupe, hummer, chevrolet, rolls royce, bentley, fiat 500, fiat, cadillac, dodge,
    hot rod, nissan, delorean, futuristic car, flying car, luxury car, car crash, ford mustang, herbie,
    batmobile, traffic, wagon, chariot, carriage, horse carriage, stagecoach, golf cart, driverless car,
    self driving car, garage car, vw beetle, mazda, tank, army tank, war tank, offroad car, traffic jam,
    land rover, gocart, lightning mcqueen, wrecked car, subaru, family car, camaro
delivery truck|pickup truck|tractor: dump truck, delivery truck, cement mixer, tow truck
racing car: race car, formula one car, sports car, formula 1, sportscar, f1 car, ferrari, racecar,
    lamborghini, porsche, supercar, f1, mclaren, fast car, formula one, nascar, drag racer, go kart, race
    cars, mario kart, bugatti, supercars, corvette, sport car, drag race, hot wheels, formula 1 car, speed
    racer, go-kart, batmobile racing, le mans, racing, red bull racing, lewis hamilton, hypercar
taxi: cab, yellow cab, taxicab, new york taxi, uber, yellow taxi, taxis, nyc taxi, london taxi, lyft, new
    york cab, crazy taxi, rickshaw
police car: cop car, cruiser, patrol car, police cruiser, police vehicle, squad car, sheriff car, police
    siren, police van
fire engine: fire truck, firetruck, fire brigade, fire department, fire trucks, red truck, fire engines,
    crane truck, ladder truck
ambulance: emergency vehicle, ambulances, paramedic, rescue vehicle, paramedics, emt, ambulance car,
    hearse, rescue van, ghostbusters car
bus: buses, school bus, double decker, coach, minibus, double decker bus, tour bus, busses, london bus,
    city bus, yellow bus, tram, greyhound bus, trolleybus, party bus, magic school bus, camper van,
    camper, rv, caravan, red bus, bus stop, vw bus, campervan, motorhome, hippie van, vw camper, hippie
    bus, public transport, knight bus
tractor: farm tractor, bulldozer, john deere, excavator, digger, tractors, combine harvester, forklift,
    steamroller, lawn mower, backhoe, plow, farm machine, lawnmower, construction vehicle, crane, combine,
    agriculture, jcb, front loader, red tractor, plough, snowplow
motorcycle: motorbike, harley, harley davidson, biker, motorcycles, chopper, dirt bike, motorbikes, motor
    bike, motocross, ducati, moto, sport bike, quad bike, atv, akira bike, tron bike, motorcyclist,
    bikers, ghost rider, biker gang, hell's angels, trike, yamaha motorcycle
motor scooter: moped, scooter, vespa, scooters, electric scooter, kick scooter, e-scooter, lambretta,
    mopeds, italian scooter, kickscooter
bicycle: bike, cycle, mountain bike, tricycle, bikes, road bike, bmx, bicycles, racing bike, penny
    farthing, tandem, ebike, unicycle, e-bike, city bike, bmx bike, tandem bicycle, vintage bicycle,
    wheelchair, old bicycle, two wheeler, stroller, baby carriage
skateboard: skateboards, longboard, skating, hoverboard, skate, snowboard, skateboarder, skater boy,
    surfboard, skateboarding, tony hawk, skis, surf board, roller skate, roller skates, rollerskates, ice
    skate, sled, sledge, sleigh, rollerblades, toboggan, bobsled, santa's sleigh, skate park, wakeboard,
    roller skating, segway
locomotive: steam train, steam engine, steam locomotive, old train, choo choo train, thomas the tank
    engine, toy train, polar express, hogwarts express, choo choo, train engine, orient express, coal
    train, freight train, railroad, railway, vintage train, steampunk train, ghost train, train
    locomotive, thomas the train
train: trains, subway, metro, bullet train, tram train, passenger train, monorail, railway train,
    underground, commuter train, train car, subway train, tube, wagon train, amtrak, railcar, subway
    station, light rail, funicular, trainset, train track
airplane: plane, jet, aircraft, aeroplane, airliner, jetliner, fighter jet, planes, biplane, airplanes,
    boeing, passenger plane, paper plane, paper airplane, jumbo jet, glider, warplane, 747, propeller
    plane, airbus, concorde, boeing 747, fighter plane, flight, jet fighter, private jet, spitfire,
    airport, stealth bomber, aviation, flying, seaplane, jet plane, f16, bomber, airforce, stealth
    fighter, toy plane, air force one, jet engine, hang glider, aeroplanes, paper aeroplane, drone plane,
    airforce one, hovercraft, ornithopter
helicopter: chopper helicopter, copter, helicopters, black hawk, gyrocopter, apache helicopter,
    quadcopter, heli, autogyro, drone copter, propeller, attack helicopter, rescue helicopter, coast guard
    helicopter, airwolf
rocket: spaceship, rocketship, rocket ship, spacecraft, missile, starship, space shuttle, rockets, spacex,
    space rocket, saturn v, apollo, x-wing, rocket launch, falcon 9, nasa, space ship, torpedo, millennium
    falcon, satellite, space craft, star destroyer, tintin rocket, shuttle, launch, enterprise, star trek,
    apollo 11, jetpack, blast off, bullet, tie fighter, spaceships, battlestar, moon rocket, space travel,
    space exploration, startup, v2, hubble telescope, artillery shell
flying saucer: ufo, ufos, alien ship, alien spaceship, saucer, unidentified flying object, alien invasion,
    mothership, alien craft, flying saucers, space saucer, alien abduction, area 51, u.f.o., ufo
    abduction, alien spacecraft
sailboat: boat, yacht, sailing boat, sailing ship, boats, sail boat, sailing, catamaran, schooner, sail,
    small boat, viking ship, canoe, fishing boat, raft, pirate ship, sailboats, longship, caravel,
    longboat, paper boat, galleon, clipper, toy boat, sailing yacht, boat on the water, regatta, sails,
    ghost ship, sloop, black pearl, junk ship, pirate boat, windsurfing, frigate, windsurfer, tugboat,
    houseboat, going merry, windsurf, life raft, viking longship, marina, trireme, viking boat
ship: ships, battleship, cargo ship, tanker, aircraft carrier, container ship, freighter, cruiser ship,
    vessel, submarine, barge, destroyer, warship, shipwreck, steamboat, yellow submarine, navy, oil
    tanker, speedboat, navy ship, port, icebreaker, u-boat, paddle steamer, riverboat, bismarck, noah's
    ark ship, lifeboat
anchor: anchors, ship anchor, boat anchor, anchor tattoo, old anchor, nautical, grappling hook, hook, fish
    hook, trident, pirate hook
parachute: parachutes, paraglider, skydiving, skydiver, paragliding, parachutist, paratrooper,
    parachuting, hang gliding, chute, parasail
wheel: wheels, tire, tyre, car wheel, tires, wagon wheel, spinning wheel, steering wheel, rim, ship wheel,
    ship's wheel, car tire, hubcap, disc, rubber tire, spare tire, cartwheel, roulette, wheel of fortune,
    roulette wheel, hamster wheel, helm, water wheel, frisbee, hoop

soccer ball: football, ball, soccer, football ball, soccerball, fifa, world cup, fußball, balls, soccer
    match, football match, futbol, soccer game, premier league, futsal, fc barcelona, penalty kick
basketball: basket ball, nba, basketball ball, orange ball, hoops, basketballs, lakers, basketball game,
    slam dunk, michael jordan, basketball hoop, dodgeball
baseball: baseballs, softball, baseball ball, mlb, baseball bat, cricket ball, baseball game, home run,
    yankees, hardball, baseball cap ball, cricket sport, cricket, baseball glove
american football: rugby ball, nfl, super bowl, rugby, superbowl, gridiron, touchdown, quarterback,
    pigskin, football helmet, american football ball, rugby football, tom brady, college football
volleyball: beach volleyball, volley ball, volleyballs, handball, water polo, volleyball ball, volley,
    wilson, water polo ball
tennis: tennis ball, tennis racket, racket, tennis racquet, tennis balls, ping pong, badminton, table
    tennis, wimbledon, racquet, squash racket, tennis match, squash sport, shuttlecock, tennis court,
    paddle, federer, lacrosse, ping pong paddle, pickleball, serena williams
bowling: bowling ball, bowling pin, bowling pins, bowling alley, ten pin bowling, skittles game, bowling
    strike, billiard ball, eight ball, pool 8 ball, billiards, snooker, magic 8 ball, 8 ball, pool table,
    bocce, curling
bullseye: target, dartboard, dart board, darts, archery target, dart, aim, goal target, bulls eye, bull's
    eye, crosshair, shooting target, focus, sniper target, marksman
trophy: cup trophy, world cup trophy, award, prize, gold cup, winner, champion cup, champions league,
    victory, trophies, winning, winner's cup, first place, stanley cup, medal, gold medal, medals,
    championship, oscar award, gold trophy, olympic medal, grammy, silver cup, silver medal, champions
kite: kites, flying kite, paper kite, box kite, kite flying, stunt kite, dragon kite, kite in the sky,
    diamond kite
video game: game controller, controller, gamepad, xbox, playstation, gaming, console, game console, ps5,
    nintendo, ps4, video games, playstation controller, xbox controller, nintendo switch, game boy,
    gameboy, video game controller, videogame, game, games, wii, switch, gaming console, ps2, playstation
    5, esports, retro game, twitch, xbox 360, n64, nes, dualshock, videogames, minecraft, fortnite, tetris
joystick: arcade, arcade stick, arcade machine, atari, joysticks, arcade joystick, lever, arcade game,
    atari joystick, flight stick, slot machine, pac-man, pacman, gear stick, gear shift, retro gaming
game die: dice, die, d20, dices, gambling, board game, dungeons and dragons, cube, casino, monopoly, d6,
    rubik's cube, red dice, dnd, rubiks cube, pair of dice, yahtzee, craps, box cube, dungeons & dragons,
    rpg, domino, dominoes, minecraft block, lego block, block
puzzle piece: puzzle, jigsaw, jigsaw puzzle, piece of a puzzle, puzzles, lego, jigsaw piece, lego brick,
    plugin, autism, solution, missing piece, building blocks, toy bricks
chess pawn: chess, pawn, chess piece, chessboard, bishop chess, chess game, chess pieces, chess board,
    chess king, chess queen, checkers, chess knight, chess set, checkmate, queen's gambit
crystal ball: fortune telling, magic ball, fortune, crystal globe, glass ball, orb, divination, glass
    sphere, palantir, snow globe, snowglobe, fortune-teller, magic orb, astrology ball, marble ball,
    tarot, seeing stone, marbles, dragon ball, dragonball
artist palette: palette, paint palette, art, paint, paints, watercolors, painter's palette, colour
    palette, color palette, bob ross painting, watercolor palette, colors, colours, color wheel, easel,
    canvas, acrylic paint, oil paint, creativity, drawing, design, art supplies, mural
paintbrush: brush, paint brush, paintbrushes, brushes, artist's brush, painter's brush, hairbrush, comb,
    hair brush, makeup brush, paint roller, brush stroke, mop brush
crown: crowns, tiara, royal crown, gold crown, king's crown, golden crown, diadem, queen's crown, princess
    crown, monarchy, crown jewels, king crown, queen crown, laurel, coronation, laurel wreath, flower
    crown, game of thrones crown, burger king crown, imperial crown, jewelled crown
top hat: hat, magician's hat, tophat, hats, witch hat, wizard hat, sorting hat, fedora, bowler hat,
    bowler, magic hat, monocle, black hat, mad hatter, abraham lincoln hat, magician hat, pilgrim hat,
    witch's hat, abe lincoln hat, mr monopoly, gentleman's hat, fez, pirate hat, party hat, sombrero top,
    wizard's hat, leprechaun hat
woman's hat: sun hat, sunhat, straw hat, summer hat, lady's hat, bonnet, hat with a bow, beach hat,
    sombrero, panama hat, church hat, easter bonnet
billed cap: baseball cap, cap, caps, beanie, trucker hat, snapback, beret, visor, winter hat, bobble hat,
    knit hat, santa hat, bike helmet, police hat, hard hat, hardhat, construction helmet, motorcycle
    helmet, military helmet, bucket hat, knit cap, woolly hat, captain's hat, turban, sailor hat,
    headband, swim cap, hood, ushanka
graduation cap: mortarboard, graduate, graduation, graduation hat, doctoral cap, diploma, graduates,
    degree, phd, convocation, academic cap, bachelor's degree, class of 2024
glasses: eyeglasses, spectacles, reading glasses, specs, glasses frame, nerd glasses, lenses, harry potter
    glasses, horn-rimmed glasses, pince-nez, goggles, eyewear, hipster glasses, lab goggles, safety
    goggles, 3d glasses
sunglasses: shades, ray bans, ray-bans, aviators, sun glasses, cool glasses, aviator sunglasses, dark
    glasses, rayban, deal with it, wayfarers, vr headset, vr, virtual reality, ski goggles, oculus, diving
    mask, mask, sleep mask, masquerade mask, venetian mask, snorkel
t-shirt: shirt, tshirt, tee, blouse, polo shirt, shirts, t shirt, jersey, sweater, sweatshirt, football
    jersey, tank top, clothes, clothing, t-shirts, cardigan, vest, jumper, apparel, white shirt, football
    shirt, sports shirt, hawaiian shirt, dress shirt, merch, band shirt, uniform, pajamas, undershirt,
    henley, laundry, button-up shirt, wool sweater, ugly sweater, christmas sweater
coat|t-shirt: bomber jacket, poncho, anorak, windbreaker, cloak of invisibility
dress: gown, evening dress, skirt, dresses, ball gown, wedding dress, wedding gown, summer dress, cocktail
    dress, frock, prom dress, red dress, sundress, tutu, princess dress, apron, fashion, ballet dress,
    kimono, sari, lingerie, bikini, swimsuit, tunic, outfit, costume, little black dress, maxi dress,
    bathing suit, haute couture, petticoat, corset, nightgown, bridal gown, leotard, toga, swimwear
jeans: trousers, pants, denim, slacks, leggings, blue jeans, sweatpants, shorts, jean, overalls,
    pantaloons, denim pants, bell bottoms, levis, cargo pants, trouser, jogging pants, tights, chinos,
    underwear, briefs, boxers, panties, swimming trunks, dungarees, lederhosen
scarf: shawl, scarves, winter scarf, neckerchief, bandana, wool scarf, knitted scarf, gryffindor scarf,
    stole, football scarf, cravat, pashmina, blanket, towel, foulard, feather boa
socks: sock, stockings, pair of socks, woolen socks, christmas socks, knee socks, wool socks, striped
    socks, slippers, ankle socks, legwarmers
running shoe: sneaker, sneakers, shoe, shoes, trainers, trainer, nike, adidas, running shoes, air jordan,
    jordans, tennis shoe, sports shoe, converse, nikes, boot, boots, hiking boot, nike shoe, gym shoes,
    cowboy boots, cowboy boot, football boots, rain boots, loafers, yeezy, soccer shoes, footwear, hiking
    boots, vans shoes, kicks, soccer cleats, doc martens, chuck taylors, sandal, sandals, flip flops, flip
    flop, clogs, wellies, crocs, moon boots, snow boots, leather shoes, brogues, slipper, basketball
    shoes, leather boots, converse shoes, ugg boots, moccasins, wellington boots, tap shoes
high-heeled shoe: high heel, high heels, heels, stiletto, pumps, stilettos, glass slipper, red high heels,
    heel, louboutin, cinderella's shoe, ruby slippers, wedge shoes, red heels, ballet shoes, ladies shoe,
    platform shoes, ballet shoe, ballet slippers, pointe shoes, women's shoe
backpack: rucksack, school bag, bag, knapsack, backpacks, schoolbag, hiking backpack, daypack, satchel,
    book bag, school backpack, bags, duffel bag, sleeping bag, fanny pack, luggage, suitcase, travel bag,
    travel, baggage, suitcases, traveling
handbag: purse, clutch, tote bag, designer bag, hand bag, handbags, shopping bag, louis vuitton bag,
    wallet, gucci bag, shoulder bag, tote, pocketbook, birkin, evening bag, briefcase, messenger bag,
    shopping bags, leather bag, coin purse, shopping, leather handbag, prada bag, mary poppins bag
ring: diamond ring, wedding ring, engagement ring, gold ring, rings, the one ring, one ring, lord of the
    rings, jewelry, jewellery, proposal, wedding rings, gold band, bracelet, necklace, earrings,
    engagement, silver ring, jewel ring, earring, signet ring, pearl necklace, ring of power, wedding
    band, sapphire ring, pendant, bangle, pearls, pearl, amulet, locket, brooch, gold chain, chain,
    chains, handcuffs
gem stone: diamond, gem, jewel, gemstone, ruby, crystal, emerald, sapphire, diamonds, jewels, gems,
    crystals, amethyst, blue diamond, brilliant, topaz, quartz, opal, philosopher's stone, infinity stone,
    precious stone, jade, gemstones, turquoise stone, garnet, lapis lazuli, obsidian, infinity stones,
    minecraft diamond, aquamarine, rupee, amber, prism, diamond gem, hope diamond, blood diamond,
    kryptonite
lipstick: lipsticks, makeup, red lipstick, make up, lip gloss, lip balm, cosmetics, make-up, mascara,
    chapstick, nail polish, eyeliner, cosmetic, perfume, eyeshadow, blush, perfume bottle, foundation
    makeup
umbrella: umbrellas, brolly, red umbrella, open umbrella, mary poppins, yellow umbrella, beach parasol,
    paper umbrella, black umbrella, rihanna umbrella, golf umbrella
umbrella with rain drops: umbrella in the rain, rainy umbrella, umbrella rain, singing in the rain
guitar: electric guitar, acoustic guitar, guitars, bass guitar, banjo, gibson les paul, fender
    stratocaster, bass, stratocaster, rock music, rock and roll, rock n roll, classical guitar, les paul,
    heavy metal, spanish guitar, fender, jimi hendrix guitar, flying v, jimi hendrix, coco guitar
violin: fiddle, cello, viola, violins, string instrument, double bass, stradivarius, harp, contrabass,
    orchestra, violin bow, stringed instrument, classical music, symphony, violoncello, erhu, string
    quartet
drum: drums, drum set, snare drum, drum kit, percussion, bongo, drum kit set, bass drum, tambourine,
    bongos, djembe, snare, drumkit, timpani, conga, drum sticks, xylophone, tom-tom, cajon, maracas, steel
    drum, taiko, cymbals, cymbal, marimba, tabla, tambour, toy drum
trumpet: trumpets, trombone, tuba, french horn, horn, bugle, brass instrument, brass, cornet, brass band,
    vuvuzela, horns, jazz trumpet, louis armstrong, fanfare, euphonium, flugelhorn, shofar, alphorn
saxophone: sax, saxophones, alto sax, jazz, tenor sax, jazz music, saxophonist, bagpipes, bagpipe, lisa
    simpson saxophone, jazz band, clarinet sax, soprano saxophone
flute: recorder, clarinet, flutes, oboe, pan flute, piccolo, woodwind, bassoon, didgeridoo, ocarina, tin
    whistle, whistle, pipe, harmonica, kazoo, pan pipes, magic flute, bamboo flute
musical keyboard: piano, keyboard instrument, synthesizer, grand piano, synth, pianos, piano keys, upright
    piano, harpsichord, organ, accordion, electric piano, keyboard piano, melodica, pianist, church organ,
    pipe organ, mini piano, toy piano
musical note: music, note, music note, music notes, melody, song, musical notes, notes, sheet music, tune,
    treble clef, musical, eighth note, clef, music symbol, quaver, itunes, spotify, rhythm, harmony, sound
    wave, sound, tiktok, tik tok, g clef, opera, song notes, music score
microphone: mic, mike, microphones, karaoke, mics, singing, podcast, sing, studio microphone, stand-up
    comedy, studio mic, podcast microphone, vintage microphone, concert, hip hop, hiphop
headphone: headphones, earphones, headset, beats, airpods, earbuds, dj headphones, gaming headset,
    listening to music, beats headphones, audio, wireless headphones, earphone, headsets
radio: boombox, boom box, stereo, transistor radio, radios, walkman, cassette player, speaker, old radio,
    ghetto blaster, cassette, cassette tape, amplifier, walkie talkie, record player, loudspeaker speaker,
    turntable, gramophone, vinyl record, vinyl, lp, jukebox, mixtape, toaster, guitar amp, phonograph,
    bluetooth speaker, music box, speakers, vcr, vhs, cd player, ipod, mp3 player, hifi, tape recorder,
    vintage radio
megaphone: loudspeaker, bullhorn, megaphones, announcement, loud hailer, announcer, cheerleader megaphone,
    bull horn, protest, shouting, advertising, marketing
bell: bells, church bell, school bell, jingle bell, liberty bell, doorbell, jingle bells, hand bell,
    golden bell, silver bells, notification, cow bell, cowbell, christmas bell, handbell, ringing bell,
    bellhop bell, christmas bells, wind chimes, gong
camera: photo camera, cameras, dslr, polaroid, photography, photo, webcam, leica, polaroid camera, canon
    camera, nikon, digital camera, camcorder, instagram, photograph, video camera, movie camera, old
    camera, paparazzi, instant camera, photos, cctv, kodak, nikon camera, gopro, camera lens, security
    camera, vintage camera, snapshot, lens, analog camera, binocular camera
mobile phone: phone, smartphone, cell phone, iphone, cellphone, telephone, mobile, phones, smart phone,
    android phone, nokia, tablet, ipad, phone screen, samsung galaxy, cellular phone, flip phone,
    blackberry phone, pixel phone, whatsapp, nokia 3310, iphone 15, calculator, remote control, app icon,
    pager, telephone booth, kindle, remote, handset, pda
laptop: notebook computer, macbook, laptops, macbook pro, chromebook, desktop computer, coding,
    programming, website, code, laptop computer, gaming laptop, keyboard, typewriter, home office,
    software, matrix code, server, technology, thinkpad, computer keyboard, python code, tech, database,
    source code, network, the matrix
computer mouse: mouse pointer, pc mouse, wireless mouse, gaming mouse, mouse click, optical mouse, cursor,
    trackball, usb mouse, click
television: tv, telly, old tv, screen, tv set, flat screen, smart tv, tvs, television set, flat screen tv,
    retro tv, crt, netflix, display, vintage tv, youtube, crt tv, televisions, microwave, oven, stove,
    hbo, broadcast, news, tv show, cartoon network, crt monitor, tv screen, hd tv, big screen, microwave
    oven, cooker, washing machine
battery: batteries, aa battery, duracell, charger, power bank, energizer, battery pack, car battery, aa
    batteries, fuel, low battery, accumulator, lighter, zippo, capacitor, full battery
light bulb: lightbulb, bulb, lamp, idea, light, lights, edison bulb, desk lamp, table lamp, electric
    light, light bulbs, eureka, bright idea, ideas, lamps, led, innovation, invention, floor lamp,
    chandelier, street lamp, streetlight, flashlight, lava lamp, street light, lamp post, lantern light,
    luxo lamp, pixar lamp, lightbulbs, torch light, inspiration, traffic light, stoplight, thomas edison,
    luminaire, spotlight, nightlight
candle: candles, candlelight, wax candle, lit candle, scented candle, burning candle, hanukkah, menorah,
    oil lamp, lumiere, candlestick, birthday candle, votive, diya, tea light, wax, candelabra, kerosene
    lamp, vigil, incense
key: keys, golden key, old key, skeleton key, house key, car key, car keys, door key, master key,
    keychain, password, brass key, antique key, access, magic key, key ring, keyhole key, house keys
locked: lock, padlock, locks, security, locked padlock, pad lock, privacy, safe, keyhole, combination
    lock, cybersecurity, safety, encryption, vault, secure, secret, protection, bank vault, treasure
    chest, safe box, strongbox
money bag: money, bag of money, cash, sack of money, dollar, dollars, dollar bill, euro, wealth, rich,
    bank money, salary, savings, bags of gold, money bags, bag of gold, cash money, banknote, loot,
    finance, bills, banknotes, stack of cash, economy, sack, credit card, income, profit, piggy bank,
    pound sterling, stack of money, capitalism, bank robbery, hundred dollar bill, stock market, dollar
    sign, lottery, investment, stocks
coin: coins, gold coin, penny, bitcoin, cent, gold coins, crypto, token, quarter, silver coin, euro coin,
    dollar coin, doge, dogecoin, ethereum, nickel, cryptocurrency, gold, medallion, gold bar, mario coin,
    nft, coins stack, dime, pirate gold, doubloon, pennies, gold bars, roman coin, badge, penny coin,
    button, pie chart
package: box, parcel, cardboard box, crate, boxes, delivery, shipping, amazon package, carton, wooden
    crate, parcels, packages, cardboard, wooden box, schrodinger's cat box, moving box, amazon box,
    envelope, mailbox, shipping container, container, lunchbox, lunch box, mail box, matchbox, letterbox,
    trash can, pandora's box, bin, coffin, trash, garbage, dumpster, garbage can, wheelie bin, shoe box,
    shoebox, recycling bin, toolbox, toy box, barrel, mystery box, barrels, storage box
open book: book, spellbook, bible, reading, novel, story, magic book, old book, spell book, grimoire,
    storybook, literature, textbook, fairy tale, open books, tome, fairytale, holy bible, ancient book,
    quran, reading a book, dictionary, comic book, encyclopedia, magazine, newspaper, poetry, fantasy
    book, manual, necronomicon, book of spells, cookbook, magic tome, history, comic, torah, manga, poem,
    study, scripture, wisdom
books: stack of books, pile of books, bookshelf, bookcase, library books, old books, bookshelves, harry
    potter books, book stack, shelf of books, shelf, encyclopedias, library shelf, book pile, textbooks,
    bookworm
notebook: notepad, diary, journal, sketchbook, notebooks, note book, planner, moleskine, bullet journal,
    clipboard, closed book, exercise book, calendar, death note, paper, scrapbook, book cover, notes page,
    checklist, document, scroll, sketch book, page, sheet of paper, passport, folder, tickets, ticket,
    photo album, memo, receipt, contract, calender, ledger, post-it, sticky note, certificate, resume
pencil: pencils, colored pencil, lead pencil, crayon, yellow pencil, colored pencils, coloured pencil,
    sketching, coloring pencils, graphite pencil, write, writing, coloured pencils, pencil case, ruler,
    eraser, homework
pen: ballpoint, fountain pen, ballpoint pen, ink pen, pens, marker, biro, ink, quill pen, bic pen, marker
    pen, felt tip, highlighter, signature, sharpie, ballpen, stylus, calligraphy, nib, ball point pen,
    syringe, e-cigarette, cigarette, thermometer
scissors: pair of scissors, shears, edward scissorhands, haircut, hairdresser's scissors, garden shears,
    pruning shears, sewing scissors, nail scissors, barber scissors, clippers, paper scissors
hammer: sledgehammer, mallet, mjolnir, thor's hammer, war hammer, hammers, claw hammer, judge's hammer,
    gavel, tool, tools, sledge hammer, warhammer, jackhammer, hammer and nail, nail, nails, hammer and
    sickle, construction, pickaxe hammer, repair, carpenter's hammer, ban hammer
wrench: spanner, monkey wrench, wrenches, adjustable wrench, tool wrench, pipe wrench, pliers, plumber's
    wrench, maintenance, plumbing, toolset, handle
screwdriver: screw driver, drill, screwdrivers, phillips screwdriver, sonic screwdriver, power drill,
    chisel, electric drill, drill machine, screw, soldering iron, cordless drill, awl
axe: ax, battle axe, hatchet, axes, pickaxe, viking axe, tomahawk, battleaxe, war axe, minecraft pickaxe,
    executioner's axe, fire axe, scythe, woodcutter's axe, lumberjack axe, sickle, halberd, pick, double
    axe, leviathan axe, shovel, pitchfork, rake, hoe, ice axe, poleaxe
crossed swords: sword, swords, blades, katana, rapier, duel, fencing, saber, sabre, longsword, battle,
    fight, excalibur, lightsaber, cutlass, light saber, lightsabers, weapon, weapons, fighting, sword
    fight, war, scimitar, broadsword, claymore, spear, master sword, magic sword, katanas, samurai sword,
    greatsword, buster sword, gladius, spears, lance, flaming sword, diamond sword, viking sword, combat,
    minecraft sword, ice sword, fire sword, pvp, gun, pistol, rifle, guns, revolver, machine gun, firearm,
    ak47, handgun, shotgun, sniper rifle, ak-47, laser gun, cannon, sword in the stone, conflict
shield: shields, knight's shield, buckler, round shield, viking shield, coat of arms, hylian shield,
    crest, knight shield, heraldry, wooden shield, defense, antivirus, emblem, guard shield, medieval
    shield, defence, badge shield, heraldic shield, aegis, insurance, family crest, police badge, logo
bow and arrow: bow and arrows, archery, archer, crossbow, longbow, arrows, archer's bow, katniss, hunger
    games, arrow, slingshot, quiver, legolas bow, compound bow, hawkeye, hunting bow, ballista, catapult,
    green arrow, sagittarius, robin hood's bow
bomb: bombs, grenade, dynamite, cartoon bomb, tnt, explosive, hand grenade, time bomb, bob-omb, bomb with
    fuse, cannonball, mine bomb, atomic bomb, explosives, landmine, cherry bomb, c4, detonator
magic wand: wand, magician's wand, wizard wand, fairy wand, wands, harry potter wand, staff, wizard staff,
    wizard's staff, elder wand, scepter, magical staff, sceptre, mage staff, magic stick, magic staff,
    magic trick, abracadabra, baton, cane
telescope: spyglass, binoculars, telescopes, space telescope, observatory, astronomer, hubble space
    telescope, microscope, james webb telescope, scope, pirate spyglass, radio telescope, magnifying
    glass, monocular, magnifier, loupe, field glasses, satellite dish
gear: gears, cogwheel, cog, settings, cogs, mechanism, clockwork, steampunk, steampunk gears, sprocket,
    machinery, engine, settings icon, cog wheel, bearing, engineering, motor, nut and bolt, bolts, saw
    blade, mechanical, clockwork gears, automation, watch gears
magnet: magnets, horseshoe magnet, magnetism, magneto, magnetic, red magnet, horseshoe, lucky horseshoe,
    electromagnet, magnetic field, attraction
ladder: ladders, step ladder, stepladder, stairs, staircase, stairway, rope ladder, stairway to heaven,
    steps, stair, escalator, scaffold, wooden ladder, ladder to the moon, fire escape, spiral staircase,
    climbing frame
alarm clock: time, timer, wake up, stopwatch, watch, time machine, tick tock, hour, stop watch, clock
    face, white rabbit's watch, steampunk clock, deadline, melting clock, doomsday clock, salvador dali
    clock, appointment
hourglass done: hourglass, sand clock, sandglass, sand timer, hour glass, egg timer, time is running out,
    sands of time, hourglasses, waiting, prince of persia
chair: armchair, stool, chairs, seat, wooden chair, office chair, bench, rocking chair, throne chair,
    gaming chair, lawn chair, park bench, desk chair, deckchair, table, folding chair, eames chair,
    furniture, bar stool, dining chair, iron throne, wheelchair seat, high chair, tables, electric chair,
    director's chair, wooden table, adirondack chair, lounge chair
couch and lamp: sofa, couch, living room, lounge, settee, couches, loveseat, sofas, futon, cozy room,
    room, recliner, beanbag, bean bag, chesterfield, living-room, central perk
bed: beds, bedroom, double bed, bunk bed, mattress, king size bed, hotel room, cot, pillow, bedtime,
    hospital bed, cradle, crib, hammock, pillows, canopy bed, four poster bed, baby bed, nursery, bunk
    beds, dorm room, sleepover, bed room, guest room, master bedroom, cozy bedroom
bathtub: bath, bathroom, tub, bubble bath, bath tub, jacuzzi, shower tub, hot tub, bathtime, spa, claw
    foot tub, bathing, shower stall, sauna, tub of water, sink, faucet, bath time, clawfoot bathtub,
    kitchen sink, water tap
toilet: wc, restroom, loo, lavatory, toilets, toilet bowl, potty, toilet seat, bidet, urinal, skibidi
    toilet, toilet paper, port-a-potty, golden toilet, latrine
broom: broomstick, mop, brooms, flying broom, witch's broom, nimbus 2000, sweeper, quidditch broom,
    quidditch, cleaning, vacuum cleaner, dustpan, witch broom, flying broomstick, duster, swiffer, vacuum,
    curling broom
basket: picnic basket, wicker basket, baskets, easter basket, hamper, shopping basket, laundry basket,
    picnic, bucket, shopping cart, bread basket, fruit hamper, wastebasket, cart, pail, woven basket,
    shopping trolley, wheelbarrow, nest basket, buckets, gift basket, cornucopia
toothbrush: tooth brush, toothpaste, toothbrushes, dental hygiene, electric toothbrush, tube of
    toothpaste, brushing teeth, dental care, soap, shampoo, sponge, deodorant, hygiene
pill: pills, medicine, tablet pill, capsule, drug, medication, vitamin, red pill, vitamins, aspirin, blue
    pill, paracetamol, antibiotics, medical pill, painkiller, capsules, prescription, pill bottle, virus,
    bacteria, coronavirus, covid, microbe, germ, dna, red pill blue pill, supplement
test tube|cocktail glass: erlenmeyer flask, alchemy, poison bottle, alembic, lab, healing potion
door: doors, doorway, wooden door, front door, gateway, gates, entrance, magic door, exit, red door,
    portal door, closet, wardrobe, fridge, refrigerator, dungeon door, closed door, castle gate, elevator,
    cupboard, cabinet, castle door, door to another world, knock knock, narnia wardrobe, tardis, locker,
    outhouse door, old door, doorknob
window: windows, stained glass, stained glass window, window frame, curtain, church window, curtains,
    windowpane, windowsill, open window, glass pane, microsoft windows, porthole, shop window, skylight,
    mosaic, framed picture, window sill, shutters
mirror: mirrors, magic mirror, hand mirror, looking glass, vanity mirror, reflection, black mirror, full
    length mirror, vanity, mirror on the wall, mirror mirror on the wall, bathroom mirror, oval frame
yarn: wool, ball of yarn, thread, ball of wool, knitting, string, crochet, ball of string, yarn ball,
    skein, knit, rope, knot, twine, wool yarn, cord, lasso, fabric, embroidery, sewing, threads, knitting
    needles, tangle, spool, sewing machine, textile, spool of thread
"""
"""Each thing, or things of which the first that a model knows counts, and what people call it or mean by it.

Whatever is here is what somebody who types it would rather see than nothing: a saxophone for `jazz`.
"""


BEGUN = {
    "bagel": "doughnut",
    "ballet dancer": "woman dancing",
    "bullet train": "locomotive",
    "cherry blossom": "cherry blossom trees",
    "cityscape at dusk": "city at dusk",
    "coat": "t-shirt",
    "croissant": "bread",
    "harp": "guitar",
    "lime": "lemon",
    "notebook": "open book",
    "orca": "spouting whale",
    "passenger ship": "sailboat",
    "phoenix": "parrot",
    "rice ball": "sushi",
    "ship": "sailboat",
    "sunset": "sea at sunset",
    "telephone": "mobile phone",
    "tropical drink": "cocktail glass",
    "watch": "alarm clock",
}
"""Things that it has begun to learn and draws as something else, or as nothing: what is nearest of those that
it draws. To be looked through anew after every training."""

SETTINGS = {
    " in the snow": (
        "in a blizzard, on ice, in the arctic, in antarctica, on a snowy day, in a snowy landscape, "
        "in deep snow, in a snowstorm, in the winter, at the north pole, covered in snow, in a winter "
        "wonderland, in a snowy field, at christmas, in snow, on a frozen lake, in the cold, on snow"
    ),
    " in a forest": (
        "in the forest, in the jungle, in a jungle, in the rainforest, in an enchanted forest, in a "
        "magical forest, in a bamboo forest, in a swamp, in forest, in the wild, in nature, in a "
        "misty forest, among the trees, in a mystical forest, in a fairy forest, in the deep woods, "
        "in a clearing, in a green forest, in wood"
    ),
    " in an autumn forest": (
        "in the fall, in fall, in october, in the autumn forest, in autumn leaves, in a pile of "
        "leaves, on autumn leaves, on halloween"
    ),
    " under cherry blossoms": (
        "in springtime, under cherry trees, under a cherry tree, under a sakura tree, in a japanese "
        "garden, in japan, among cherry trees"
    ),
    " on the beach": (
        "at the beach, on an island, at the seaside, on the shore, by the beach, in the sand on the "
        "beach, at the coast, on the coast, on holiday, on beach, at a beach, near the sea, beside "
        "the sea, by the ocean"
    ),
    " on a tropical beach": (
        "on a tropical island, in hawaii, on vacation, on a desert island, in the caribbean, in "
        "paradise, under palm trees, at a beach resort, by the pool, at a beach party, in the tropics"
    ),
    " on the sea": (
        "on the waves, in the waves, on a wave, on water, sailing on the ocean, in a stormy sea, in "
        "rough seas, in the bay, on the open sea, floating on water, in the harbor"
    ),
    " in a meadow": (
        "on a meadow, outside, outdoors, in a pasture, on a lawn, on a hillside, on green grass, in "
        "green grass, in a green field, in the countryside, in a green meadow, on the grass, in "
        "grass, on a field, in a grassy field, in the backyard, on grass"
    ),
    " in a field of flowers": (
        "in a flower garden, among roses, surrounded by flowers, in a bed of flowers, in a sunflower "
        "field, in a flower meadow, in the garden, in a flower field, full of flowers, in a rose "
        "garden, in flowers, with flowers around"
    ),
    " in a wheat field": ("in a cornfield, in the field, in a corn field, in the fields, in a golden field"),
    " in the desert": (
        "in the sahara, on the dunes, in the wild west, in the savanna, in the savannah, in africa, "
        "in desert, in a desert, on sand, in a wasteland, in a desert landscape, among the dunes, in "
        "arizona, in the outback, in the hot desert"
    ),
    " in front of the pyramids": (
        "at the pyramids, in ancient egypt, by the pyramids, near the pyramids, in giza"
    ),
    " in the city": (
        "in new york, in tokyo, in london, on a rooftop, in a city, downtown, in times square, in new "
        "york city, in los angeles, in front of skyscrapers, in chicago, in manhattan, in a busy "
        "city, in the town, in city, above the city"
    ),
    " in the street": (
        "on the street, in a city street, in the streets, in an alley, in a town, in paris, on the "
        "sidewalk, in a narrow street, in traffic, in a dark alley, in the old town, in front of a "
        "shop"
    ),
    " in a neon city": (
        "in cyberpunk city, in cyberpunk tokyo, in neon lights, with neon lights, in the future, in "
        "the cyberpunk city, in a dystopian city, in night city, in a sci-fi city, in neo tokyo"
    ),
    " on a road": (
        "on the road, on route 66, on a race track, in a parking lot, on a highway, driving down the "
        "road, on a country road, on the racetrack, on the motorway"
    ),
    " in a village": (
        "in the village, in a medieval village, in a fantasy village, in a mountain village, in a "
        "medieval town"
    ),
    " in a park": ("in central park, at the park, on a bench in the park, in a city park, in the playground"),
    " in space": (
        "in orbit, in the universe, floating in space, in the cosmos, in a nebula, in deep space, in "
        "zero gravity, through space, in the stars, flying in space, floating in outer space, in the "
        "galaxy far away, lost in space, on a spaceship"
    ),
    " on the moon": (
        "on moon, on the surface of the moon, walking on the moon, on another planet, on an alien "
        "planet, on the lunar surface, on a planet"
    ),
    " on mars": ("on the red planet, on planet mars, on the surface of mars"),
    " in the sky": (
        "above the clouds, in the air, in the clouds, flying through the sky, in heaven, flying over "
        "the clouds, on a cloud, in a blue sky, high in the sky, up in the sky, in the wind, flying "
        "in the air, sitting on a cloud"
    ),
    " in the mountains": (
        "on a mountain, on top of a mountain, on a cliff, in the alps, in the himalayas, on a "
        "mountain top, on the mountain, in front of a mountain, on a mountain peak, in the highlands, "
        "in the rocky mountains, in a mountain landscape, on the edge of a cliff"
    ),
    " by a lake": (
        "at the lake, near a lake, at a pond, by the pond, by the lake, by a pond, on a lakeside, at "
        "a lake, in a lake, by the water"
    ),
    " by a river": (
        "at the river, by a stream, in a river, in the river, near a river, by the river, in a "
        "canyon, by a creek"
    ),
    " under the sea": (
        "in the sea, in the deep sea, in a coral reef, at the bottom of the ocean, in an aquarium, "
        "deep underwater, swimming in the ocean, beneath the waves, in deep water, on the ocean "
        "floor, in the deep ocean, under the ocean, in a reef, at the bottom of the sea, under the "
        "water, swimming underwater"
    ),
    " in a room": (
        "in a house, indoors, in the kitchen, in a bedroom, in a library, in a cafe, in a bar, in a "
        "classroom, in the office, inside a house, in the bathroom, in a kitchen, in an office, in a "
        "restaurant, in a coffee shop, in the library, on a couch, by the fireplace, in a shop, in a "
        "museum, in a hotel, in the bedroom, in front of a window, on the sofa, in a laboratory, in a "
        "studio apartment"
    ),
    " on a table": (
        "on a plate, on the table, on a desk, on a wooden board, in a bowl, on a kitchen counter, on "
        "a white plate, on the desk, on a kitchen table, on a tray, on a wooden plate, on a picnic "
        "table, on a shelf"
    ),
    " at night": (
        "at midnight, in the dark, under the moon, under the night sky, under a full moon, after "
        "dark, by moonlight, on halloween night, in a starry night, at night time, in darkness, late "
        "at night, in front of the moon, beneath the stars, under the moonlight, under starry sky, "
        "with stars"
    ),
    " at sunset": (
        "in the golden hour, during sunset, in the sunset, in front of a sunset, against the sunset, "
        "during golden hour, in front of the setting sun, at sundown, with a sunset, in a sunset, "
        "with sunset in the background, sunset light"
    ),
    " at sunrise": (
        "in the morning light, in early morning, in the sunrise, during sunrise, at daybreak, with "
        "the rising sun"
    ),
    " in the rain": (
        "in heavy rain, in rain, in the pouring rain, in bad weather, in a rainstorm, on a rainy "
        "night, in rainy weather, under the rain"
    ),
    " in a storm": (
        "during a storm, on a stormy night, with lightning, in stormy weather, in a hurricane, with "
        "lightning in the background"
    ),
    " in the fog": ("in fog, in thick fog, in the smoke, surrounded by mist, in a foggy morning"),
}
"""Where things stand, and how else people say it."""

UNSEEN_SETTINGS = (
    "in the studio, in a studio, at school, in a magical world, in a fantasy world, in a dream, at a "
    "party, in action, in full bloom, in motion, in a box, in pain, in love, at work, on stage, in "
    "the background, in a circus, in a battle, in a church, in a dungeon, in concert, on fire, in "
    "hell"
)
"""Places that nothing is known of: the thing is drawn as if they were not said."""

STYLE_NAMES = {
    "3d style": (
        "octane render, unreal engine, blender render, c4d, pixar style, claymation, isometric 3d, "
        "cgi, 3d model, pixar, blender, unreal engine 5, 3d rendering, 3d art, plastic toy, cinema "
        "4d, low poly, glossy, 3d pixar style, made of clay, clay render, 3d animation, vray, "
        "isometric, funko pop, pixar movie style, claymation style, inflated, 3d cartoon"
    ),
    "flat style": (
        "vector art, minimalist, logo, flat design, vector illustration, clipart, clip art, "
        "minimalistic, app icon, icon, svg, flat illustration, vector, minimalist logo, simple "
        "shapes, flat colors, graphic design, vector logo, logo design, material design, paper cut, "
        "geometric, simple, poster design, minimal, bauhaus, flat icon"
    ),
    "outline style": (
        "sketch, pencil drawing, coloring page, colouring page, doodle, ink, line drawing, "
        "monochrome, black and white, charcoal, pencil sketch, engraving, tattoo design, coloring "
        "book, line art, tattoo, lineart, ink sketch, etching, black ink, woodcut, continuous line, "
        "colouring book, technical drawing, black and white sketch, charcoal drawing, hand drawn "
        "sketch"
    ),
    "cartoon style": (
        "anime style, comic style, disney style, chibi, studio ghibli, ghibli style, anime, "
        "cartoonish, comic book style, manga style, children's book illustration, disney, kawaii "
        "style, comic, chibi style, storybook illustration, simpsons style, caricature, kids "
        "illustration, manga, childrens book illustration, saturday morning cartoon, graphic novel, "
        "family guy style"
    ),
    "sticker style": (
        "emoji, emoji style, sticker art, patch, decal, emoji design, telegram sticker, kawaii "
        "sticker, sticker design, emote, twitch emote, vinyl sticker, badge, pin, enamel pin, white "
        "outline"
    ),
}
"""Styles, and what else asks for something like them."""

DECORATIONS = (
    "cinematic lighting, dramatic lighting, volumetric lighting, ultra detailed, hyper detailed, "
    "hyperdetailed, intricate details, intricate, sharp focus, 4k, 16k, uhd, hdr, ultra hd, 8k "
    "resolution, trending on artstation, artstation, deviantart, by greg rutkowski, by artgerm, "
    "artgerm, greg rutkowski, concept art, digital painting, masterpiece, best quality, professional "
    "photography, depth of field, bokeh, soft lighting, studio lighting, 50mm, 85mm lens, f/1.8, "
    "hyperrealistic, photorealistic, realistic, smooth, elegant, epic composition, wide angle, "
    "centered, symmetrical, vibrant colors, pastel colors, muted colors, fantasy art, matte painting, "
    "illustration, vivid, surreal, ethereal, moody, atmospheric, golden ratio, ray tracing, white "
    "background, isolated on white, full body, detailed, high quality, very detailed, insanely "
    "detailed, unreal, cinematic, dramatic, epic, cozy, whimsical, magical, dreamy, soft light, rim "
    "light, natural light, global illumination, photography, photo, hd, high resolution, oil "
    "painting, portrait, close up, close-up, full shot, hyper realistic, ultra realistic, photo "
    "realistic, by alphonse mucha, by van gogh, art by wlop, wlop, rembrandt lighting, in the style "
    "of van gogh, in the style of monet, in the style of greg rutkowski, national geographic, award "
    "winning photography, canon eos, shot on film, kodak portra, film grain, 35mm, macro, macro "
    "photography, bright colors, colorful, dark, gritty, dark fantasy, high detail, high contrast, "
    "beautiful lighting, god rays, complex, artistic, stunning, gorgeous, amazing, perfect, highly "
    "intricate, octane, neon, cyberpunk style, steampunk style, vaporwave, synthwave, art deco, art "
    "nouveau, impressionism, pop art, abstract, retro, vintage, baroque, gothic, minimal background, "
    "simple background, clean background, no background, plain background, background blur, "
    "transparent background, looking at camera, looking at the camera, front view, side view, top "
    "view, bird's eye view, low angle, wide shot, aesthetic, wallpaper, background, digital "
    "illustration, fantasy, sci-fi, artwork, concept, character design, character sheet, mood "
    "lighting, warm colors, cool colors, warm light, glowing, iridescent, ultra high definition, "
    "professional, beautiful composition, rule of thirds, hyper realism, photorealism, painterly, "
    "brush strokes, acrylic, gouache, pastel, ink wash, unsplash, pinterest, behance, dribbble, "
    "cgsociety, lens flare, soft shadows, ambient occlusion"
)
"""What people add that a small model cannot follow: read as if it were not there."""

ADJECTIVES = (
    "majestic, beautiful, tiny, small, huge, giant, fluffy, magical, ancient, mysterious, epic, cool, "
    "awesome, realistic, photorealistic, adorable, lonely, wise, friendly, brave, medieval, "
    "futuristic, cyberpunk, steampunk, enchanted, delicious, fresh, tasty, vintage, antique, shiny, "
    "glowing, colorful, colourful, baby, old, young, big, little, happy, sad, angry, funny, sleeping, "
    "flying, running, sitting, cute, lovely, pretty, handsome, ugly, scary, creepy, evil, good, dark, "
    "bright, wooden, golden, crystal, magic, mystical, fantasy, abstract, surreal, cosmic, celestial, "
    "floating, dancing, jumping, laughing, smiling, crying, fat, chubby, fierce, wild, fancy, "
    "elegant, royal, simple, minimalist, detailed, cartoon, fast, tall, ornate, rustic, modern, "
    "luxurious, abandoned, haunted, spooky, cozy, peaceful, powerful, massive, miniature, furry, "
    "hairy, playful, curious, sleepy, hungry, tired, proud, gentle, stunning, gorgeous, amazing, "
    "perfect, large, long, round, wet, burning, frozen, broken, flaming, metallic, glass, robotic, "
    "mechanical, alien, holographic, neon, rainbow, pastel, dead, strong, very cute, super cute, "
    "hyperrealistic, beautifully drawn, anthropomorphic, legendary, mythical, heroic, noble, grumpy, "
    "silly, crazy, weird, strange, sparkling, translucent, stylized, hand drawn, cuddly"
)
"""What people say of things that a small model does not draw, beside its moods."""

OPENINGS = (
    "a photo of a, photo of a, photograph of a, portrait of a, a portrait of a, a painting of a, an "
    "image of a, image of a, picture of a, draw a, draw me a, please draw a, make a, create a, "
    "generate a, show me a, i want a, can you draw a, a close-up of a, close up of a, concept art of "
    "a, illustration of a, digital art of a, one, my, some, two, three, many, this, the most "
    "beautiful, oil painting of a, a cartoon of a, logo of a, a sketch of a, a realistic photo of a, "
    "an amazing, give me a, imagine a, i would like a, a group of, a bunch of, an oil painting of a, "
    "drawing of a, an epic, macro shot of a, full body portrait of a, character design of a, a "
    "digital painting of a, beautiful portrait of a"
)
"""How people begin, read as `a`."""

LINKS = {
    " with a ": (
        "holding a, eating a, drinking a, reading a, playing a, carrying a, using a, with two, with, "
        "holding, eating, playing, drinking, reading, having a"
    ),
    " riding a ": ("driving a, rides a, on top of a, riding on a, that rides a, riding, driving"),
    " wearing a ": ("with a big, wearing, that wears a, wearing a big, in a cute, dressed in a, wears a"),
    " next to a ": (
        "beside a, near a, in front of a, standing next to a, by a, close to a, behind a, chasing a, "
        "fighting a, looking at a, hugging a, watching a, versus a, vs, kissing a, meets a, playing "
        "with a"
    ),
    " and a ": ("and, &, plus a, together with a, and two, and one"),
    " on a ": (
        "sitting on a, standing on a, lying on a, sleeping on a, on, on the, on top of the, over a, "
        "flying over a"
    ),
    " in a ": ("inside a, sitting in a, sleeping in a, living in a, in, inside of a"),
    " under a ": ("below a, beneath a, sitting under a, sleeping under a"),
}
"""What joins two things, and how else people say it."""

SHOWN = 2
"""How many of each line's words are always taught: the commonest come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What a word that people type may become: things, the best first."""

    things: tuple[str, ...]
    is_held_out: bool
    """Whether nothing is taught of it, so that it shows what a model makes of words it was not taught."""


def terms(text: str) -> list[str]:
    """The parts of a list with commas, without what is there twice."""
    return list(dict.fromkeys(term for each in text.split(",") if (term := " ".join(each.split()))))


def read(lines: Iterable[str]) -> dict[str, Sense]:
    """The senses of words by word. The first line that has a word counts."""
    rows: list[str] = []
    for line in lines:
        if line.startswith(" "):
            rows[-1] += line
        elif line:
            rows.append(line)
    found: dict[str, Sense] = {}
    for row in rows:
        before, _, after = row.partition(":")
        things = tuple(before.split("|"))
        for place, word in enumerate(terms(after)):
            is_held_out = place >= SHOWN and zlib.crc32(word.encode()) % 10 == 0
            found.setdefault(word, Sense(things=things, is_held_out=is_held_out))
        for place, thing in enumerate(things[:-1]):
            found.setdefault(thing, Sense(things=things[place + 1 :], is_held_out=False))
    return found


@cache
def senses() -> dict[str, Sense]:
    """The senses of all the words above."""
    return read(THINGS.strip().splitlines())


def nearest(word: str, known: Container[str]) -> str | None:
    """The thing that a model which knows these should draw for the word."""
    if word in known:
        return word
    sense = senses().get(word)
    return next((thing for thing in sense.things if thing in known), None) if sense else None


def taught(known: Container[str]) -> dict[str, str]:
    """All words that a model which knows these things is taught, and the thing that each becomes."""
    found = {word: nearest(word, known) for word, sense in senses().items() if not sense.is_held_out}
    return {word: thing for word, thing in found.items() if thing is not None and thing != word}
