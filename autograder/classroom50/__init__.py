"""The adapter to Classroom 50: a bundle that it runs, rosters and scores as it keeps them."""
