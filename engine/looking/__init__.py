"""What looks at pictures: captioners, image towers, safety checkers; and the words for what is seen."""
