"""What is learnt first when there is no time for everything: the things people ask for, by Unicode name."""

from collections.abc import Iterable, Sequence

from engine.sketch.data import Concept, Picture, concepts_of

COMMON = """
grinning face, smiling face with sunglasses, smiling face with heart-eyes, crying face, angry face, face
with tears of joy, skull, ghost, alien, robot, pile of poo, grinning cat, dog face, cat face, lion, tiger
face, monkey face, panda, bear, pig face, frog, fox, unicorn, rabbit face, cow face, mouse face, penguin,
owl, chicken, tropical fish, octopus, butterfly, snail, honeybee, lady beetle, turtle, t-rex, spouting
whale, dragon face, rose, sunflower, tulip, cactus, evergreen tree, deciduous tree, mushroom, four leaf
clover, maple leaf, red apple, green apple, pear, banana, lemon, watermelon, grapes, strawberry, cherries,
pineapple, tomato, carrot, ear of corn, bread, cheese wedge, hamburger, french fries, pizza, hot dog, taco,
sushi, doughnut, cookie, birthday cake, soft ice cream, hot beverage, beer mug, wine glass, house, house
with garden, castle, automobile, bus, bicycle, airplane, rocket, sailboat, flying saucer, sun, crescent
moon, star, cloud, rainbow, fire, snowman, umbrella, volcano, soccer ball, basketball, guitar, trophy,
balloon, wrapped gift, video game, crown, top hat, key, light bulb, open book, camera, mobile phone,
laptop, hammer, bomb, gem stone, bell, alarm clock, red heart, blue heart, green heart, yellow heart,
purple heart, orange heart, black heart, sparkling heart, broken heart, santa claus, mage, vampire,
mermaid, baby, princess, snowflake, high voltage, christmas tree, jack-o-lantern, astronaut, horse, horse
face, elephant, tiger, shark, dolphin, whale, eagle, duck, flamingo, parrot, deer, wolf, zebra, giraffe,
koala, polar bear, crab, jellyfish, spider, snake, crocodile, dragon, cat, dog, rabbit, mouse, pig, cow,
baby chick, bird, bat, hedgehog, raccoon, sloth, palm tree, blossom, cherry blossom, peach, avocado,
eggplant, broccoli, croissant, pancakes, waffle, egg, popcorn, ice cream, cupcake, candy, lollipop, teapot,
cocktail glass, mountain, snow-capped mountain, sunset, sunrise over mountains, milky way, night with
stars, cityscape at dusk, beach with umbrella, desert island, tokyo tower, ferris wheel, tent, japanese
castle, locomotive, police car, fire engine, taxi, racing car, tractor, motorcycle, ship, helicopter,
anchor, sun with face, full moon, ringed planet, glowing star, comet, tornado, droplet, water wave,
sparkles, fireworks, teddy bear, magic wand, crossed swords, shield, axe, glasses, sunglasses, t-shirt,
dress, running shoe, high-heeled shoe, backpack, woman's hat, graduation cap, billed cap, cowboy hat face,
ring, violin, drum, trumpet, musical note, money bag, pencil, telescope, chair, bed, scissors, ninja,
prince, fairy, zombie, hut, clown face, thinking face, eyes, brain, thumbs up, superhero, elf, monkey,
gorilla, leopard, camel, llama, rhinoceros, hippopotamus, kangaroo, turkey, rooster, dove, swan, feather,
peacock, lizard, fish, coral, lobster, ant, spider web, scorpion, potted plant, fallen leaf, melon,
tangerine, mango, blueberries, kiwi fruit, coconut, potato, hot pepper, bell pepper, cucumber, garlic,
onion, pretzel, bacon, sandwich, burrito, butter, spaghetti, steaming bowl, pie, honey pot, bubble tea,
spoon, kitchen knife, compass, globe showing europe-africa, world map, camping, desert, rock, hospital,
school, factory, church, statue of liberty, cityscape, sunrise, bridge at night, roller coaster, train,
ambulance, motor scooter, skateboard, wheel, parachute, hourglass done, shooting star, sun behind cloud,
cloud with rain, cloud with lightning, umbrella with rain drops, party popper, ribbon, baseball,
volleyball, american football, tennis, bowling, bullseye, kite, crystal ball, joystick, game die, puzzle
piece, chess pawn, artist palette, yarn, jeans, scarf, socks, handbag, lipstick, megaphone, microphone,
headphone, radio, saxophone, musical keyboard, flute, battery, computer mouse, television, candle, books,
notebook, coin, package, pen, paintbrush, locked, bow and arrow, wrench, screwdriver, gear, magnet, ladder,
pill, door, mirror, window, couch and lamp, toilet, bathtub, broom, basket, toothbrush, pink heart, heart
with arrow, beaming face with smiling eyes, winking face, sleeping face, face screaming in fear, nerd face,
face with tongue, kissing face, exploding head, waving hand, tooth, person, man, woman, cook, farmer,
firefighter, police officer, singer, person running, girl, boy, child, old man, old woman, genie, troll,
supervillain, alien monster, ogre, goblin, teacher, student, artist, pilot, detective, scientist,
construction worker, person with crown, ballet dancer, woman dancing, person surfing, skier, snowboarder,
person swimming, person biking, person in lotus position, family, black cat, poodle, goat, donkey, moose,
bison, boar, ram, ewe, rat, hamster, chipmunk, beaver, otter, skunk, badger, mammoth, orangutan, goose,
black bird, phoenix, dodo, sauropod, orca, seal, blowfish, spiral shell, shrimp, squid, oyster, beetle,
cricket, fly, worm, bouquet, hibiscus, lotus, seedling, sheaf of rice, leafless tree, lime, olive, peanuts,
chestnut, bagel, poultry leg, green salad, cooking, rice ball, dumpling, chocolate bar, shortcake, glass of
milk, tropical drink, bottle with popping cork, fountain, mount fuji, classical building, houses, derelict
house, circus tent, carousel horse, bullet train, tram, delivery truck, pickup truck, canoe, speedboat,
passenger ship, satellite, watch, mantelpiece clock, thermometer, fog, heart on fire, boxing glove, ice
skate, fishing pole, framed picture, necktie, gloves, coat, kimono, harp, banjo, accordion, telephone,
desktop computer, movie camera, scroll, newspaper, treasure chest, envelope, crayon, paperclip, shovel,
carpentry saw, dagger, microscope, test tube, syringe, bone, ear, nose, mouth, foot, flexed biceps, victory
hand, pleading face, star-struck, enraged face, smiling face with horns, smiling face with halo, coffin,
moai, red paper lantern, military helmet, red circle, red question mark
"""

