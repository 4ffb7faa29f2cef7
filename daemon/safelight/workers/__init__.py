"""Layer 4: where steps run: child processes of this machine ("lanes"). A crash or a runaway stays in the child."""
