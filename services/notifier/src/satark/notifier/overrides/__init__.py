"""Templates of the user's: the folder that is watched, files to start from, and a check of what there is."""