EVERYDAY_NAMES = {
    "fox": ("red fox",),
    "dog face": ("puppy",),
    "cat face": ("kitten", "kitty"),
    "rabbit face": ("bunny",),
    "pig face": ("piglet",),
    "horse": ("stallion",),
    "t-rex": ("dinosaur",),
    "spouting whale": ("whale",),
    "honeybee": ("bee",),
    "lady beetle": ("ladybug",),
    "baby chick": ("chick",),
    "tropical fish": ("fish",),
    "deciduous tree": ("tree",),
    "evergreen tree": ("pine tree", "fir"),
    "ear of corn": ("corn",),
    "cheese wedge": ("cheese",),
    "french fries": ("fries",),
    "soft ice cream": ("ice cream",),
    "hot beverage": ("coffee", "cup of tea"),
    "beer mug": ("beer",),
    "birthday cake": ("cake",),
    "house with garden": ("cottage",),
    "automobile": ("car",),
    "locomotive": ("train", "steam train"),
    "flying saucer": ("ufo", "spaceship"),
    "rocket": ("spaceship",),
    "airplane": ("plane",),
    "sailboat": ("boat", "yacht"),
    "glowing star": ("shining star",),
    "ringed planet": ("planet", "saturn"),
    "globe showing europe-africa": ("earth", "planet earth"),
    "night with stars": ("starry night", "night sky"),
    "sunrise over mountains": ("mountain sunrise",),
    "high voltage": ("lightning",),
    "droplet": ("water drop",),
    "water wave": ("wave",),
    "jack-o-lantern": ("pumpkin", "halloween pumpkin"),
    "wrapped gift": ("present", "gift"),
    "video game": ("game controller",),
    "mobile phone": ("smartphone",),
    "gem stone": ("diamond",),
    "red heart": ("heart",),
    "grinning face": ("smiley", "happy face"),
    "smiling face with sunglasses": ("cool smiley",),
    "santa claus": ("santa",),
    "mage": ("wizard",),
    "high-heeled shoe": ("high heel",),
    "running shoe": ("sneaker",),
    "teddy bear": ("teddy",),
    "fire engine": ("fire truck",),
    "police car": ("cop car",),
    "motor scooter": ("moped",),
    "racing car": ("race car", "formula one car"),
    "crossed swords": ("sword", "swords"),
    "money bag": ("money",),
    "thumbs up": ("like",),
    "snow-capped mountain": ("snowy mountain",),
    "cityscape": ("skyline",),
    "japanese castle": ("pagoda",),
    "rock": ("stone",),
    "potted plant": ("houseplant",),
    "steaming bowl": ("ramen", "noodle soup"),
    "hot pepper": ("chili",),
    "bell pepper": ("paprika",),
    "cloud with rain": ("rain cloud",),
    "cloud with lightning": ("thunderstorm", "thundercloud"),
    "party popper": ("confetti",),
    "american football": ("football",),
    "soccer ball": ("football",),
    "tennis": ("tennis ball",),
    "bullseye": ("target", "dartboard"),
    "game die": ("dice",),
    "yarn": ("wool",),
    "musical keyboard": ("piano", "keyboard"),
    "television": ("tv",),
    "locked": ("lock", "padlock"),
    "couch and lamp": ("sofa", "couch"),
    "hourglass done": ("hourglass",),
    "gear": ("cogwheel",),
    "face screaming in fear": ("scared face",),
    "waving hand": ("hand",),
    "cook": ("chef",),
    "person running": ("runner",),
    "superhero": ("hero",),
    "cowboy hat face": ("cowboy",),
    "clown face": ("clown",),
    "sauropod": ("long-necked dinosaur", "brontosaurus"),
    "ewe": ("sheep",),
    "black bird": ("crow", "raven"),
    "spiral shell": ("seashell", "shell"),
    "poultry leg": ("chicken leg", "drumstick"),
    "cooking": ("fried egg",),
    "sheaf of rice": ("wheat",),
    "leafless tree": ("bare tree", "dead tree"),
    "classical building": ("temple", "museum"),
    "houses": ("village", "town"),
    "derelict house": ("haunted house", "abandoned house"),
    "delivery truck": ("truck", "lorry"),
    "passenger ship": ("cruise ship", "ocean liner"),
    "mantelpiece clock": ("clock",),
    "framed picture": ("painting",),
    "desktop computer": ("computer",),
    "red paper lantern": ("lantern",),
    "carpentry saw": ("saw",),
    "military helmet": ("helmet",),
    "bottle with popping cork": ("champagne",),
    "green salad": ("salad",),
    "glass of milk": ("milk",),
    "flexed biceps": ("strong arm", "muscle"),
    "smiling face with horns": ("devil",),
    "smiling face with halo": ("angel",),
    "person in lotus position": ("yogi", "monk"),
    "person with crown": ("king", "queen"),
    "person surfing": ("surfer",),
    "person swimming": ("swimmer",),
    "person biking": ("cyclist",),
    "woman dancing": ("dancer",),
    "ballet dancer": ("ballerina",),
    "moai": ("stone head", "statue"),
}
"""What people say where Unicode says something else."""


def choose(concepts: Iterable[Concept], count: int) -> tuple[Concept, ...]:
    """The first `count` concepts: common ones in the order above, then the rest, shorter names first."""
    order = {" ".join(name.split()): place for place, name in enumerate(COMMON.split(","))}
    ranked = sorted(concepts, key=lambda each: (order.get(each.label, len(order)), len(each.label.split())))
    return tuple(ranked[:count])


def choose_pictures(pictures: Sequence[Picture], count: int) -> tuple[tuple[Concept, ...], list[Picture]]:
    """The first `count` concepts, and the pictures of them in the order they had."""
    chosen = choose(concepts_of(pictures), count)
    keys = {concept.key for concept in chosen}
    return chosen, [picture for picture in pictures if picture.concept.key in keys]
