"""The desk's routes, one module a subject; each holds a router that `build` includes."""
