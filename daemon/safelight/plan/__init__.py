"""Layer 3: what is missing between state and recipe, as steps with reasons. Pure; opens no file, runs nothing."""
