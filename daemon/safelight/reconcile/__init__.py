"""Layer 4: the loop that makes the folder what the recipe says: intake, gestures, execute, publish, verify."""
