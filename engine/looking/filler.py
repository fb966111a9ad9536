"""Words that say little of what is to be seen: those that only join others, or only praise or ask."""

_LINKING = """
a an the and or but with without of in on at by to from for into onto over under above below behind beside
between near
"""
_REFERRING = """
this that these those some any my your his her its our their next as is are was were be been being it he
she they there which who while where when has have had having
"""
_PRAISE = """
very really extremely highly incredibly absolutely truly super ultra hyper so quite rather most more much
too simply totally completely perfectly beautiful beautifully gorgeous stunning amazing awesome wonderful
magnificent breathtaking incredible fantastic excellent perfect great best good nice lovely impressive
outstanding superb spectacular marvelous marvellous masterpiece masterful masterfully quality high-quality
award award-winning winning trending artstation deviantart popular professional famous detailed detail
details intricate intricately elaborate elegant sharp crisp focus focused resolution high hd uhd 4k 8k 16k
hdr hq best-quality high-resolution highres ultra-detailed ultra-realistic please thanks thank ever seen
create make draw generate show render give want wants see like would could can you me i us we image
picture pic depiction depicting showing featuring something thing things just only also
"""

LINKING = frozenset(_LINKING.split())
"""What may stand between two words that are kept."""
JOINING = LINKING | frozenset(_REFERRING.split())
PRAISE = frozenset(_PRAISE.split())
